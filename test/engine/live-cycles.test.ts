import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, it } from 'vitest';
import type { AppSnapshot } from '../../main/channels.ts';
import { Live } from '../../main/desktop/live.ts';
import { describeLab, theEngine } from '../setup/lab.ts';
import { choose, makeCore } from './helpers/core-box.ts';

const CYCLES = 200;
/** After so many everything that is kept once is there. */
const WARM = 20;

/** The engine under a socket of the test's own, which goes and comes back. */
class Door {
  readonly #path: string;
  readonly #open = new Set<net.Socket>();
  #server: net.Server | undefined;

  constructor(socket: string) {
    this.#path = socket;
  }

  async open(): Promise<void> {
    const engine = theEngine().host.replace(/^unix:\/\//, '');
    this.#server = net.createServer((client) => {
      const server = net.connect(engine);
      for (const socket of [client, server]) {
        this.#open.add(socket);
        socket.on('close', () => this.#open.delete(socket));
        socket.on('error', () => socket.destroy());
      }
      client.pipe(server).pipe(client);
    });
    await new Promise<void>((resolve) => this.#server?.listen(this.#path, resolve));
  }

  async shut(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

describeLab('an engine that is lost and found again and again', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'letta-cycles-'));
  const socket = path.join(folder, 'engine.sock');
  const core = makeCore({ home: path.join(folder, 'home'), host: `unix://${socket}` });
  const door = new Door(socket);
  afterAll(async () => {
    core.close();
    await door.shut();
    rmSync(folder, { recursive: true });
  });

  it(`leaves nothing behind: files, listeners, memory; ${CYCLES} times`, { timeout: 600_000 }, async () => {
    const warnings: string[] = [];
    process.on('warning', (w) => warnings.push(`${w.name}: ${w.message}`));
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    await door.open();
    await choose(core, 'cycles', { profile: 'light-stack', variables: {} });
    await core.edges.settings.update((s) => ({ ...s, current: 'cycles' }));

    let changed = Promise.withResolvers<void>();
    const seen = (): void => {
      changed.resolve();
      changed = Promise.withResolvers<void>();
    };
    const live = new Live({ core, seen });
    const running = live.run();
    const until = async (holds: (s: AppSnapshot) => boolean): Promise<void> => {
      while (!holds(live.snapshot)) await changed.promise;
    };
    const isFound = (s: AppSnapshot): boolean => s.engine.reachable && s.stacks[0]?.status === 'stopped';
    const counted = (): { files: number; heap: number } => {
      collect();
      return { files: readdirSync('/proc/self/fd').length, heap: process.memoryUsage().heapUsed };
    };

    let before = counted();
    for (let i = 0; i < CYCLES; i += 1) {
      await until(isFound);
      if (i === WARM) before = counted();
      await door.shut();
      await until((s) => !s.engine.reachable);
      await door.open();
      // most are found at once, as after a sleep of the computer; every tenth by the app's own clock
      if (i % 10 !== 0) live.again();
    }
    await until(isFound);
    const after = counted();
    expect(after.files).toBeLessThanOrEqual(before.files + 3);
    expect(after.heap - before.heap).toBeLessThan(8e6);
    expect(warnings).toEqual([]);
    live.close();
    await running;
  });
});
