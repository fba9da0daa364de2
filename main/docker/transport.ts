import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { failure, Failure, hasCode } from '../errors.ts';
import { http } from '../system/node-http.ts';
import { EndpointAgent, keepsConnections } from './dial.ts';
import { engineFailure } from './engine-error.ts';
import { modemOver, type DialOptions, type Modem } from './modem.ts';
import type { Endpoint } from './port.ts';

/** One request of the Engine API. */
export interface ApiRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** without the version: `/containers/json`; parts that are names go through `segment()` */
  readonly path: string;
  /** `undefined` is left out; objects are sent as JSON */
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** a tar archive as the body */
  readonly tar?: Buffer | Readable;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** what it is about, for the error's words: an image, a name */
  readonly subject?: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** parsed JSON, or the text */
  readonly body: unknown;
}

/** Oldest Engine API that works here (Docker 20.10) and the newest we know the fields of (Docker 28.5). */
export const MIN_API = '1.41';
export const MAX_API = '1.51';

/** every HTTP status is an answer for us: `engineError` gives the bad ones their cause */
const ANY_STATUS = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [100 + i, true]));

/** How long a request may be silent before the engine is asked whether it is still there, and how long that may take. */
const PATIENCE = { silenceMs: 15_000, pingMs: 10_000 };

/** A name as a part of an API path; slashes of image references stay, as the Docker CLI leaves them. */
export const segment = (name: string): string => encodeURIComponent(name).replaceAll('%2F', '/');

/** Looks whether the engine is there while an answer is awaited. */
export interface Guard {
  heard(): void;
  stop(): void;
}

/**
 * The requests of one endpoint, through dockerode's modem.
 *
 * Every answer is taken as a stream and read here: dockerode's own reading of a JSON answer never settles when the
 * connection breaks in the middle of the body (seen with 5.0.1), and its high-level calls change the objects that
 * they are given.
 */
export class Transport {
  readonly endpoint: Endpoint;
  private readonly agent: EndpointAgent;
  private readonly closing = new AbortController();
  private readonly modem: Modem;
  private readonly patience: typeof PATIENCE;
  /** connections are kept and may be closed by the other side at any time */
  private readonly keepsConnections: boolean;
  /** some request was answered: the endpoint is there and lets us in */
  private answered = false;

  constructor(endpoint: Endpoint, patience = PATIENCE) {
    this.endpoint = endpoint;
    this.patience = patience;
    this.agent = new EndpointAgent(endpoint);
    this.keepsConnections = keepsConnections(endpoint);
    this.modem = modemOver(this.agent);
  }

  /** From now on every URL carries this version; before it, none does. */
  useVersion(version: string): void {
    this.modem.version = `v${version}`;
  }

  /** `/_ping` within `timeoutMs`; the headers of its answer (`api-version`, `server` …). */
  async ping(timeoutMs = 5000): Promise<Readonly<Record<string, unknown>>> {
    const given = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await this.dial({ method: 'GET', path: '/_ping' }, given);
      const { status, body } = await this.read({ method: 'GET', path: '/_ping' }, answer, given);
      if (status >= 400) throw this.fault('GET /_ping', textOf(body), { status });
      return answer.headers;
    } catch (e) {
      if (!given.aborted) throw e;
      const data = { endpoint: this.endpoint.url, ms: timeoutMs };
      throw this.agent.isConnectingFor(timeoutMs * 0.9)
        ? failure('engine.timeout', data, e)
        : failure('engine.half-open', data, e);
    }
  }

  /** One request and its whole answer; statuses of 400 and more are thrown unless named in `accept`. */
  async call(request: ApiRequest, accept: readonly number[] = []): Promise<ApiAnswer> {
    const once = (): Promise<ApiAnswer> =>
      this.watched(request.signal, async (signal) =>
        this.read(request, await this.dial(request, signal), signal),
      );
    try {
      return this.check(request, await once(), accept);
    } catch (e) {
      // A kept connection may have been closed by the other side a moment ago: what only reads is asked again.
      const stale = this.keepsConnections && request.method === 'GET' && hasCode(e, 'engine.connection-lost');
      if (!stale || request.signal?.aborted || this.closed.aborted) throw e;
      return this.check(request, await once(), accept);
    }
  }

  /** The answer's body as `T`; undefined for a 404. */
  async find<T>(request: ApiRequest): Promise<T | undefined> {
    const { status, body } = await this.call(request, [404]);
    return status === 404 ? undefined : (body as T);
  }

  /** The answer's body as it comes, broken connections and cancelling as `Failure`s; `watch`: see `guard`. */
  async *stream(request: ApiRequest, watch = false): AsyncGenerator<Uint8Array> {
    yield* await this.open(request, watch);
  }

  /** As `stream`, once the engine has taken the request. What is given must be iterated: its end ends the request. */
  async open(request: ApiRequest, watch = false): Promise<AsyncGenerator<Uint8Array>> {
    const own = new AbortController();
    const signal = request.signal ? AbortSignal.any([request.signal, own.signal]) : own.signal;
    const guard = watch ? this.guard(own) : undefined;
    try {
      const answer = await this.dial(request, signal);
      if ((answer.statusCode ?? 0) >= 400) this.check(request, await this.read(request, answer, signal), []);
      return this.chunks(request, answer, signal, own, guard);
    } catch (e) {
      guard?.stop();
      throw e;
    }
  }

  private async *chunks(
    request: ApiRequest,
    answer: IncomingMessage,
    signal: AbortSignal,
    own: AbortController,
    guard: Guard | undefined,
  ): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of answer) {
        guard?.heard();
        yield chunk as Uint8Array;
      }
    } catch (e) {
      throw this.translate(request, e, signal);
    } finally {
      guard?.stop();
      own.abort(); // the caller left the loop: the request ends too
    }
  }

  /**
   * A connection that carries raw bytes both ways after the request (exec, attach). Who reads from it keeps a `guard`
   * on it, and ends it when the signal says so.
   */
  async upgrade(request: ApiRequest): Promise<Duplex> {
    let answer: Duplex | IncomingMessage;
    try {
      const options = { ...this.dialOptions(request, request.signal), hijack: true };
      answer = await this.begin<Duplex | IncomingMessage>(options, request.signal);
    } catch (e) {
      throw this.translate(request, e, request.signal);
    }
    if (!(answer instanceof http.IncomingMessage)) return answer;
    const read = await this.read(request, answer, request.signal);
    this.check(request, read, []);
    throw this.fault(callName(request), 'the connection was not handed over', { status: read.status });
  }

  /** Aborted by `close`. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** Ends every connection that is not in use, and the others as soon as they are not. */
  release(): void {
    this.agent.release();
  }

  /** Ends every connection, the ones in use too. */
  close(): void {
    this.closing.abort();
    this.agent.destroy();
  }

  /** A failure of this endpoint, with its cause found from the words. */
  fault(
    call: string,
    message: string,
    more: { status?: number; errno?: string; subject?: string } = {},
    cause?: unknown,
  ): Failure {
    return engineFailure({ call, endpoint: this.endpoint.url, message, ...more }, cause);
  }

  private check(request: ApiRequest, answer: ApiAnswer, accept: readonly number[]): ApiAnswer {
    if (answer.status < 400 || accept.includes(answer.status)) return answer;
    const subject = request.subject === undefined ? {} : { subject: request.subject };
    throw this.fault(callName(request), textOf(answer.body), { status: answer.status, ...subject });
  }

  private dialOptions(request: ApiRequest, signal: AbortSignal | undefined): DialOptions {
    return {
      path: request.query ? `${request.path}?` : request.path,
      method: request.method,
      // two levels, or dockerode sends query and body both ways
      options: { _query: clean(request.query), _body: request.body ?? {} },
      headers: { ...request.headers },
      ...(request.tar && { file: request.tar }),
      ...(signal && { abortSignal: signal }),
      statusCodes: ANY_STATUS,
      isStream: true,
    };
  }

  private async dial(request: ApiRequest, signal: AbortSignal | undefined): Promise<IncomingMessage> {
    const once = (): Promise<IncomingMessage> => this.begin(this.dialOptions(request, signal), signal);
    try {
      // sshd drops connections when many come at once: where one was made before, what only reads tries again
      const mayTryAgain = this.answered && request.method === 'GET';
      const answer = await once().catch((e: unknown) => {
        if (
          !mayTryAgain ||
          signal?.aborted ||
          this.closed.aborted ||
          (e as NodeJS.ErrnoException).code !== 'ESSH'
        )
          throw e;
        return once();
      });
      this.answered = true;
      return answer;
    } catch (e) {
      throw this.translate(request, e, signal);
    }
  }

  /** One request as the modem sends it; what it throws is Node's own. */
  private async begin<T>(options: DialOptions, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const withdraw = this.agent.whenRoom(
      () => this.modem.dial(options, (e, x) => (e ? reject(e) : resolve(x as T))),
      reject,
    );
    const cancel = (): void => {
      withdraw();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  private async read(
    request: ApiRequest,
    answer: IncomingMessage,
    signal: AbortSignal | undefined,
  ): Promise<ApiAnswer> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of answer) chunks.push(chunk as Buffer);
    } catch (e) {
      throw this.translate(request, e, signal);
    }
    const text = Buffer.concat(chunks).toString('utf8');
    return { status: answer.statusCode ?? 0, body: parse(text) };
  }

  /** What was thrown by Node while a request ran, as a `Failure` with its cause. */
  private translate(request: ApiRequest, e: unknown, signal: AbortSignal | undefined): Failure {
    if (e instanceof Failure) return e;
    if (signal?.aborted) {
      if (signal.reason instanceof Failure) return signal.reason;
      return failure('engine.cancelled', { call: callName(request) }, e);
    }
    const error = e as NodeJS.ErrnoException;
    const subject = request.subject === undefined ? {} : { subject: request.subject };
    const errno = error.code ?? 'ECONNRESET';
    return this.fault(callName(request), error.message, { errno, ...subject }, e);
  }

  /** Runs a request that may take long, and finds out when the engine is gone in the meantime. */
  private async watched<T>(
    signal: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const own = new AbortController();
    const guard = this.guard(own);
    try {
      return await run(signal ? AbortSignal.any([signal, own.signal]) : own.signal);
    } finally {
      guard.stop();
    }
  }

  /** Pings after each silence; where that fails, the request is given up with the ping's failure. */
  guard(controller: AbortController): Guard {
    const { silenceMs, pingMs } = this.patience;
    let last = Date.now();
    let asking = false;
    const timer = setInterval(() => {
      if (asking || Date.now() - last < silenceMs) return;
      asking = true;
      void this.ping(pingMs)
        .catch((e: unknown) => controller.abort(e))
        .finally(() => (asking = false));
    }, silenceMs);
    timer.unref();
    return { heard: () => void (last = Date.now()), stop: () => clearInterval(timer) };
  }
}

export const callName = (r: ApiRequest): string => `${r.method} ${r.path}`;

function clean(query: ApiRequest['query']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(query ?? {}).filter(([, v]) => v !== undefined));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // /_ping answers OK, proxies answer HTML
  }
}

/** The engine's own words: `{"message": …}`, or the text of whatever answered instead of it. */
function textOf(body: unknown): string {
  if (typeof body === 'string') return body.trim();
  const message = (body as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message.trim() : JSON.stringify(body);
}
