import { readFileSync } from 'node:fs';
import net from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshLab, type LabHandle } from '../setup/lab.ts';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';

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

  it('is looked at anew after the computer slept, at once', async () => {
    const env = await lab.env();
    const host = env['DOCKER_HOST'] ?? '';
    await box.close();
    await using asleep = await openSleeper(host.replace(/^unix:\/\//, ''));
    box = new AppBox('app-lost', 18_398, { ...env, DOCKER_HOST: asleep.url });
    await box.open();
    await box.status(/^Healthy: /);
    asleep.fall();
    await docker('-H', host, 'stop', '-t', '1', 'app-lost-nginx-1');
    // what was written to the connections of before is lost: only the clock would find it, after minutes
    expect(await box.status(/^/)).toMatch(/^Healthy: /);
    await box.app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'));
    await within(2_000, /^Degraded: /);
  });
});

/** The engine's socket behind another, whose connections can go dead as those of a computer that sleeps. */
async function openSleeper(socket: string): Promise<AsyncDisposable & { url: string; fall: () => void }> {
  const open = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const engine = net.connect(socket);
    for (const end of [client, engine]) {
      open.add(end);
      end.on('close', () => open.delete(end)).on('error', () => end.destroy());
    }
    client.pipe(engine).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `tcp://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    fall: () => {
      for (const end of open) end.unpipe().pause();
    },
    [Symbol.asyncDispose]: async () => {
      for (const end of open) end.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
