import type { Check } from '../doctor-types.ts';

/** Asks the engine for a sign of life and for its containers, as every command does. */
export const checkEngine: Check = {
  id: 'engine',
  title: 'Container engine',
  category: 'engine',
  applicable: () => Promise.resolve(true),
  run: async (ctx) => {
    const engine = await ctx.engine();
    await engine.ping();
    const containers = await engine.containers.list({}, { all: true });
    const { product, version, apiVersion } = engine.info;
    const { url, source } = engine.endpoint;
    const detail = `${product} ${version} (API ${apiVersion}) at ${url} (${source}), ${containers.length} containers`;
    if (product !== 'podman') return { status: 'ok', detail };
    return { status: 'warn', detail, fix: 'Podman is not tested with letta-stack: prefer Docker Engine.' };
  },
};
