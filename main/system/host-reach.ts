import { connect } from 'node:net';
import type { Engine } from '../docker/port.ts';

/** The name under which containers know this machine. */
export const HOST_NAME = 'host.docker.internal';

/** How containers of an engine reach this machine under that name. */
export type HostReach =
  /** through the engine's own machine, which sees what listens on 127.0.0.1 here */
  | { readonly by: 'relay' }
  /** at this address of this machine */
  | { readonly by: 'gateway'; readonly address: string }
  | { readonly by: 'unknown' }
  /** the engine is on another machine, and the name stands for that one */
  | { readonly by: 'not' };

/**
 * What containers meet behind a port of this machine: `loopback` – it is open on 127.0.0.1 alone, where they are not;
 * `unknown` – nobody can tell from here; `elsewhere` – the name is another machine.
 */
export type Met = 'yes' | 'loopback' | 'nobody' | 'unknown' | 'elsewhere';

/** Nobody waits longer for a program of this machine, in milliseconds. */
export const HOST_MS = 1_500;

/** Pure. @param gateway of the network `bridge`, where the engine says it */
export function hostReach(
  engine: Pick<Engine, 'endpoint' | 'info'>,
  platform: NodeJS.Platform,
  gateway: string | undefined,
): HostReach {
  const { product } = engine.info;
  const isVm = product !== 'docker' && product !== 'podman';
  if (isVm) return { by: 'relay' };
  if (!engine.endpoint.local) return { by: 'not' };
  if (platform !== 'linux' || product === 'podman' || gateway === undefined) return { by: 'unknown' };
  return { by: 'gateway', address: gateway };
}

/** The same of an engine that is asked; without one nobody knows. */
export async function reachOfHost(engine: Engine | undefined, platform: NodeJS.Platform): Promise<HostReach> {
  return engine ? hostReach(engine, platform, await gatewayOf(engine)) : { by: 'unknown' };
}

/** What containers meet. @param answers whether it is there at an address of this machine */
export async function metAt(reach: HostReach, answers: (address: string) => Promise<boolean>): Promise<Met> {
  if (reach.by === 'gateway' && (await answers(reach.address))) return 'yes';
  if (!(await answers('127.0.0.1'))) return 'nobody';
  return ONLY_LOOPBACK[reach.by];
}

/** What is open on 127.0.0.1, and at no address where containers were looked for. */
const ONLY_LOOPBACK: Readonly<Record<HostReach['by'], Met>> = {
  relay: 'yes',
  gateway: 'loopback',
  unknown: 'unknown',
  not: 'elsewhere',
};

/** An address that has the name in it, as it is asked from here: where containers would ask. */
export const seenFromHere = (url: string, reach: HostReach): string =>
  url.replace(
    /^(https?:\/\/)host\.docker\.internal(?=[:/]|$)/,
    `$1${reach.by === 'gateway' ? reach.address : '127.0.0.1'}`,
  );

/** Whether something takes connections there. */
export function listens(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: HOST_MS });
    const end = (is: boolean): void => {
      socket.destroy();
      resolve(is);
    };
    socket
      .on('connect', () => end(true))
      .on('error', () => end(false))
      .on('timeout', () => end(false));
  });
}

/** What `host-gateway` stands for, unless the engine's settings name another address. */
async function gatewayOf(engine: Engine): Promise<string | undefined> {
  const bridge = await engine.networks.inspect('bridge').catch(() => undefined);
  const ipam = bridge?.IPAM as { readonly Config?: readonly { readonly Gateway?: string }[] } | undefined;
  return ipam?.Config?.find((c) => c.Gateway?.includes('.'))?.Gateway;
}
