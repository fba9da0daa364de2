// What needs the user's word, what is told, and who may work on a stack at a time.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stack } from '../../main/stack/stack-types.ts';
import { describeEngine, theEngine } from '../setup/lab.ts';
import { makeCore, openBox, type CoreBox } from './helpers/core-box.ts';
import { objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { idle, job } from './helpers/services.ts';
import { codesOf } from './real-engine.ts';

const NOTHING = { containers: {}, networks: {}, volumes: {} };
const withData = { ...idle, volumes: ['data:/kept'] };

describeEngine('the word of the user', () => {
  let box: CoreBox;
  beforeAll(async () => {
    box = await openBox();
  });
  afterAll(() => box[Symbol.asyncDispose]());

  async function stackOf(name: string, content: object): Promise<Stack> {
    const file = path.join(box.folder, name, 'compose.yaml');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
    return box.stackFor({ files: [file], project: box.project(name) });
  }
  const objects = (name: string) => objectsOf(box.engine, box.project(name));

  it('is asked for before the volume of another is used', async () => {
    const name = `${box.project('foreign')}_data`;
    await box.engine.volumes.create({ Name: name });
    try {
      const stack = await stackOf('foreign', { services: { app: withData }, volumes: { data: {} } });
      const refused = new Recorder({ answer: false });
      expect(await codesOf(stack.up({}, refused))).toEqual(['stack.confirmation-needed']);
      expect(refused.asked).toMatchObject([{ kind: 'foreign-volume', subject: name }]);
      expect(refused.asked[0]!.text).toMatch(/ is not made for any stack \(.*created 20/);
      expect(await objects('foreign')).toEqual(NOTHING);
      const agreed = new Recorder({ answer: true });
      expect((await stack.up({}, agreed)).status).toBe('running');
      await stack.down({}, new Recorder());
    } finally {
      await box.engine.volumes.remove(name);
    }
  });

  it('is asked for before a stack starts without its data, on another engine', async () => {
    const project = box.project('moved');
    await box.core.edges.state.setEngineOf(project, { id: 'another-id', name: 'another-machine' });
    const stack = await stackOf('moved', { services: { app: withData }, volumes: { data: {} } });
    const refused = new Recorder({ answer: false });
    expect(await codesOf(stack.up({}, refused))).toEqual(['stack.confirmation-needed']);
    expect(refused.asked).toMatchObject([{ kind: 'other-engine', subject: box.engine.info.name }]);
    for (const part of ['another-machine', 'another-id', box.engine.info.name, box.engine.info.id]) {
      expect(refused.asked[0]!.text).toContain(part);
    }
    expect(await objects('moved')).toEqual(NOTHING);
    const agreed = new Recorder({ answer: true });
    expect((await stack.up({}, agreed)).status).toBe('running');
    const again = new Recorder();
    await stack.up({}, again);
    expect(again.asked).toEqual([]);
  });

  it('is not taken for granted where a volume differs: it is told, and kept', async () => {
    const file = (driver_opts: object) => ({
      services: { app: withData },
      volumes: { data: { driver_opts } },
    });
    const stack = await stackOf('differs', file({}));
    await stack.up({}, new Recorder());
    const made = await objects('differs');
    const io = new Recorder();
    await (await stackOf('differs', file({ type: 'tmpfs', device: 'tmpfs' }))).up({}, io);
    expect(io.warnings).toMatchObject([
      {
        code: 'stack.volume-differs',
        data: {
          name: `${box.project('differs')}_data`,
          differences: [expect.any(String), expect.any(String)],
        },
      },
    ]);
    expect(await objects('differs')).toEqual(made);
  });

  it('is that of one at a time; a cancel leaves what the next up goes on with', async () => {
    const app = { ...idle, depends_on: { job: { condition: 'service_completed_successfully' } } };
    const stack = await stackOf('busy', { services: { app, job: job('sleep 30') } });
    const cancel = new AbortController();
    let waiting: (() => void) | undefined;
    const waits = new Promise<void>((resolve) => (waiting = resolve));
    const first = stack.up(
      {},
      {
        signal: cancel.signal,
        confirm: async () => true,
        onOperation: ({ tasks }) => {
          if (tasks.some((t) => t.id.startsWith('wait:job') && t.status === 'running')) waiting?.();
        },
      },
    );
    const ended = codesOf(first);
    await waits;
    const core = makeCore({ home: box.home, host: theEngine().host });
    try {
      const same = await core.stack({ project: box.project('busy'), directory: box.folder });
      await expect(same.up({}, new Recorder())).rejects.toMatchObject({
        errors: [{ code: 'stack.busy', data: { operation: 'up', pid: process.pid } }],
      });
    } finally {
      core.close();
    }
    cancel.abort();
    expect(await ended).toEqual(['stack.cancelled']);
    const left = Object.values((await objects('busy')).containers).map((c) => c.state);
    expect(left.toSorted()).toEqual(['created', 'running']);

    const shorter = await stackOf('busy', { services: { app, job: job('true') } });
    expect((await shorter.up({}, new Recorder())).status).toBe('running');
  });
});
