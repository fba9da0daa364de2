import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { listenerOf } from './port-owner.ts';
import { reservedRangeOf } from './reserved-ports.ts';
import type { PortUse } from './types.ts';

export type Protocol = 'tcp' | 'udp';

/**
 * Whether a port of this machine can be taken, by trying it, and if not, which process has it, where that may be seen.
 * `address` is an IP address; `0.0.0.0` and `::` are taken as soon as one of the machine's addresses is.
 * A port that only root may take counts as free: the engine takes it, not we.
 */
export async function portUse(address: string, port: number, protocol: Protocol = 'tcp'): Promise<PortUse> {
  const problem = await (protocol === 'tcp' ? tryTcp(address, port) : tryUdp(address, port));
  switch (problem?.code) {
    case undefined:
      if (problem) throw problem;
      return { free: true };
    case 'EACCES':
    case 'EADDRINUSE': {
      const owner = await listenerOf(address, port, protocol);
      if (owner || problem.code === 'EADDRINUSE') return { free: false, ...owner };
      const reserved = await reservedRangeOf(port, protocol);
      return reserved ? { free: false, reserved } : { free: true };
    }
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return { free: false, reason: `${address} is not an address of this machine` };
    default:
      throw problem;
  }
}

type Problem = NodeJS.ErrnoException | undefined;

function tryTcp(host: string, port: number): Promise<Problem> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function tryUdp(address: string, port: number): Promise<Problem> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', (e) => {
      socket.close();
      resolve(e);
    });
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });
}
