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
 * How many ssh connections may be in the making at once: sshd drops some of those that have not logged in yet, from the
 * tenth on (sshd_config, MaxStartups 10:30:100).
 */
const SSH_STARTUPS = 6;
/** One that has been in the making for so long is logged in and waits for a slow answer, in milliseconds. */
const SSH_STARTUP_MS = 5_000;
/** How long a short answer takes from its first bytes to its end, in milliseconds. */
const ANSWER_MS = 20;

/** Without a name, Node compiles its pattern of IPv6 addresses to see whether there is one: 7 ms of each command. */
const UNNAMED = { servername: '' };

/**
 * Node's HTTP agent over any endpoint: it opens the connections itself, so dockerode sees one kind of engine, and
 * its own ssh2 and its `url.parse` are never used.
 */
export class EndpointAgent extends http.Agent {
  /** connections that are not made yet, and when each was begun */
  private readonly connecting = new Map<Duplex, number>();
  private readonly endpoint: Endpoint;
  private readonly isSsh: boolean;
  /** requests that wait until a connection may be begun for them, and how each is told that there will be none */
  private readonly waiting = new Map<() => void, (error: Error) => void>();
  private isDestroyed = false;
  /** requests whose connection is asked for this moment */
  private begun = 0;

  constructor(endpoint: Endpoint) {
    super({ keepAlive: keepsConnections(endpoint), ...UNNAMED });
    this.endpoint = endpoint;
    this.isSsh = endpoint.url.startsWith('ssh:');
    this.on('free', () => this.beginWaiting());
  }

  override createConnection(_options: ClientRequestArgs): Duplex {
    const socket = open(this.endpoint);
    const connected = this.endpoint.tls ? 'secureConnect' : 'connect';
    const settled = (): void => {
      this.connecting.delete(socket);
      // a short answer is over in a moment, and its connection serves the next request
      if (this.waiting.size > 0) setTimeout(() => this.beginWaiting(), ANSWER_MS);
    };
    this.connecting.set(socket, performance.now());
    if (this.isSsh) setTimeout(() => this.beginWaiting(), SSH_STARTUP_MS).unref();
    socket.once(connected, settled).once('data', settled).once('close', settled);
    // asked for by a request that was under way when we were destroyed: it would be kept for ever
    if (this.isDestroyed) socket.destroy(closedError());
    return socket;
  }

  /**
   * Begins a request as soon as there is a connection for it or one may be made, or refuses it when the agent is
   * destroyed; gives the way to withdraw it before.
   */
  whenRoom(begin: () => void, refuse: (error: Error) => void): () => void {
    if (this.isSsh) {
      this.waiting.set(begin, refuse);
      this.beginWaiting();
    } else begin();
    return () => this.waiting.delete(begin);
  }

  /** From now on no connection outlives its request. */
  release(): void {
    this.maxFreeSockets = 0;
    for (const free of Object.values(this.freeSockets)) for (const socket of free ?? []) socket.destroy();
  }

  override destroy(): void {
    this.isDestroyed = true;
    const refused = [...this.waiting.values()];
    this.waiting.clear();
    for (const refuse of refused) refuse(closedError());
    super.destroy();
  }

  private beginWaiting(): void {
    for (const begin of this.waiting.keys()) {
      if (this.room() <= 0) return;
      this.waiting.delete(begin);
      // docker-modem asks for the connection some microtasks later
      this.begun += 1;
      setImmediate(() => {
        this.begun -= 1;
        this.beginWaiting();
      });
      begin();
    }
  }

  /** How many requests may begin now over ssh. */
  private room(): number {
    const free = Object.values(this.freeSockets).reduce((sum, list) => sum + (list?.length ?? 0), 0);
    const since = performance.now() - SSH_STARTUP_MS;
    const startups = [...this.connecting.values()].filter((at) => at > since).length;
    return free + SSH_STARTUPS - startups - this.begun;
  }

  /**
   * docker-modem (5.0.7) writes the options of every request out, to any depth, for a debug line that nobody reads: with
   * the agent and its sockets among them that took longer than the requests.
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

const closedError = (): Error =>
  Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });

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
