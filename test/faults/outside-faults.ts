/** Faults by somebody else who removes what is the stack's, between two operations and during one. */
import { once, type Fault } from './fault.ts';
import { inspected } from './hooked-engine.ts';
import { nothing } from './registry-faults.ts';
import type { World } from './world.ts';

const removed = (w: World, service: string): Promise<void> =>
  w.engine.containers.remove(w.containerName(service), { force: true });

/** Takes the containers off a network and removes it. */
async function removeNetwork(w: World, key: string): Promise<void> {
  const name = `${w.project}_${key}`;
  const found = await w.engine.networks.inspect(name);
  for (const id of Object.keys(found?.Containers ?? {})) await w.engine.networks.disconnect(name, id, true);
  await w.engine.networks.remove(name);
}

export const OUTSIDE: readonly Fault[] = [
  {
    name: 'container removed outside, between two operations',
    from: 'up',
    arrange: (w) => removed(w, 'redis'),
    seen: () => ({
      status: 'degraded',
      sentence: 'redis is not running.',
      cause: { kind: 'missing', sentence: 'redis is not running' },
    }),
  },
  {
    name: 'container removed outside while it is waited for',
    from: 'down',
    during: (w) =>
      once(
        (call) => call.service === 'db' && inspected(call)?.Health?.Status === 'starting',
        () => removed(w, 'db'),
      ),
  },
  {
    name: 'container removed outside before its start',
    from: 'down',
    during: (w) =>
      once(
        (call) => call.name === 'containers.start' && call.service === 'nginx' && call.phase === 'before',
        () => removed(w, 'nginx'),
      ),
  },
  {
    name: 'network removed outside, between two operations',
    from: 'up',
    arrange: (w) => removeNetwork(w, 'data'),
  },
  {
    name: 'network removed outside while containers are made',
    from: 'down',
    during: (w) =>
      once(
        (call) => call.name === 'containers.create' && call.service === 'nginx' && call.phase === 'before',
        () => w.engine.networks.remove(`${w.project}_front`),
      ),
  },
  {
    name: 'network removed outside before a start',
    from: 'down',
    during: (w) =>
      once(
        (call) => call.name === 'containers.start' && call.service === 'nginx' && call.phase === 'before',
        () => removeNetwork(w, 'front'),
      ),
  },
  {
    name: 'volume removed outside, between two operations',
    from: 'down',
    arrange: (w) => w.engine.volumes.remove(`${w.project}_pgdata`),
    seen: () => nothing,
    loses: true,
  },
  {
    name: 'volume removed outside before its container is made',
    from: 'nothing',
    during: (w) =>
      once(
        (call) => call.name === 'volumes.create' && call.phase === 'after',
        () => w.engine.volumes.remove(`${w.project}_pgdata`),
      ),
    loses: true,
  },
];
