import { readFileSync } from 'node:fs';
import net from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshLab, type LabHandle } from '../setup/lab.ts';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';
import { until } from './fake-desktop.ts';

describeApp('an engine that the app loses', () => {
  let lab: LabHandle;
  let box: AppBox;

  beforeAll(async () => {
    [lab] = await Promise.all([freshLab('app', { images: ['postgres', 'redis', 'nginx'] }), buildApp()]);
    box = new AppBox('app-lost', 18_398, await lab.env());
    await box.open();
    await box.status(/^Stopped: /);
    await box.tray.click('Start');
    await box.status(/^Healthy: /, 90_000);
  });
  afterAll(async () => {
    await box?.close();
    await lab?.[Symbol.asyncDispose]();
  });

  /** Milliseconds until the tray says so. */
  async function within(ms: number, words: RegExp): Promise<number> {
    const begun = Date.now();
    await box.status(words, ms + 1_000);
    const took = Date.now() - begun;
    expect(took).toBeLessThan(ms);
    return took;
  }

  it('is unreachable within a second when it is killed, and true again within two when it is back', async () => {
    await lab.kill();
    await within(1_000, /^Engine unreachable: /);
    await lab.restart();
    // it ends what outlived its crash, and starts none of it again
    await within(2_000, /^Stopped: /);
    const told = await until('a word of it', () =>
      box.desktop.notes.find((n) => n.summary === 'The container engine answers again'),
    );
    expect(told.body).toMatch(/^After \d+ s\. Nothing that ran before is running now\.$/);
    await box.tray.click('Start');
    await box.status(/^Healthy: /, 60_000);
  });

  it('is unreachable within 15 seconds when it falls silent, and true again within two', async () => {
    const pid = Number(readFileSync(`/run/letta-stack-lab/${lab.name}/dockerd.pid`, 'utf8'));
    expect(pid).toBeGreaterThan(1);
    process.kill(pid, 'SIGSTOP');
    try {
      await within(15_000, /^Engine unreachable: /);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await within(2_000, /^Healthy: /);
  });

  it.each([
    ['in the midst of the first look', /^Looking/, true],
    ['after it', /^Healthy: /, false],
  ])('is looked at anew at once where the computer slept %s', async (_when, before, isMidst) => {
    const env = await lab.env();
    const host = env['DOCKER_HOST'] ?? '';
    await box.close();
    await docker('-H', host, 'start', 'app-lost-nginx-1');
    await using engine = await openSleeper(host.replace(/^unix:\/\//, ''));
    box = new AppBox('app-lost', 18_398, { ...env, DOCKER_HOST: engine.url });
    if (isMidst) engine.sleep();
    await box.open();
    await box.status(before);
    // what a look asks and is not answered; or, once it is over, the stream of events alone
    await expect.poll(() => (isMidst ? engine.connections > 0 : engine.connections === 1)).toBe(true);
    engine.sleep();
    await docker('-H', host, 'stop', '-t', '1', 'app-lost-nginx-1');
    engine.wake();
    // what was written to the connections of before is lost: only the clock would find it, after minutes
    expect(await box.status(/^/)).toMatch(before);
    await box.app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'));
    await within(2_000, /^Degraded: /);
  });
});

interface Sleeper extends AsyncDisposable {
  readonly url: string;
  /** how many are open */
  readonly connections: number;
  sleep(): void;
  wake(): void;
}

/** The engine's socket behind another; connections that it had while it slept stay dead, as a computer's do. */
async function openSleeper(socket: string): Promise<Sleeper> {
  const open = new Set<net.Socket>();
  let isAsleep = false;
  const die = (): void => {
    for (const end of open) end.unpipe().pause();
  };
  const server = net.createServer((client) => {
    const engine = net.connect(socket);
    for (const end of [client, engine]) {
      open.add(end);
      end.on('close', () => open.delete(end)).on('error', () => end.destroy());
    }
    client.pipe(engine).pipe(client);
    if (isAsleep) die();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `tcp://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    get connections() {
      return open.size / 2;
    },
    sleep: () => {
      isAsleep = true;
      die();
    },
    wake: () => {
      isAsleep = false;
    },
    [Symbol.asyncDispose]: async () => {
      for (const end of open) end.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
