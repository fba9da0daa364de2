import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SCRIPT = path.join(import.meta.dirname, '..', 'packaging', 'clean-root.sh');

/** The first user that a Debian makes. */
export const USER = { name: 'user', uid: 1000, home: '/home/user', runtime: '/run/user/1000' };
/** Nothing of ours is in the environment of a user who just logged in. */
const LOGIN = {
  root: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', DEBIAN_FRONTEND: 'noninteractive' },
  user: {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: USER.home,
    USER: USER.name,
    XDG_RUNTIME_DIR: USER.runtime,
  },
};

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Debian as it comes, in a folder, to install a package in (test/packaging/clean-root.sh). */
export class CleanRoot {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'letta-root-'));
  readonly #servers: Server[] = [];
  readonly #daemons: ChildProcess[] = [];

  /** Puts a Debian there with a user. @returns why this machine can have none; undefined: it is there */
  async make(): Promise<string | undefined> {
    const { code, stderr } = await ended(this.#script(['make', this.folder], { env: process.env }));
    if (code !== 0) return stderr.trim().split('\n').at(-1) ?? 'it failed';
    await this.root('useradd', '--create-home', '--uid', String(USER.uid), USER.name);
    await this.root('install', '--directory', '--owner', USER.name, '--mode', '700', USER.runtime);
    return undefined;
  }

  /** Runs a command as root. @returns its output @throws Error with what it said where it failed */
  async root(...command: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await ended(this.start(0, LOGIN.root, command));
    if (code !== 0) throw new Error(`${command.join(' ')}: exit code ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Runs a command as the user, to its end. */
  user(env: NodeJS.ProcessEnv, command: readonly string[], input = ''): Promise<Ended> {
    return ended(this.start(USER.uid, { ...LOGIN.user, ...env }, command), input);
  }

  /** Starts a program as the user. */
  program(env: NodeJS.ProcessEnv, command: readonly string[]): ChildProcess {
    return this.start(USER.uid, { ...LOGIN.user, ...env }, command);
  }

  start(uid: number, env: NodeJS.ProcessEnv, command: readonly string[]): ChildProcess {
    return this.#script(['run', this.folder, String(uid), ...command], { env });
  }

  /** What is in it: a line each. */
  async files(): Promise<string[]> {
    const { stdout } = await ended(this.#script(['list', this.folder], { env: process.env }));
    return stdout.trimEnd().split('\n');
  }

  /** A socket in it, open to its users, behind which another one of this machine answers. */
  async lead(inside: string, socket: string): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (client) => {
      const there = connect({ path: socket, allowHalfOpen: true });
      client.pipe(there).pipe(client);
      client.on('error', () => there.destroy());
      there.on('error', () => client.destroy());
    });
    server.listen({ path: path.join(this.folder, inside), readableAll: true, writableAll: true });
    await once(server, 'listening');
    this.#servers.push(server);
  }

  /** A session bus in it that its user and the tests may talk on. @returns its address for the tests */
  async bus(inside: string): Promise<string> {
    const address = `unix:path=${path.join(this.folder, inside)}`;
    const config = path.join(this.folder, 'srv', 'bus.conf');
    writeFileSync(
      config,
      `<busconfig>
  <type>session</type>
  <listen>${address}</listen>
  <policy context="default">
    <allow user="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>\n`,
    );
    const daemon = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--print-address=1'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#daemons.push(daemon);
    await Promise.race([once(daemon.stdout, 'data'), once(daemon, 'exit')]);
    return address;
  }

  close(): void {
    for (const daemon of this.#daemons) daemon.kill();
    for (const server of this.#servers) server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #script(args: readonly string[], options: SpawnOptions): ChildProcess {
    // bash is found by our own PATH, and the command by the one that is given
    return spawn('/bin/bash', [SCRIPT, ...args], options);
  }
}

async function ended(child: ChildProcess, input = ''): Promise<Ended> {
  child.stdin?.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
