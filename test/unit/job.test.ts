import { describe, expect, it } from 'vitest';
import { say } from '../../main/errors.ts';
import { followJob, jobError, jobOf } from '../../main/stack/job.ts';
import { readProfileBlock } from '../../main/stack/profile.ts';
import { transferSentence } from '../../main/stack/transfer.ts';
import { desiredOf } from './helpers/desired.ts';
import { known, makeEngine, up } from './helpers/rig.ts';

const block = readProfileBlock(
  {
    title: 'T',
    summary: 'S',
    version: '1',
    settings: [{ name: 'model', label: 'Model', type: 'string', default: 'a/b', variable: 'MODEL' }],
    jobs: { fetch: [{ exit: 66, says: 'no {model}', next: 'set{stack} model; not {model}' }] },
  },
  'f',
);

describe('a job of a profile', () => {
  it('says in its own words how it failed, with the settings in them', () => {
    expect(jobOf(block, {}, 'server')).toBeUndefined();
    const job = jobOf(block, { MODEL: 'c/d' }, 'fetch')!;
    expect(jobError(job, 'fetch', 1, [])).toBeUndefined();
    const log = ['letta-stack: 1 of 2 bytes', 'letta-stack: gone'];
    const error = jobError(job, 'fetch', 66, log)!;
    expect(say(error)).toMatchObject({
      message: 'no c/d\n  the last lines of fetch:\n    letta-stack: gone',
      next: 'set model; not c/d',
    });
    expect(say(error, 'production').next).toBe('set production model; not c/d');
  });

  it('tells its bytes, of this run alone, and leaves other lines out', async () => {
    const prints = [
      'starting',
      'letta-stack: 0 of 50 bytes',
      'letta-stack: 5000000 of 10000000 bytes',
      'x 1 of 2',
    ];
    const engine = makeEngine({ behaviours: { job: { prints, exitsAfterMs: 20 } } });
    const { Id } = await engine.containers.create('job', {
      Image: 'app:1',
      Labels: {},
      HostConfig: {},
      NetworkingConfig: { EndpointsConfig: {} },
    });
    await engine.containers.start(Id);
    const told: unknown[] = [];
    await followJob(
      engine,
      Id,
      { detail: (text) => void told.push(text), progress: (...bytes) => void told.push(bytes) },
      new AbortController().signal,
    );
    expect(told).toEqual([
      [0, 50],
      '0.0 of 0.0 MB',
      [5_000_000, 10_000_000],
      expect.stringMatching(/^5\.0 of 10\.0 MB/),
    ]);
  });
});

const STACK = `
name: p
services:
  fetch: { image: "app:1" }
  server: { image: "app:2", depends_on: { fetch: { condition: service_completed_successfully } } }
`;

describe('an up with a job', () => {
  it('ends with the words for its exit code', async () => {
    const engine = makeEngine({ behaviours: { 'p-fetch-1': { exitsAfterMs: 1, exitCode: 66 } } });
    const failed = up(engine, known(desiredOf(STACK)), { input: { block } });
    await expect(failed).rejects.toMatchObject({
      errors: [{ code: 'stack.job-failed', data: { says: 'no a/b' } }],
    });
  });

  it('says the exit code where the profile has no words for it', async () => {
    const engine = makeEngine({ behaviours: { 'p-fetch-1': { exitsAfterMs: 1, exitCode: 5 } } });
    const failed = up(engine, known(desiredOf(STACK)), { input: { block } });
    await expect(failed).rejects.toMatchObject({
      errors: [{ code: 'stack.not-healthy', data: { service: 'fetch' } }],
    });
  });

  it('stops it when it is cancelled, and no service that is none', async () => {
    const engine = makeEngine();
    for (const [given, state] of [
      [{ block }, 'exited'],
      [{}, 'running'],
    ] as const) {
      const cancel = new AbortController();
      setTimeout(() => cancel.abort(), 30);
      const failed = up(engine, known(desiredOf(STACK)), { input: given, signal: cancel.signal });
      await expect(failed).rejects.toMatchObject({ errors: [{ code: 'stack.cancelled' }] });
      expect((await engine.containers.inspect('p-fetch-1'))?.State.Status).toBe(state);
    }
  });
});

it.each([
  [5e6, 10e6, 0, '5.0 of 10.0 MB'],
  [5e6, 10e6, 2.5e6, '5.0 of 10.0 MB, 2.5 MB/s, 2 s left'],
  [5e6, undefined, 2.5e6, '5.0 MB, 2.5 MB/s'],
])('%d of %s bytes at %d a second: %s', (done, total, speed, sentence) => {
  expect(transferSentence(done, total, speed)).toBe(sentence);
});
