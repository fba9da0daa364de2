import type { Check } from '../types.ts';

const GB = 1_000_000_000;
/** What the database and the logs of a stack may need soon. Bytes. */
const ROOM = 2 * GB;

/**
 * Disk space where the engine keeps its data, against what the stack's images need. An engine cannot tell an image's
 * size before it has pulled it, so this is what the profile says of itself.
 */
export const checkDisk: Check = {
  id: 'disk',
  title: 'Disk space',
  category: 'machine',
  // an engine on another machine, or in a virtual one, has a disk that we cannot see
  applicable: (ctx) =>
    Promise.all([ctx.engine(), ctx.stack()]).then(
      ([engine]) => engine.endpoint.local,
      // the engine's and the compose file's own checks tell why
      () => false,
    ),
  run: async (ctx) => {
    const [engine, stack] = await Promise.all([ctx.engine(), ctx.stack()]);
    const images = [...new Set(stack.services.map((s) => s.image).filter((image) => image !== undefined))];
    const here = await Promise.all(images.map((image) => engine.images.inspect(image)));
    const missing = images.filter((_, i) => here[i] === undefined);
    const free = await ctx.freeBytes(engine.info.rootDir);

    const need = missing.length === 0 ? 0 : stack.diskNeeded;
    const detail = `${inGB(free)} free at ${engine.info.rootDir}; ${sayNeed(missing, need)}`;
    const fix =
      'Free some space: docker system df shows what takes it, docker image prune removes unused images.';
    if (free < (need ?? 0)) return { status: 'fail', detail, fix };
    if (free < (need ?? 0) + ROOM) return { status: 'warn', detail, fix };
    return { status: 'ok', detail };
  },
};

function sayNeed(missing: readonly string[], need: number | undefined): string {
  if (missing.length === 0) return 'all images are here';
  const size =
    need === undefined ? 'how much they need is not known' : `the stack needs ${inGB(need)} with them`;
  return `to be pulled: ${missing.join(', ')}; ${size}`;
}

const inGB = (bytes: number): string => `${(bytes / GB).toFixed(1)} GB`;
