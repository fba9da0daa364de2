import { randomBytes } from 'node:crypto';
import { connectEngine } from '../../main/docker/connect.ts';
import type { Engine, Filters } from '../../main/docker/port.ts';

/**
 * The engine for tests: `TEST_DOCKER_HOST`, or the lab's DOCKER_HOST. An engine that the machine happens to have is
 * never touched.
 */
export const testHost: string | undefined =
  process.env['TEST_DOCKER_HOST'] ??
  (process.env['DOCKER_HOST']?.includes('letta-stack-lab') ? process.env['DOCKER_HOST'] : undefined);

export const noEngine = 'no engine: set TEST_DOCKER_HOST, or eval "$(npm run -s lab -- env)"';

/** An image that is there, has sh, and runs until it is stopped. */
export const TEST_IMAGE = 'redis:7.4-alpine';

export function connectTestEngine(): Promise<Engine> {
  if (testHost === undefined) throw new Error(noEngine);
  return connectEngine({ url: testHost, source: 'test', local: true });
}

/** A prefix for the names of one test file's objects, and the label they carry. */
export function testPrefix(): { readonly prefix: string; readonly label: string; readonly filters: Filters } {
  const prefix = `t-${randomBytes(4).toString('hex')}`;
  return { prefix, label: prefix, filters: { label: [`letta-stack.test=${prefix}`] } };
}

/** Removes everything that carries the label. */
export async function removeTestObjects(engine: Engine, filters: Filters): Promise<void> {
  for (const c of await engine.containers.list(filters, { all: true }))
    await engine.containers.remove(c.Id, { force: true, volumes: true });
  for (const n of await engine.networks.list(filters)) await engine.networks.remove(n.Id);
  for (const v of await engine.volumes.list(filters)) await engine.volumes.remove(v.Name);
}
