import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp, docker, pidOf } from './app-process.ts';
import { until } from './fake-desktop.ts';

describeApp('notifications of the app', () => {
  const box = new AppBox('app-notes', 18_396);
  const redis = `${box.project}-redis-1`;
  const db = `${box.project}-db-1`;

  beforeAll(async () => {
    await buildApp();
    await box.wipe(); // of a run that was killed
    await box.open();
    await box.status(/^Stopped: /);
    await box.tray.click('Start');
    await box.status(/^Healthy: /, 60_000);
    // else the engine starts it again at once, and nothing is to be told
    await docker('update', '--restart', 'no', redis);
  });
  afterAll(async () => {
    await box.wipe();
    await box.close();
  });

  it('says nothing of what somebody stops', async () => {
    await docker('stop', redis);
    await box.shows('redis: stopped');
    await docker('kill', `${box.project}-nginx-1`);
    await box.shows('nginx: stopped');
    await box.tray.click('Stop');
    await box.status(/^Stopped: /);
    await box.tray.click('Start');
    await box.status(/^Healthy: /);
    await docker('update', '--restart', 'no', redis, db);
    expect(box.desktop.notes).toEqual([]);
  });

  it('names what ended by itself once, leads to its logs, and says when it is back', async () => {
    process.kill(await pidOf(redis), 'SIGKILL');
    await box.status(/^Failed: redis ended with exit code 137/);
    const note = await until('a notification', () => box.desktop.notes[0]);
    expect(note).toMatchObject({
      summary: 'redis ended',
      body: expect.stringMatching(/^redis ended with exit code 137 for \d+ s\.$/),
    });
    box.desktop.invoke(note);
    const page = await box.window();
    await page.getByRole('heading', { name: 'Logs' }).waitFor();
    await page.close();
    await docker('start', redis);
    await box.status(/^Healthy: /);
    const back = await until('the recovery', () => box.desktop.notes[1]);
    expect(back.summary).toBe('redis is well again');
    expect(box.desktop.notes).toHaveLength(2);
  });

  it('names the database that was killed once, and nothing of what needs it', async () => {
    const before = box.desktop.notes.length;
    process.kill(await pidOf(db), 'SIGKILL');
    await box.status(/^Failed: db ended with exit code 137/);
    await until('a notification', () => box.desktop.notes[before]);
    await docker('start', db);
    await box.status(/^Healthy: /);
    await until('the recovery', () => box.desktop.notes[before + 1]);
    expect(box.desktop.notes.slice(before).map((n) => n.summary)).toEqual(['db ended', 'db is well again']);
  });

  it('names a service that turns unhealthy', async () => {
    const before = box.desktop.notes.length;
    const pid = await pidOf(redis);
    process.kill(pid, 'SIGSTOP');
    await box.status(/^Degraded: redis fails its health check/, 60_000);
    const note = await until('a notification', () => box.desktop.notes[before]);
    expect(note.summary).toBe('redis is unhealthy');
    expect(note.body).toMatch(/^redis fails its health check/);
    process.kill(pid, 'SIGCONT');
    await box.status(/^Healthy: /);
    await until('the recovery', () => box.desktop.notes[before + 1]);
  });
});
