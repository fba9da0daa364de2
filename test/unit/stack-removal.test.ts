import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Failure, failure } from '../../main/errors.ts';
import { Ends } from '../../main/stack/ends.ts';
import { LABEL } from '../../main/stack/labels.ts';
import { openStack } from '../../main/stack/open-stack.ts';
import type { Confirmation } from '../../main/stack/plan-types.ts';
import { appliedSource, blockOf, profileSource, type FilesNow } from '../../main/stack/source.ts';
import type { OperationIo, Stack } from '../../main/stack/stack-types.ts';
import type { State } from '../../main/system/types.ts';
import type { FakeEngine } from '../fakes/fake-engine.ts';
import { makeEngine } from './helpers/rig.ts';
import { MemoryStore, newState } from './helpers/secrets.ts';
import { fileError, memoryFiles } from './memory-files.ts';

const FILE = '/p/compose.yaml';
const PROFILE = `
name: p
services:
  db: { image: "data:1", volumes: ["data:/data", "theirs:/theirs"], secrets: [db] }
volumes: { data: {}, theirs: { external: true, name: theirs } }
secrets: { db: { environment: DB_BUNDLE } }
x-letta-stack:
  title: T
  summary: S
  version: "1"
  secrets:
    - { name: DB_PASSWORD, label: D, scope: stack, required: true, generated: true, volume: data }
    - { name: TOKEN, label: T, scope: stack }
    - { name: KEY, label: K, scope: global }
  bundles:
    - { variable: DB_BUNDLE, service: db, lines: [DB_PASSWORD, KEY, TOKEN] }
`;

let engine: FakeEngine;
let store: MemoryStore;
let state: State;
let stack: Stack;
let open: (files: FilesNow) => Stack;
/** what is on the disk now */
let files: Record<string, string | Error>;
let forgotten: string[];
beforeEach(async () => {
  engine = makeEngine();
  store = new MemoryStore();
  state = newState();
  forgotten = [];
  const runtimeFolder = mkdtempSync(join(tmpdir(), 'letta-stack-'));
  onTestFinished(() => rmSync(runtimeFolder, { recursive: true }));
  files = { [FILE]: PROFILE };
  const disk = memoryFiles(files);
  const edges = {
    path: posix,
    home: '/home/me',
    secretStore: store.open,
    state,
    disk,
    engine: () => Promise.resolve(engine),
    runtimeFolder,
    env: {},
    requireSettings: () => Promise.resolve(),
    endsOf: () => new Ends(),
    hostReach: () => Promise.resolve({ by: 'unknown' as const }),
    remember: () => Promise.resolve(),
    isKnown: (project: string) => Promise.resolve(state.knows(project)),
    forget: async (project: string) => {
      forgotten.push(project);
      await state.forget(project);
    },
  };
  open = (now) => openStack(edges, 'p', now);
  stack = open({
    profile: 'x',
    block: () => blockOf(disk, FILE),
    source: () => profileSource('x', FILE, '/p', disk, {}),
  });
  // another stack's things, and what all stacks share
  await engine.volumes.create({ Name: 'theirs', Labels: { [LABEL.project]: 'p' } });
  await engine.volumes.create({ Name: 'q_data', Labels: { [LABEL.project]: 'q' } });
  store.entries.set('global/KEY', 'shared');
  store.entries.set('q/DB_PASSWORD', 'of q');
  await up();
  await stack.setSecret('TOKEN', 'mine');
});

const ioOf = (confirm: (asked: readonly Confirmation[]) => boolean): OperationIo => ({
  signal: new AbortController().signal,
  confirm: (asked) => Promise.resolve(confirm(asked)),
});
const up = (): Promise<unknown> =>
  stack.up(
    {},
    ioOf(() => true),
  );
const removed = (confirm: (asked: readonly Confirmation[]) => boolean = () => true): Promise<unknown> =>
  stack.remove(ioOf(confirm)).then(
    () => undefined,
    (error: unknown) => (error instanceof Failure ? error.errors : error),
  );
const volumes = async (): Promise<string[]> => (await engine.volumes.list({})).map((v) => v.Name).toSorted();
const keys = (): string[] => [...store.entries.keys()].toSorted();

const ALL_VOLUMES = ['p_data', 'q_data', 'theirs'];
const ALL_KEYS = ['global/KEY', 'p/DB_PASSWORD', 'p/TOKEN', 'q/DB_PASSWORD'];

describe('removing everything of a stack', () => {
  it('leaves nothing of it, and everything of others', async () => {
    expect([await volumes(), keys()]).toEqual([ALL_VOLUMES, ALL_KEYS]);
    expect(await removed()).toBeUndefined();
    expect(engine.world.containers.size).toBe(0);
    expect([await volumes(), keys()]).toEqual([
      ['q_data', 'theirs'],
      ['global/KEY', 'q/DB_PASSWORD'],
    ]);
    expect([forgotten, state.knows('p'), state.secretNames('p')]).toEqual([['p'], false, []]);
    // and there is nothing more to ask
    expect((await stack.removal()).plan.steps).toEqual([]);
    expect(await removed(() => false)).toBeUndefined();
  });

  it('does nothing without the word', async () => {
    expect(await removed(() => false)).toMatchObject([{ code: 'stack.confirmation-needed' }]);
    expect([await volumes(), keys(), forgotten]).toEqual([ALL_VOLUMES, ALL_KEYS, []]);
    expect(engine.container('p-db-1').status).toBe('running');
  });

  it('keeps every key while a volume is there, and says what is left', async () => {
    engine.volumes.remove = () =>
      Promise.reject(failure('engine.in-use', { what: 'volume', reason: 'busy' }));
    const errors = await removed();
    expect(errors).toMatchObject([
      { code: 'engine.in-use' },
      { code: 'stack.removal-incomplete', data: { project: 'p' } },
    ]);
    const left = (errors as Failure['errors'])[1]?.data['left'] as string[];
    expect(left.map((l) => l.split(' (')[0])).toEqual([
      'volume p_data and all data in it',
      'secret DB_PASSWORD',
      'secret TOKEN',
      'its settings, what was applied, and its incidents',
    ]);
    expect([await volumes(), keys(), forgotten]).toEqual([ALL_VOLUMES, ALL_KEYS, []]);
  });

  it('goes on from where one ended', async () => {
    const remove = engine.volumes.remove.bind(engine.volumes);
    engine.volumes.remove = () =>
      Promise.reject(failure('engine.in-use', { what: 'volume', reason: 'busy' }));
    await removed();
    engine.volumes.remove = remove;
    expect(await removed()).toBeUndefined();
    expect([await volumes(), keys()]).toEqual([
      ['q_data', 'theirs'],
      ['global/KEY', 'q/DB_PASSWORD'],
    ]);
  });

  it('does not delete a volume that was made anew in between: nobody agreed to that one', async () => {
    const asked: string[] = [];
    const stop = engine.containers.stop.bind(engine.containers);
    engine.containers.stop = async (...args) => {
      const labels = { [LABEL.project]: 'p', [LABEL.volume]: 'data' };
      engine.world.volumes.delete('p_data');
      await engine.volumes.create({ Name: 'p_data', Labels: labels });
      Object.assign(engine.world.volumes.get('p_data')!, { CreatedAt: '2030-01-01T00:00:00Z' });
      return stop(...args);
    };
    const errors = await removed((confirmations) => {
      asked.push(...confirmations.map((c) => `${c.kind} ${c.subject}`));
      return asked.length === confirmations.length;
    });
    expect(asked).toEqual([
      'remove-stack p',
      'delete-volume p_data',
      'remove-stack p',
      'delete-volume p_data',
    ]);
    expect(errors).toMatchObject([
      { code: 'stack.confirmation-needed' },
      { code: 'stack.removal-incomplete' },
    ]);
    expect([await volumes(), keys()]).toEqual([ALL_VOLUMES, ALL_KEYS]);
  });

  it('keeps the keys of data that another engine may have, wherever the stack ran last', async () => {
    await state.setEngineOf('p', { id: 'e2', name: 'gpu-box' });
    await state.setEngineOf('p', { id: engine.info.id, name: engine.info.name });
    await stack.remove(ioOf(() => true));
    expect(keys()).toEqual(expect.arrayContaining(['p/DB_PASSWORD']));
    expect(keys()).not.toContain('p/TOKEN');
  });

  it.each<[string, () => unknown, string]>([
    [
      'the data is on another engine',
      () => state.setEngineOf('p', { id: 'e2', name: 'gpu-box' }),
      'stack.removal-elsewhere',
    ],
    ['the store is locked', () => (store.locked = true), 'secrets.locked'],
    [
      'another stack uses a volume of it',
      () =>
        engine.containers.create('q-web-1', {
          Image: 'app:1',
          Labels: { [LABEL.project]: 'q' },
          NetworkingConfig: { EndpointsConfig: {} },
          HostConfig: { Mounts: [{ Type: 'volume', Source: 'p_data', Target: '/x' }] },
        }),
      'stack.volume-in-use',
    ],
  ])('refuses where %s, and touches nothing', async (_, make, code) => {
    await make();
    expect(await removed()).toMatchObject([{ code }]);
    store.locked = false;
    expect([await volumes(), keys(), forgotten]).toEqual([ALL_VOLUMES, ALL_KEYS, []]);
    expect(engine.container('p-db-1').status).toBe('running');
  });
});

describe('a removal that is planned anew in the middle', () => {
  const asked = async (between: () => Promise<unknown>): Promise<string[]> => {
    const stop = engine.containers.stop.bind(engine.containers);
    engine.containers.stop = async () => {
      engine.containers.stop = stop;
      await between();
      throw failure('engine.not-found', { what: 'container', call: 'stop' });
    };
    const words: string[] = [];
    expect(await removed((all) => Boolean(words.push(...all.map((c) => `${c.kind} ${c.subject}`))))).toBe(
      undefined,
    );
    return words;
  };

  it('is not asked about again where it holds nothing else', async () => {
    expect(await asked(() => Promise.resolve())).toEqual(['remove-stack p', 'delete-volume p_data']);
  });

  it('is asked about again where it holds what was not agreed to', async () => {
    const network = { Name: 'p_new', Labels: { [LABEL.project]: 'p' } };
    expect(await asked(() => engine.networks.create(network))).toEqual([
      'remove-stack p',
      'delete-volume p_data',
      'remove-stack p',
    ]);
  });
});

describe('files that cannot be read', () => {
  const BROKEN = 'no: [compose';
  const spoilApplied = (): void => {
    const applied = state.applied('p')!;
    vi.spyOn(state, 'applied').mockReturnValue({ ...applied, contents: { [FILE]: BROKEN } });
  };
  const GONE = (): void => void delete files[FILE];

  it.each<[string, () => void, string]>([
    ['broken', () => (files[FILE] = BROKEN), `${FILE}:1`],
    ['nobody may read it', () => (files[FILE] = fileError('EACCES', FILE)), 'EACCES'],
    ['its block is broken', () => (files[FILE] = PROFILE.replace('title: T', 'title: 1')), 'title'],
    [
      'a volume is named by a variable that is not set',
      () => (files[FILE] = PROFILE.replace('name: theirs }', 'name: "x${THEIRS}" }')),
      'THEIRS',
    ],
    [
      'gone, and so is what was applied',
      () => {
        GONE();
        spoilApplied();
      },
      'no such file',
    ],
  ])('refuse a removal: %s', async (_, spoil, reason) => {
    spoil();
    const errors = (await removed()) as Failure['errors'];
    expect(errors).toMatchObject([
      { code: 'stack.removal-unreadable', data: { project: 'p', file: FILE, volumes: ['p_data', 'theirs'] } },
    ]);
    expect(errors[0]?.data['reason']).toContain(reason);
    await expect(stack.removal()).rejects.toMatchObject({ errors: [{ code: 'stack.removal-unreadable' }] });
    expect([await volumes(), keys(), forgotten]).toEqual([ALL_VOLUMES, ALL_KEYS, []]);
    expect(engine.container('p-db-1').status).toBe('running');
  });

  it('refuse it for keys alone too, and not where there is nothing to lose', async () => {
    await stack.down(
      { deleteVolumes: ['p_data'] },
      ioOf(() => true),
    );
    engine.world.volumes.delete('theirs');
    files[FILE] = BROKEN;
    expect(await removed()).toMatchObject([{ code: 'stack.removal-unreadable', data: { volumes: [] } }]);
    expect([keys(), forgotten]).toEqual([ALL_KEYS, []]);
    for (const name of ['DB_PASSWORD', 'TOKEN']) {
      store.entries.delete(`p/${name}`);
      await state.unsetSecretId('p', name);
    }
    expect([await removed(), forgotten]).toEqual([undefined, ['p']]);
  });

  it('are no matter where only what containers take from env files is missing', async () => {
    files[FILE] = PROFILE.replace('{ image:', '{ env_file: [gone.env], image:');
    expect(await removed()).toBeUndefined();
    expect(await volumes()).toEqual(['q_data', 'theirs']);
  });

  it('are stood in for by what was applied where they are gone, with its volumes and their keys', async () => {
    files[FILE] = PROFILE.replace('data: {}', 'data: { external: true, name: p_data }');
    await up();
    GONE();
    expect((await stack.removal()).keeps).toContainEqual({
      what: 'secret DB_PASSWORD',
      why: 'volume p_data was made with it',
    });
    expect(await removed()).toBeUndefined();
    expect([await volumes(), keys()]).toEqual([
      ALL_VOLUMES,
      ['global/KEY', 'p/DB_PASSWORD', 'q/DB_PASSWORD'],
    ]);
  });
});

describe('what any model says', () => {
  it('keeps an external volume that no enabled service uses', async () => {
    files[FILE] = PROFILE.replace(', "theirs:/theirs"', '');
    await up();
    expect(await removed()).toBeUndefined();
    expect(await volumes()).toEqual(['q_data', 'theirs']);
  });

  it('keeps a volume that the file calls external now, also where only the copy led to the stack', async () => {
    files[FILE] = PROFILE.replace('data: {}', 'data: { external: true, name: p_data }');
    stack = open({
      block: () => undefined,
      source: () => appliedSource(state.applied('p')!, memoryFiles(files), {}),
    });
    expect(await removed()).toBeUndefined();
    expect([await volumes(), keys()]).toEqual([
      ALL_VOLUMES,
      ['global/KEY', 'p/DB_PASSWORD', 'q/DB_PASSWORD'],
    ]);
  });

  it('keeps a key that only what was applied binds to a volume that stays', async () => {
    files[FILE] = PROFILE.replace('label: T, scope: stack', 'label: T, scope: stack, volume: theirs');
    await up();
    files[FILE] = PROFILE;
    expect(await removed()).toBeUndefined();
    expect(keys()).toEqual(['global/KEY', 'p/TOKEN', 'q/DB_PASSWORD']);
  });

  it('keeps a key that was noted and that none declares, while a volume stays', async () => {
    store.entries.set('p/OLD', 'of an older version');
    await state.setSecretId('p', 'OLD');
    expect((await stack.removal()).keeps).toContainEqual({
      what: 'secret OLD',
      why: 'nobody knows which volume was made with it, and not every volume goes',
    });
    expect(await removed()).toBeUndefined();
    expect(keys()).toEqual(['global/KEY', 'p/OLD', 'q/DB_PASSWORD']);
  });
});
