import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isErrno } from './files.ts';

export interface Owner {
  readonly pid: number;
  /** its name, as `ps` shows it */
  readonly process?: string;
}

/** The process that has a port; undefined where it may not be seen (another user's, for one). */
export function listenerOf(
  address: string,
  port: number,
  protocol: 'tcp' | 'udp',
): Promise<Owner | undefined> {
  if (process.platform === 'linux') return linuxListener(address, port, protocol);
  return process.platform === 'win32' ? windowsListener(port, protocol) : lsofListener(port, protocol);
}

/** proc(5): the kernel's tables of sockets, and each process's open files. */
async function linuxListener(
  address: string,
  port: number,
  protocol: 'tcp' | 'udp',
): Promise<Owner | undefined> {
  const tables = await Promise.all(
    [`/proc/net/${protocol}`, `/proc/net/${protocol}6`].map((path) =>
      // a kernel without IPv6 has no such table
      readFile(path, 'utf8').catch((e: unknown) => {
        if (isErrno(e, 'ENOENT')) return '';
        throw e;
      }),
    ),
  );
  const inodes = tables.flatMap((table) => inodesOn(table, address, port));
  return inodes.length === 0 ? undefined : processWith(new Set(inodes.map((inode) => `socket:[${inode}]`)));
}

/** State 0A listens (tcp); 07 is a udp socket that is not connected. */
const OPEN_STATES = new Set(['0A', '07']);
const ANY = ['00000000', '0'.repeat(32)];

/** The inodes of the sockets that listen on a port, on this address or on all. Of text in the form of /proc/net/tcp. */
export function inodesOn(table: string, address: string, port: number): string[] {
  const wanted = hexOf(address);
  const found: string[] = [];
  for (const line of table.split('\n').slice(1)) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    const [host, hexPort] = local?.split(':') ?? [];
    if (host === undefined || inode === undefined || !OPEN_STATES.has(state ?? '')) continue;
    if (Number.parseInt(hexPort ?? '', 16) !== port) continue;
    if (ANY.includes(host) || wanted === undefined || ANY.includes(wanted) || host === wanted)
      found.push(inode);
  }
  return found;
}

/** An IPv4 address as the kernel prints it (four bytes of a little-endian word); others are matched by port only. */
function hexOf(address: string): string | undefined {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4) return undefined;
  return parts
    .toReversed()
    .map((part) => part.toString(16).padStart(2, '0').toUpperCase())
    .join('');
}

/** The first process that has one of these files open. Other users' processes cannot be looked into, unless by root. */
async function processWith(links: ReadonlySet<string>): Promise<Owner | undefined> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    // it may end, or be closed to us, at any moment
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const file of files) {
      const link = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '');
      if (!links.has(link)) continue;
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
      return { pid: Number(pid), ...(name && { process: name.trim() }) };
    }
  }
  return undefined;
}

const run = promisify(execFile);

/** macOS and others: `lsof -F pc` prints `p<pid>` and `c<command>` on lines of their own. */
async function lsofListener(port: number, protocol: 'tcp' | 'udp'): Promise<Owner | undefined> {
  const state = protocol === 'tcp' ? ['-sTCP:LISTEN'] : [];
  const { stdout } = await run('lsof', [
    '-nP',
    `-i${protocol.toUpperCase()}:${port}`,
    ...state,
    '-Fpc',
  ]).catch(
    // it ends with 1 when it finds nothing
    () => ({ stdout: '' }),
  );
  return ownerInLsof(stdout);
}

/** The first process of `lsof -Fpc`'s output. */
export function ownerInLsof(output: string): Owner | undefined {
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  const name = /^c(.+)$/m.exec(output)?.[1];
  return pid === undefined ? undefined : { pid: Number(pid), ...(name && { process: name }) };
}

/** Windows: `netstat -ano` has the pid in its last column; `tasklist` knows its name. */
async function windowsListener(port: number, protocol: 'tcp' | 'udp'): Promise<Owner | undefined> {
  const { stdout } = await run('netstat', ['-ano', '-p', protocol]).catch(() => ({ stdout: '' }));
  const pid = pidInNetstat(stdout, port);
  if (pid === undefined) return undefined;
  const list = await run('tasklist', ['/fi', `PID eq ${pid}`, '/fo', 'csv', '/nh']).catch(() => ({
    stdout: '',
  }));
  const name = /^"([^"]+)"/.exec(list.stdout)?.[1];
  return { pid, ...(name !== undefined && { process: name }) };
}

/** Of `netstat -ano`: a listening socket has no other side (`0.0.0.0:0`, `[::]:0` or `*:*`), in any language. */
export function pidInNetstat(output: string, port: number): number | undefined {
  for (const line of output.split(/\r?\n/)) {
    const columns = line.trim().split(/\s+/);
    const [, local, remote] = columns;
    if (!local?.endsWith(`:${port}`) || !/:(0|\*)$/.test(remote ?? '')) continue;
    const pid = Number(columns.at(-1));
    if (Number.isInteger(pid)) return pid;
  }
  return undefined;
}
