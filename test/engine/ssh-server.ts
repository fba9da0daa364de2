/**
 * A real sshd on a loopback port, for `ssh://` endpoints. Nothing is installed: Debian's package is unpacked into a
 * temporary folder, and what sshd expects of the system (its own user, an account that is not locked) is shown to it
 * alone, in a mount namespace.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { unpackPackages } from './helpers/debian-packages.ts';

const execute = promisify(execFile);

export interface SshServer extends AsyncDisposable {
  readonly port: number;
  /** a folder for PATH whose `ssh` knows the key and the host; without it, `ssh` has neither */
  readonly bin: string;
}

/** Starts sshd; commands run in it see `environment`. */
export async function startSshServer(environment: Readonly<Record<string, string>>): Promise<SshServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'letta-stack-sshd-'));
  const server = await start(folder, environment).catch(async (e: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw e;
  });
  return server;
}

async function start(folder: string, environment: Readonly<Record<string, string>>): Promise<SshServer> {
  const file = (name: string): string => path.join(folder, name);
  const root = await unpackPackages(folder, 'openssh-server', 'libwrap0');
  const sshd = path.join(root, 'usr/sbin/sshd');
  for (const key of ['host-key', 'user-key'])
    await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(key)]);
  const port = await freePort();
  const hostKey = (await readFile(file('host-key.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
  await writeFile(file('known-hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
  const setEnv = Object.entries(environment).map(([k, v]) => `"${k}=${v}"`);
  await writeFile(
    file('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${file('host-key')}`,
      `AuthorizedKeysFile ${file('user-key.pub')}`,
      `PidFile ${file('pid')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin yes',
      `SetEnv ${setEnv.join(' ')}`,
      '',
    ].join('\n'),
  );
  await writeFile(
    file('ssh_config'),
    `IdentityFile ${file('user-key')}\nUserKnownHostsFile ${file('known-hosts')}\nStrictHostKeyChecking yes\nBatchMode yes\n`,
  );
  await mkdir(file('bin'));
  await writeFile(file('bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${file('ssh_config')}' "$@"\n`);
  await chmod(file('bin/ssh'), 0o755);

  const daemon = await runSshd(folder, sshd, port);
  return {
    port,
    bin: file('bin'),
    async [Symbol.asyncDispose]() {
      daemon.kill();
      if (daemon.exitCode === null) await once(daemon, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function runSshd(folder: string, sshd: string, port: number): Promise<ReturnType<typeof spawn>> {
  // sshd runs as root and insists on its own user and on this folder; an account with `!` could not log in.
  const passwd = await readFile('/etc/passwd', 'utf8');
  await writeFile(path.join(folder, 'passwd'), `${passwd}sshd:x:65000:65534::/run/sshd:/usr/sbin/nologin\n`);
  await writeFile(path.join(folder, 'shadow'), 'root:*:19000:0:99999:7:::\n');
  await mkdir('/run/sshd', { recursive: true });
  const script = [
    `mount --bind '${folder}/passwd' /etc/passwd`,
    `mount --bind '${folder}/shadow' /etc/shadow`,
    `export LD_LIBRARY_PATH=$(echo '${folder}'/root/usr/lib/*-linux-gnu*)`,
    `exec '${sshd}' -D -e -f '${folder}/sshd_config'`,
  ].join(' && ');
  const daemon = spawn('unshare', ['--mount', 'sh', '-c', script], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  daemon.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  for (let waited = 0; waited < 5000; waited += 50) {
    if (await answers(port)) return daemon;
    if (daemon.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  daemon.kill();
  throw new Error(`sshd did not start: ${said}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('data', () => resolve(true) === undefined && socket.destroy());
    socket.once('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Why there can be no sshd here; undefined when there can. */
export async function whyNoSshServer(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'sshd needs root';
  for (const program of ['/usr/bin/ssh', '/usr/bin/ssh-keygen', '/usr/bin/apt-get', '/usr/bin/dpkg-deb'])
    try {
      await access(program);
    } catch {
      return `there is no ${program}`;
    }
  return undefined;
}
