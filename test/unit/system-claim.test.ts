import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claim, claimPipe, nextOf } from '../../main/system/claim.ts';
import { Peer } from '../../main/system/peer.ts';
import { withLock } from '../../main/system/short-lock.ts';

let runtime: string;
beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'claim-'));
});
afterEach(() => rmSync(runtime, { recursive: true, force: true }));

/** Linux's abstract sockets behave as Windows' pipes do: no file, and gone with the process. */
const pipes = process.platform === 'linux';
const claims: [string, boolean, (serve: (peer: Peer) => void) => ReturnType<typeof claim>][] = [
  ['socket', true, (serve) => claim(runtime, 'n', serve)],
  ['pipe', pipes, (serve) => claimPipe(`\0${runtime}`, serve)],
];

describe.each(claims.filter(([, here]) => here))('a name claimed by %s', (_, _here, take) => {
  it('is had by one of ten at once, and the nine are connected to it', async () => {
    const got = await Promise.all(
      Array.from({ length: 10 }, (_x, i) => take((peer) => peer.send({ winner: i }))),
    );
    const holders = got.filter((g) => g.held);
    expect(holders).toHaveLength(1);
    const winner = got.findIndex((g) => g.held);
    for (const g of got) {
      if (g.held) continue;
      expect(await g.peer.next()).toEqual({ winner });
      g.peer.close();
    }
    for (const h of holders) h.release();
    const next = await take(() => undefined);
    expect(next.held).toBe(true);
    if (next.held) next.release();
  });
});

describe('who has a name', () => {
  it('and neither answers nor ends is named, and not waited for', async () => {
    const held = await claim(runtime, 'n', () => undefined);
    const other = await claim(runtime, 'n', () => undefined);
    if (!held.held || other.held) throw new Error('expected the first to have it');
    await expect(nextOf(other, 20)).rejects.toMatchObject({
      errors: [{ code: 'lock.silent', data: { pid: process.pid } }],
    });
    held.release();
  });
});

describe('withLock', () => {
  it('runs one at a time and gives back what the work gives', async () => {
    let inside = 0;
    let most = 0;
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        withLock(runtime, 'file', async () => {
          most = Math.max(most, ++inside);
          await sleep(2);
          inside--;
          return i;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(results).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });

  it('is free again after work that throws', async () => {
    await expect(withLock(runtime, 'file', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(runtime, 'file', () => 'yes')).toBe('yes');
  });
});

describe('Peer', () => {
  it.each([
    ['what is not JSON', 'GET / HTTP/1.1\n'],
    ['a line without end', 'x'.repeat(5 * 1024 * 1024)],
  ])('hangs up on %s', async (_, text) => {
    const path = join(runtime, 's');
    const heard: unknown[] = [];
    const server = createServer((socket) => new Peer(socket).onMessage((m) => heard.push(m))).listen(path);
    const stranger = connect(path);
    stranger.on('error', () => undefined);
    stranger.write(text);
    await new Promise((resolve) => stranger.once('close', resolve));
    expect(heard).toEqual([]);
    server.close();
  });
});
