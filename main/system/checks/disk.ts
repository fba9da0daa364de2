import type { Check, CheckResult, DoctorContext } from '../doctor-types.ts';
import { inGB } from './parts.ts';

/** What the database and the logs of a stack may need soon. Bytes. */
const ROOM = 2_000_000_000;
/** Below this nothing can be made, and a database is about to stop for want of its log. Bytes. */
const FULL = 100_000_000;
/** What settings, state and logs need: below the first they are about to be lost, below the second soon. Bytes. */
const OURS_FULL = 16_000_000;
const OURS_SHORT = 200_000_000;

/**
 * Disk space where the engine keeps its data, against what the stack's images need, and where our own folders are. An
 * engine cannot tell an image's size before it has pulled it, so this is what the profile says of itself.
 */
export const checkDisk: Check = {
  id: 'disk',
  title: 'Disk space',
  category: 'machine',
  applicable: async (ctx) => (await isEngineHere(ctx)) || (await ours(ctx)) !== undefined,
  run: async (ctx) => {
    const own = await ours(ctx);
    const engine = (await isEngineHere(ctx)) ? await engines(ctx) : undefined;
    if (!own || !engine) return own ?? engine ?? { status: 'ok', detail: 'there is room by now' };
    return {
      status: own.status === 'fail' || engine.status === 'fail' ? 'fail' : 'warn',
      detail: `${engine.detail}\n${own.detail}`,
      fix: engine.fix === undefined ? own.fix : `${own.fix}\n${engine.fix}`,
      remedy: own.remedy,
    };
  },
};

/** An engine on another machine, or in a virtual one, has a disk that we cannot see. */
const isEngineHere = (ctx: DoctorContext): Promise<boolean> =>
  Promise.all([ctx.engine(), ctx.stack()]).then(
    ([engine]) => engine.endpoint.local,
    // the engine's and the compose file's own checks tell why
    () => false,
  );

/** What is wrong with the room in our folders; undefined where there is enough. */
async function ours(ctx: DoctorContext): Promise<CheckResult | undefined> {
  const found = await Promise.all(
    Object.entries(ctx.folders).map(async ([what, path]) => ({
      what,
      path,
      free: await ctx.freeBytes(path),
    })),
  );
  const short = found.filter(({ free }) => free < OURS_SHORT);
  if (short.length === 0) return undefined;
  return {
    status: short.some(({ free }) => free < OURS_FULL) ? 'fail' : 'warn',
    detail: short
      .map(
        ({ what, path, free }) => `${Math.floor(free / 1e6)} MB free at ${path}, the folder of the ${what}`,
      )
      .join('\n'),
    fix: 'Free some space there: on a full disk nothing that is set or noted can be kept.',
    ...(short[0] && { remedy: { do: 'open-folder', folder: short[0].path } }),
  };
}

async function engines(ctx: DoctorContext): Promise<CheckResult> {
  const [engine, stack] = await Promise.all([ctx.engine(), ctx.stack()]);
  const images = [...new Set(stack.services.map((s) => s.image).filter((image) => image !== undefined))];
  const here = await Promise.all(images.map((image) => engine.images.inspect(image)));
  const missing = images.filter((_, i) => here[i] === undefined);
  const free = await ctx.freeBytes(engine.info.rootDir);

  const need = missing.length === 0 ? 0 : stack.diskNeeded;
  const detail = `${inGB(free)} free at ${engine.info.rootDir}; ${sayNeed(missing, need)}`;
  if (free >= (need ?? 0) + ROOM) return { status: 'ok', detail };
  const command = 'docker image prune';
  return {
    status: free < Math.max(need ?? 0, FULL) ? 'fail' : 'warn',
    detail,
    fix: `Free some space: docker system df shows what takes it, ${command} removes unused images.`,
    remedy: { do: 'copy', command },
  };
}

function sayNeed(missing: readonly string[], need: number | undefined): string {
  if (missing.length === 0) return 'all images are here';
  const size =
    need === undefined ? 'how much they need is not known' : `the stack needs ${inGB(need)} with them`;
  return `to be pulled: ${missing.join(', ')}; ${size}`;
}
