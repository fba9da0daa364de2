import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Server, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freeBytes } from '../../main/system/disk.ts';
import { inodesOn, ownerInLsof, pidInNetstat } from '../../main/system/port-owner.ts';
import { portUse } from '../../main/system/ports.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});
async function listen(host: string, port = 0): Promise<number> {
  const server: Server = createServer().listen(port, host);
  open.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
const linux = process.platform === 'linux';
const me = linux ? { pid: process.pid, process: expect.any(String) } : {};

describe('portUse', () => {
  it.each([
    ['the address itself', '127.0.0.1', '127.0.0.1'],
    ['all addresses', '0.0.0.0', '127.0.0.1'],
    ['one of all addresses', '127.0.0.1', '0.0.0.0'],
    ['IPv6', '::1', '::1'],
  ])('names who listens on %s', async (_, taken, asked) => {
    const port = await listen(taken);
    expect(await portUse(asked, port)).toEqual({ free: false, ...me });
  });

  it('says that a port is free, and leaves it so', async () => {
    const port = await listen('127.0.0.1');
    open.splice(0).forEach((one) => one.close());
    await expect.poll(() => portUse('127.0.0.1', port)).toEqual({ free: true });
    expect(await portUse('127.0.0.1', port)).toEqual({ free: true });
  });

  it.runIf(linux)('is free where another address of this machine has it', async () => {
    const port = await listen('127.0.0.1');
    expect(await portUse('127.0.0.2', port)).toEqual({ free: true });
  });

  it('names another process', async () => {
    const script = `require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    open.push({ close: () => child.kill() });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(await portUse('127.0.0.1', Number(line))).toMatchObject({
      free: false,
      ...(linux && { pid: child.pid }),
    });
  });

  it('knows udp from tcp', async () => {
    const socket = createSocket('udp4');
    open.push(socket);
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    expect(await portUse('127.0.0.1', port, 'udp')).toEqual({ free: false, ...me });
    expect((await portUse('127.0.0.1', port, 'tcp')).free).toBe(true);
  });

  it('says that an address is not here', async () => {
    // TEST-NET-1 (RFC 5737) is nobody's
    expect(await portUse('192.0.2.1', 8283)).toEqual({
      free: false,
      reason: '192.0.2.1 is not an address of this machine',
    });
  });
});

describe('what the systems print', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:205B 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0 100 0 0 10 0',
    '   1: 00000000:205B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0 0 10 0',
    '   2: 0100007F:205B 0100007F:C000 01 00000000:00000000 00:00000000 00000000  1000        0 333 1 0 20 4 30 10 -1',
    '   3: 0200007F:205B 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 444 1 0 100 0 0 10 0',
    '   4: 0100007F:205C 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 555 1 0 100 0 0 10 0',
  ].join('\n');
  it.each([
    ['127.0.0.1', 8283, ['111', '222']],
    ['127.0.0.2', 8283, ['222', '444']],
    ['0.0.0.0', 8283, ['111', '222', '444']],
    ['::', 8284, ['555']],
    ['127.0.0.1', 1, []],
  ])('Linux: sockets on %s:%i', (address, port, inodes) => {
    expect(inodesOn(table, address, port)).toEqual(inodes);
  });

  it.each([
    ['p812\ncnginx\nf6\nn127.0.0.1:8283\n', { pid: 812, process: 'nginx' }],
    ['p812\n', { pid: 812 }],
    ['', undefined],
  ])('macOS: %j', (output, owner) => {
    expect(ownerInLsof(output)).toEqual(owner);
  });

  it('Windows, also in another language', () => {
    const output = [
      '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
      '  TCP    127.0.0.1:8283         127.0.0.1:50000        HERGESTELLT      1',
      '  TCP    0.0.0.0:8283           0.0.0.0:0              ABHÖREN          4711',
      '  TCP    [::]:9000              [::]:0                 ABHÖREN          12',
      '  UDP    0.0.0.0:5353           *:*                                     99',
    ].join('\r\n');
    expect([8283, 9000, 5353, 1].map((port) => pidInNetstat(output, port))).toEqual([
      4711,
      12,
      99,
      undefined,
    ]);
  });
});

describe('freeBytes', () => {
  it('is what is left for us, also for a folder that is not there yet', async () => {
    const here = await freeBytes('/');
    expect(here).toBeGreaterThan(0);
    // others write meanwhile
    expect(Math.abs((await freeBytes('/not/there/yet')) - here)).toBeLessThan(here / 2);
  });
});
