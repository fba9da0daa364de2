import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, Failure } from '../errors.ts';
import { demultiplex } from './logs.ts';
import type { Engine, ExecOptions, ExecResult } from './port.ts';
import { segment, type Transport } from './transport.ts';

/**
 * Runs a command in a container and gives its output and exit code. A time-out or an abort ends the connection and
 * throws; the process itself goes on (the Engine API cannot end an exec).
 */
export async function runExec(api: Transport, id: string, options: ExecOptions): Promise<ExecResult> {
  const late =
    options.timeoutMs === undefined
      ? undefined
      : failure('engine.exec-timeout', { container: id, ms: options.timeoutMs });
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(late), options.timeoutMs ?? 2 ** 31 - 1);
  const signal = options.signal ? AbortSignal.any([options.signal, own.signal]) : own.signal;
  const guard = api.guard(own);
  try {
    const execId = await createExec(
      api,
      id,
      { ...options, tty: false, stdin: options.stdin !== undefined },
      signal,
    );
    const socket = await startExec(api, execId, false, signal);
    const close = (): void => void socket.destroy();
    signal.addEventListener('abort', close, { once: true });
    // Without input our side stays open: some engines take its end for the end of the whole exec.
    if (options.stdin !== undefined) socket.end(options.stdin);
    const out = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
    for await (const { stream, data } of demultiplex(socket, false)) {
      guard.heard();
      out[stream].push(data);
    }
    signal.removeEventListener('abort', close);
    if (signal.aborted) throw signal.reason;
    socket.destroy();
    return {
      exitCode: await exitCode(api, execId),
      stdout: Buffer.concat(out.stdout).toString('utf8'),
      stderr: Buffer.concat(out.stderr).toString('utf8'),
    };
  } catch (e) {
    throw execFailure(api, id, e, signal);
  } finally {
    guard.stop();
    clearTimeout(timer);
  }
}

/** A shell or program at our terminal: keys go in raw, the window's size follows ours. Gives its exit code. */
export async function runInteractive(
  api: Transport,
  id: string,
  options: Parameters<Engine['containers']['execInteractive']>[1],
  io: Parameters<Engine['containers']['execInteractive']>[2],
): Promise<number> {
  const execId = await createExec(api, id, { ...options, stdin: true });
  const gone = new AbortController();
  const guard = api.guard(gone);
  const socket = await startExec(api, execId, options.tty, gone.signal).catch((e: unknown) => {
    guard.stop();
    throw e;
  });
  gone.signal.addEventListener('abort', () => void socket.destroy(), { once: true });
  const raw = options.tty && io.stdin.isTTY;
  const resize = (): void => {
    const query = { h: io.stdout.rows, w: io.stdout.columns };
    // The process may have ended in this moment; then there is no window to fit.
    api.call({ method: 'POST', path: `/exec/${segment(execId)}/resize`, query }).catch(() => undefined);
  };
  if (raw) io.stdin.setRawMode(true);
  if (options.tty && io.stdout.isTTY) {
    resize();
    io.stdout.on('resize', resize);
  }
  io.stdin.pipe(socket);
  try {
    for await (const { stream, data } of demultiplex(socket, options.tty)) {
      guard.heard();
      io[stream].write(data);
    }
    gone.signal.throwIfAborted();
    return await exitCode(api, execId);
  } catch (e) {
    throw execFailure(api, id, e, gone.signal);
  } finally {
    guard.stop();
    io.stdin.unpipe(socket);
    io.stdin.pause();
    io.stdout.off('resize', resize);
    if (raw) io.stdin.setRawMode(false);
    socket.destroy();
  }
}

interface ExecSpec {
  readonly cmd: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  readonly env?: readonly string[];
  readonly privileged?: boolean;
  readonly tty: boolean;
  readonly stdin: boolean;
}

async function createExec(api: Transport, id: string, spec: ExecSpec, signal?: AbortSignal): Promise<string> {
  const answer = await api.call({
    method: 'POST',
    path: `/containers/${segment(id)}/exec`,
    body: {
      Cmd: spec.cmd,
      Tty: spec.tty,
      AttachStdin: spec.stdin,
      AttachStdout: true,
      AttachStderr: true,
      ...(spec.user !== undefined && { User: spec.user }),
      ...(spec.workingDir !== undefined && { WorkingDir: spec.workingDir }),
      ...(spec.env !== undefined && { Env: spec.env }),
      ...(spec.privileged !== undefined && { Privileged: spec.privileged }),
    },
    signal,
    subject: id,
  });
  return (answer.body as { Id: string }).Id;
}

function startExec(api: Transport, execId: string, tty: boolean, signal?: AbortSignal): Promise<Duplex> {
  const path = `/exec/${segment(execId)}/start`;
  return api.upgrade({ method: 'POST', path, body: { Detach: false, Tty: tty }, signal });
}

/** The output ends a moment before the engine has written the exit code down. */
async function exitCode(api: Transport, execId: string): Promise<number> {
  for (let waited = 0; ; waited += 20) {
    const { body } = await api.call({ method: 'GET', path: `/exec/${segment(execId)}/json` });
    const { Running, ExitCode } = body as { Running: boolean; ExitCode: number | null };
    if (!Running && ExitCode !== null) return ExitCode;
    if (waited >= 2000) throw api.fault('GET /exec/{id}/json', 'the output ended and the process did not');
    await sleep(20);
  }
}

function execFailure(api: Transport, id: string, e: unknown, signal?: AbortSignal): Failure {
  if (signal?.aborted && signal.reason instanceof Failure) return signal.reason;
  if (e instanceof Failure) return e;
  const call = `POST /containers/${id}/exec`;
  if (signal?.aborted) return failure('engine.cancelled', { call }, e);
  const { message, code } = e as NodeJS.ErrnoException;
  return api.fault(call, message, { errno: code ?? 'ECONNRESET', subject: id }, e);
}
