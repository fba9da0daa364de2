import { expect, it } from 'vitest';
import type { Engine } from '../../main/docker/port.ts';
import { observe } from '../../main/stack/observe.ts';

/** An engine that lists what it has in this order. */
function listing(names: readonly string[]): Engine {
  const engine: unknown = {
    info: { id: 'e', name: 'e' },
    containers: { list: () => Promise.resolve([]) },
    networks: { list: () => Promise.resolve(names.map((n) => ({ Id: `id-${n}`, Name: n, Labels: {} }))) },
    volumes: {
      list: () =>
        Promise.resolve(names.map((n) => ({ Name: n, Driver: 'local', Options: null, Labels: {} }))),
      inspect: () => Promise.resolve(undefined),
    },
    images: {},
  };
  return engine as Engine;
}

it('sees networks and volumes in one order, in whatever order the engine lists them', async () => {
  for (const names of [
    ['p_front', 'p_data', 'p_a'],
    ['p_a', 'p_front', 'p_data'],
  ]) {
    const { networks, volumes } = await observe(listing(names), 'p');
    expect([...networks.keys()]).toEqual(['p_a', 'p_data', 'p_front']);
    expect([...volumes.keys()]).toEqual(['p_a', 'p_data', 'p_front']);
  }
});
