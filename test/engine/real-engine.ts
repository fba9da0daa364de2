import { randomBytes } from 'node:crypto';
import { connectEngine } from '../../main/docker/connect.ts';
import type { Engine, Filters } from '../../main/docker/port.ts';
import { Failure } from '../../main/errors.ts';
import { theEngine } from '../setup/lab.ts';

/** An image that is there, has sh, and runs until it is stopped. */
export const TEST_IMAGE = 'redis:7.4-alpine';

/** Connects to an engine by its address; without one, to the engine for tests. */
export function connectTo(url: string = theEngine().host): Promise<Engine> {
  return connectEngine({ url, source: 'test', local: true });
}

/** A prefix for the names of one test file's objects, the label that they carry, and the filter that finds them. */
export function testPrefix(): {
  readonly prefix: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly filters: Filters;
} {
  const prefix = `t-${randomBytes(4).toString('hex')}`;
  return {
    prefix,
    labels: { 'letta-stack.test': prefix },
    filters: { label: [`letta-stack.test=${prefix}`] },
  };
}

/** Removes everything that carries the label. */
export async function removeTestObjects(engine: Engine, filters: Filters): Promise<void> {
  for (const c of await engine.containers.list(filters, { all: true }))
    await engine.containers.remove(c.Id, { force: true, volumes: true });
  for (const n of await engine.networks.list(filters)) await engine.networks.remove(n.Id);
  for (const v of await engine.volumes.list(filters)) await engine.volumes.remove(v.Name);
}

/** The codes of what a promise is rejected with; none when it is not. */
export async function codesOf(promise: Promise<unknown>): Promise<readonly string[]> {
  try {
    await promise;
    return [];
  } catch (e) {
    if (e instanceof Failure) return e.errors.map((x) => x.code);
    throw e;
  }
}
