import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshLab, type LabHandle } from '../setup/lab.ts';
import { AppBox, buildApp, describeApp } from './app-process.ts';

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

  it('is there after the computer slept, at once', async () => {
    await box.app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'));
    await within(2_000, /^Healthy: /);
  });
});
