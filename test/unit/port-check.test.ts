import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { hasCode } from '../../main/errors.ts';
import type { Observed } from '../../main/stack/observed.ts';
import { planUp } from '../../main/stack/plan-up.ts';
import { requireFreePorts } from '../../main/stack/port-check.ts';
import { container } from './helpers/containers.ts';
import { desiredOf } from './helpers/desired.ts';
import { ABLE } from './helpers/rig.ts';

/** Tries an up that gives a running service another port. */
async function change(
  port: number,
  own: readonly number[],
  { hostPaths = true, address = '127.0.0.1' } = {},
): Promise<unknown> {
  const desired = desiredOf(
    `name: p\nservices:\n  a: { image: "app:1", ports: ["${address}:${port}:80"] }\n`,
  );
  const ports = own.map((published) => ({ address: '127.0.0.1', published, target: 80, protocol: 'tcp' }));
  const observed: Observed = {
    engineId: 'e',
    engineName: 'e',
    containers: [container({ ports })],
    networks: new Map(),
    volumes: new Map(),
    images: new Map(),
  };
  const plan = planUp(desired, observed, { ...ABLE, pull: 'never' });
  expect(plan.steps.some((s) => s.kind === 'create' && s.replaces)).toBe(true);
  const capabilities = { hostPaths } as Parameters<typeof requireFreePorts>[0]['capabilities'];
  return requireFreePorts({ capabilities }, desired, observed, plan).catch((e: unknown) => e);
}

test('a running service keeps its container when its new port is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(hasCode(await change(port, [1]), 'engine.port-taken')).toBe(true);
  // its own port is free again once it is stopped; elsewhere the engine alone knows
  expect(await change(port, [port])).toBeUndefined();
  expect(await change(port, [1], { hostPaths: false })).toBeUndefined();
  server.close();
  await once(server, 'close');
  expect(await change(port, [1])).toBeUndefined();
});

test('an address that this machine does not have is told as that', async () => {
  // of the documentation's own network (RFC 5737)
  expect(await change(8080, [1], { address: '192.0.2.1' })).toMatchObject({
    errors: [{ code: 'engine.port-address', data: { address: '192.0.2.1', port: 8080 } }],
  });
});
