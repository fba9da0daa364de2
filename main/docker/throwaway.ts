/** Containers that are made for one thing and removed in every case. */
import { randomBytes } from 'node:crypto';
import type { ContainerCreate, Engine } from './port.ts';

/** What stands behind `letta-stack.` in the label by which what was left is found. */
export type Purpose = 'gpu-probe' | 'volume-owner';

/**
 * Creates a container of an image that is there, without a network and a health check, does `work` with it, and removes
 * it in every case, with those of the same purpose that a killed process left. It is not started by this.
 * @throws Failure where the engine cannot make it; what `work` throws
 */
export async function withThrowaway<T>(
  engine: Engine,
  purpose: Purpose,
  body: Readonly<Record<string, unknown>> & Pick<ContainerCreate, 'Image' | 'HostConfig'>,
  work: (id: string) => Promise<T>,
): Promise<T> {
  const { containers } = engine;
  const label = `letta-stack.${purpose}`;
  for (const left of await containers.list({ label: [label] }, { all: true })) {
    // one of another process may be at work just now, or about to be
    if (left.State !== 'running' && Date.now() / 1000 - left.Created > 60)
      await containers.remove(left.Id, { force: true, volumes: true });
  }
  const { Id } = await containers.create(`letta-stack-${purpose}-${randomBytes(4).toString('hex')}`, {
    ...body,
    Healthcheck: { Test: ['NONE'] },
    Labels: { [label]: 'true' },
    HostConfig: { NetworkMode: 'none', ...body.HostConfig },
    NetworkingConfig: { EndpointsConfig: {} },
  });
  try {
    return await work(Id);
  } finally {
    // the volumes of an image's own, which no name leads to any more; named ones stay
    await containers.remove(Id, { force: true, volumes: true });
  }
}
