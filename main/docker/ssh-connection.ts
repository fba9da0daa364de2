import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';

/**
 * The command line of `ssh` for an `ssh://[user@]host[:port][/socket]` endpoint, as the Docker CLI writes it
 * (docker/cli cli/connhelper): no terminal, and `docker system dial-stdio` on the other side.
 */
export function sshCommand(url: URL): readonly string[] {
  const args = ['-o', 'ConnectTimeout=30', '-T'];
  if (url.username !== '') args.push('-l', decodeURIComponent(url.username));
  if (url.port !== '') args.push('-p', url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket = decodeURIComponent(url.pathname);
  const remote =
    socket.replaceAll('/', '') === ''
      ? ['docker', 'system', 'dial-stdio']
      : // ssh joins the words for the remote shell: the path is quoted for it
        ['docker', `--host='unix://${socket.replaceAll("'", `'\\''`)}'`, 'system', 'dial-stdio'];
  return [...args, '--', host, ...remote];
}

/**
 * A connection to an engine through one `ssh` process: what is written goes to its stdin, what it prints is read.
 * Has the few methods of a socket that Node's HTTP agent calls.
 */
export class SshConnection extends Duplex {
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private stderr = '';
  private answered = false;

  constructor(args: readonly string[]) {
    super({ allowHalfOpen: true });
    // Its own session, as the Docker CLI does: Ctrl-C in our terminal must not end ssh before we cancelled calmly.
    this.child = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true, windowsHide: true });
    this.child.on('error', (e) => this.destroy(sshError(e.message)));
    this.child.on('close', (code) => this.ended(code));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-4096);
    });
    this.child.stdout.on('data', (chunk: Buffer) => {
      this.answered = true;
      if (!this.push(chunk)) this.child.stdout.pause();
    });
    this.child.stdin.on('error', () => undefined); // told by 'close', which knows what ssh said
  }

  /** ssh ended: before the first answer that is a failure, and its last words are the reason. */
  private ended(code: number | null): void {
    if (this.answered && code === 0) this.push(null);
    else this.destroy(sshError(this.stderr.trim() || `ssh ended with ${code ?? 'a signal'}`));
  }

  override _read(): void {
    this.child.stdout.resume();
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (e?: Error | null) => void): void {
    this.child.stdin.write(chunk, () => done());
  }
  override _final(done: () => void): void {
    this.child.stdin.end(() => done());
  }
  override _destroy(error: Error | null, done: (e: Error | null) => void): void {
    this.child.stdin.destroy();
    this.child.stdout.destroy();
    this.child.kill();
    done(error);
  }

  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  /** While it waits in the agent's pool it must not keep this process alive. */
  unref(): this {
    return this.hold((x) => x.unref?.());
  }
  ref(): this {
    return this.hold((x) => x.ref?.());
  }
  private hold(change: (x: Refable) => void): this {
    for (const part of [this.child, this.child.stdin, this.child.stdout, this.child.stderr])
      change(part as Refable);
    return this;
  }
}

interface Refable {
  ref?(): void;
  unref?(): void;
}

/** `ESSH` marks it for `engineError`. */
function sshError(message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code: 'ESSH' });
}
