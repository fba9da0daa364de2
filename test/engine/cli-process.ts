import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(import.meta.dirname, '..', '..');
const OUT = path.join('out', 'cli-test');
export const CLI = path.join(ROOT, OUT, 'cli.js');
export const LIGHT = path.join(ROOT, 'test', 'fixtures', 'light-stack', 'compose.yaml');

/** Builds the command as it is shipped, beside the one of `npm run build`. */
export async function buildCli(): Promise<void> {
  const vite = path.join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build', '--outDir', OUT, '--logLevel', 'warn'], {
    cwd: ROOT,
  });
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** both streams so far */
  readonly seen: () => string;
  /** resolves when the text was written */
  readonly shows: (text: string | RegExp) => Promise<void>;
  readonly write: (text: string) => void;
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** The built command with folders of its own, and secrets in an encrypted file: no keychain is needed. */
export class CliBox {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'letta-cli-'));
  readonly env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    const passphrase = path.join(this.folder, 'passphrase');
    writeFileSync(passphrase, 'a passphrase for tests\n');
    this.env = {
      ...process.env,
      LETTA_STACK_HOME: path.join(this.folder, 'home'),
      LETTA_STACK_PASSPHRASE_FILE: passphrase,
      ...env,
    };
  }

  /** Runs a command line to its end, without a terminal. */
  run(args: readonly string[], options: { stdin?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Ended> {
    const running = this.start(process.execPath, [CLI, ...args], options.env);
    running.write(options.stdin ?? '');
    running.end();
    return running.ended;
  }

  /** Starts a command line at a terminal of its own, made by script(1); what is written to it are keys. */
  atTerminal(args: readonly string[]): Running {
    const quoted = [process.execPath, CLI, ...args].map((a) => `'${a}'`).join(' ');
    const command = `stty cols 90 rows 30; exec ${quoted}`;
    return this.start('script', ['-qefc', command, '/dev/null'], { TERM: 'xterm-256color', NO_COLOR: '' });
  }

  /** Starts a command line without a terminal. */
  inBackground(args: readonly string[]): Running {
    return this.start(process.execPath, [CLI, ...args]);
  }

  private start(
    program: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Running & { end: () => void } {
    const child = spawn(program, args, { env: { ...this.env, ...env }, cwd: this.folder });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    // a command that reads no stdin may be gone before it is written
    child.stdin.on('error', () => {});
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
    const seen = (): string => stdout + stderr;
    return {
      ended,
      seen,
      shows: async (text) => {
        const until = Date.now() + 60_000;
        while (!(typeof text === 'string' ? seen().includes(text) : text.test(seen()))) {
          if (Date.now() > until || child.exitCode !== null)
            throw new Error(`never saw ${text} in:\n${seen()}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      },
      write: (text) => void child.stdin.write(text),
      end: () => void child.stdin.end(),
      kill: (signal) => void child.kill(signal),
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
