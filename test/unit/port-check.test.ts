import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Failure, type AppError } from '../../main/errors.ts';
import type { ContainerSummary } from '../../main/docker/port.ts';
import type { Desired } from '../../main/stack/desired.ts';
import { LABEL } from '../../main/stack/labels.ts';
import type { Observed, ObservedContainer } from '../../main/stack/observed.ts';
import { planUp } from '../../main/stack/plan-up.ts';
import { unfreePorts } from '../../main/stack/port-check.ts';
import { portUse } from '../../main/system/ports.ts';
import { FakeEngine } from '../fakes/fake-engine.ts';
import { container } from './helpers/containers.ts';
import { desiredOf } from './helpers/desired.ts';
import { ABLE } from './helpers/rig.ts';

vi.mock('../../main/system/ports.ts', { spy: true });

/** What an up says that gives a running service another port, or, without `own`, makes it or starts it. */
async function change(
  port: number,
  own: readonly number[] | undefined,
  {
    hostPaths = true,
    address = '127.0.0.1',
    running = [],
    state,
  }: {
    hostPaths?: boolean;
    address?: string;
    running?: ContainerSummary[];
    /** of a container that is as wanted */
    state?: string;
  } = {},
): Promise<readonly AppError[]> {
  const desired = desiredOf(
    `name: p\nservices:\n  a: { image: "app:1", ports: ["${address}:${port}:80"] }\n`,
  );
  const ports = (own ?? []).map((published) => ({
    address: '127.0.0.1',
    published,
    target: 80,
    protocol: 'tcp',
  }));
  const observed: Observed = {
    engineId: 'e',
    engineName: 'e',
    containers: state !== undefined ? [asWanted(desired, state)] : own ? [container({ ports })] : [],
    networks: new Map(),
    volumes: new Map(),
    images: new Map(),
  };
  const plan = planUp(desired, observed, { ...ABLE, pull: 'never' });
  expect(plan.steps.some((s) => s.kind === 'create' && s.replaces)).toBe(
    own !== undefined && state === undefined,
  );
  const capabilities = { hostPaths } as Parameters<typeof unfreePorts>[0]['capabilities'];
  const { containers } = new FakeEngine();
  containers.list = () => Promise.resolve(running);
  return unfreePorts({ capabilities, containers }, desired, observed, plan);
}

test('a running service keeps its container when its new port is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect((await change(port, [1])).map((e) => e.code)).toEqual(['engine.port-taken']);
  // nor is anything made or started for one that cannot be had
  expect(await change(port, undefined)).toHaveLength(1);
  expect(await change(port, undefined, { state: 'exited' })).toHaveLength(1);
  expect(await change(port, undefined, { state: 'running' })).toEqual([]);
  // its own port is free again once it is stopped; elsewhere the engine alone knows
  expect(await change(port, [port])).toEqual([]);
  expect(await change(port, [1], { hostPaths: false })).toEqual([]);
  server.close();
  await once(server, 'close');
  expect(await change(port, [1])).toEqual([]);
});

/** The container that the file wants, in this state. */
function asWanted(desired: Desired, state: string): ObservedContainer {
  const service = desired.services['a']!;
  const labels = { [LABEL.hash]: desired.hashOf(service) };
  return container({ state, labels, networks: [{ name: 'p_default', id: '' }] });
}

const summary = (name: string, IP: string, PublicPort: number, project?: string): ContainerSummary =>
  ({
    Names: [`/${name}`],
    Labels: project === undefined ? {} : { 'com.docker.compose.project': project },
    Ports: [{ IP, PrivatePort: 80, PublicPort, Type: 'tcp' }],
  }) as unknown as ContainerSummary;

test('the container that has the port is named', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const said = async (...running: ContainerSummary[]): Promise<string> =>
    new Failure(await change(port, [1], { running })).message;
  expect(await said(summary('web', '0.0.0.0', port, 'shop'))).toBe(
    `127.0.0.1:${port} is already taken by the container web of shop`,
  );
  const other = summary('other', '127.0.0.2', port);
  expect(await said(other, summary('web', '127.0.0.1', port))).toMatch(/by the container web$/);
  expect(await said(other)).toMatch(/by another program/);
});

test('an address that this machine does not have is told as that', async () => {
  // of the documentation's own network (RFC 5737)
  expect(await change(8080, [1], { address: '192.0.2.1' })).toEqual([
    { code: 'engine.port-address', data: { address: '192.0.2.1', port: 8080 } },
  ]);
});

test('a port that Windows keeps for itself is told with its range, and has no owner', async () => {
  vi.mocked(portUse).mockResolvedValueOnce({ free: false, reserved: { from: 8230, to: 8329 } });
  expect(await change(8283, undefined)).toMatchObject([
    { code: 'engine.port-reserved', data: { address: '127.0.0.1', port: 8283, from: 8230, to: 8329 } },
  ]);
});
