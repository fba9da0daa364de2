import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HistoryEntry } from '../../main/system/types.ts';
import { pidOf } from '../setup/pid-of.ts';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';
import { until } from './fake-desktop.ts';

describeApp('notifications of the app', () => {
  const box = new AppBox('app-notes', 18_396);
  const redis = `${box.project}-redis-1`;
  const db = `${box.project}-db-1`;
  const nginx = `${box.project}-nginx-1`;

  beforeAll(async () => {
    await buildApp();
    await box.wipe(); // of a run that was killed
    await box.open();
    await box.status(/^Stopped: /);
    await box.tray.click('Start');
    await box.status(/^Healthy: /, 60_000);
    // else the engine starts it again at once, and nothing is to be told
    await docker('update', '--restart', 'no', redis, db);
  });
  afterAll(async () => {
    await box.wipe();
    await box.close();
  });

  /** What nginx answers to its health check from now on. */
  const answerHealth = (code: number): Promise<string> => {
    const conf = '/etc/nginx/conf.d/default.conf';
    const edit = `s/return [0-9]* "ok/return ${code} "ok/`;
    return docker('exec', nginx, 'sh', '-c', `sed -i '${edit}' ${conf} && nginx -s reload`);
  };

  it('says nothing of what somebody stops', async () => {
    await docker('stop', redis);
    await box.shows('redis: stopped');
    await docker('kill', nginx);
    await box.shows('nginx: stopped');
    // what ends by itself after them is told as late, so that a word of them would be there by then
    process.kill(await pidOf(db), 'SIGKILL');
    await until('a notification', () => box.desktop.notes.find((n) => n.summary === 'db ended'));
    await box.tray.click('Start');
    await box.status(/^Healthy: /);
    await until('the recovery', () => box.desktop.notes.find((n) => n.summary === 'db is well again'));
    expect(box.desktop.notes.map((n) => n.summary)).toEqual(['db ended', 'db is well again']);
    await docker('update', '--restart', 'no', redis, db);
  });

  it('names what ended by itself once, leads to its logs, and says when it is back', async () => {
    const before = box.desktop.notes.length;
    process.kill(await pidOf(redis), 'SIGKILL');
    await box.status(/^Failed: redis ended with exit code 137/);
    const note = await until('a notification', () => box.desktop.notes[before]);
    expect(note).toMatchObject({
      summary: 'redis ended',
      body: expect.stringMatching(/^redis ended with exit code 137, \d+ s ago\.$/),
    });
    box.desktop.invoke(note);
    const page = await box.window();
    await page.getByRole('heading', { name: 'Logs' }).waitFor();
    await page.close();
    await docker('start', redis);
    await box.status(/^Healthy: /);
    const back = await until('the recovery', () => box.desktop.notes[before + 1]);
    expect(back.summary).toBe('redis is well again');
    expect(box.desktop.notes).toHaveLength(before + 2);
  });

  it('names the database that was killed once, and nothing of what needs it', async () => {
    const before = box.desktop.notes.length;
    process.kill(await pidOf(db), 'SIGKILL');
    await box.status(/^Failed: db ended with exit code 137/);
    await until('a notification', () => box.desktop.notes[before]);
    await answerHealth(503);
    await box.shows('nginx: unhealthy', 30_000);
    await docker('start', db);
    await until('the recovery', () => box.desktop.notes[before + 1]);
    await box.shows('nginx: unhealthy'); // it still suffers
    await answerHealth(200);
    await box.status(/^Healthy: /);
    expect(box.desktop.notes.slice(before).map((n) => n.summary)).toEqual(['db ended', 'db is well again']);
  });

  it('names a service that turns unhealthy', async () => {
    const before = box.desktop.notes.length;
    const pid = await pidOf(redis);
    process.kill(pid, 'SIGSTOP');
    await box.status(/^Degraded: redis fails its health check/, 60_000);
    const note = await until('a notification', () => box.desktop.notes[before]);
    expect(note.summary).toBe('redis is unhealthy');
    expect(note.body).toMatch(/^redis has failed its health check (since|for) /);
    process.kill(pid, 'SIGCONT');
    await box.status(/^Healthy: /);
    await until('the recovery', () => box.desktop.notes[before + 1]);
  });

  it('has each of them in the history once, with its end, and none that it saw no end of', async () => {
    process.kill(await pidOf(redis), 'SIGKILL');
    await box.status(/^Failed: redis ended with exit code 137/);
    const settings = JSON.parse(readFileSync(box.settingsFile, 'utf8')) as object;
    writeFileSync(box.settingsFile, JSON.stringify({ ...settings, app: { onQuit: 'keep' } }));
    const exit = once(box.app.process(), 'exit');
    await box.tray.click('Quit').catch(() => {}); // it may be gone before it answers
    await exit;
    const quit = Date.now();
    await docker('start', redis);
    const history = JSON.parse(
      await box.cli('history', '--project', box.project, '--format', 'json'),
    ) as HistoryEntry[];
    const [last, ...before] = history.filter((e) => e.title === 'redis ended with exit code 137');
    // newest first: the one that was going on when the app ended, and the one that was mended before
    expect(Date.parse(last?.until ?? '')).toBeLessThanOrEqual(quit);
    expect(last?.done).toBeUndefined();
    expect(before).toMatchObject([{ kind: 'health', done: 'itself' }]);
  });
});
