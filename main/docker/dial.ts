import type { ClientRequestArgs } from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { inspect } from 'node:util';
import { http } from '../system/node-http.ts';
import type { Endpoint } from './port.ts';
import { SshConnection, sshCommand } from './ssh-connection.ts';

/**
 * Connections are kept only where making one is dear (a TLS handshake, an ssh process). A fresh connection to a
 * socket costs 0.1 ms and is never one that the engine closed a moment ago.
 */
export const keepsConnections = (endpoint: Endpoint): boolean =>
  endpoint.tls !== undefined || endpoint.url.startsWith('ssh:');

/**
 * Node's HTTP agent over any endpoint: it opens the connections itself, so dockerode sees one kind of engine, and
 * its own ssh2 and its `url.parse` are never used.
 */
export class EndpointAgent extends http.Agent {
  /** connections that are not made yet, and when each was begun */
  private readonly connecting = new Map<Duplex, number>();
  private readonly endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    super({ keepAlive: keepsConnections(endpoint) });
    this.endpoint = endpoint;
  }

  override createConnection(_options: ClientRequestArgs): Duplex {
    const socket = open(this.endpoint);
    const connected = this.endpoint.tls ? 'secureConnect' : 'connect';
    const settled = (): boolean => this.connecting.delete(socket);
    this.connecting.set(socket, performance.now());
    socket.once(connected, settled).once('data', settled).once('close', settled);
    return socket;
  }

  /**
   * docker-modem inspects the options of every request to any depth, for a debug line: with an agent and its sockets
   * among them that took longer than the requests (5.0.7).
   */
  [inspect.custom](): string {
    return `EndpointAgent(${this.endpoint.url})`;
  }

  /** Whether a connection has been in the making for `ms`: tells "cannot connect" from "connected and silent". */
  isConnectingFor(ms: number): boolean {
    const since = performance.now() - ms;
    return [...this.connecting.values()].some((begun) => begun <= since);
  }
}

/** Opens one connection; errors come as the stream's `error`. */
function open(endpoint: Endpoint): Duplex {
  const url = endpoint.url;
  if (url.startsWith('unix://')) return net.connect({ path: url.slice('unix://'.length) });
  if (url.startsWith('npipe://'))
    return net.connect({ path: url.slice('npipe://'.length).replaceAll('/', '\\') });
  const parsed = new URL(url);
  if (parsed.protocol === 'ssh:') return new SshConnection(sshCommand(parsed));

  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  // Where the other machine vanishes, keep-alive ends the connection; nothing else would.
  const to = { host, keepAlive: true, keepAliveInitialDelay: 30_000 };
  if (!endpoint.tls) return net.connect({ ...to, port: Number(parsed.port || 2375) });
  const { ca, cert, key, skipVerify } = endpoint.tls;
  const socket = tls.connect({
    ...to,
    port: Number(parsed.port || 2376),
    ...(net.isIP(host) === 0 && { servername: host }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    rejectUnauthorized: skipVerify !== true,
  });
  return socket;
}
