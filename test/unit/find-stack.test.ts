import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Failure } from '../../main/errors.ts';
import { Ends } from '../../main/stack/ends.ts';
import { findStack } from '../../main/stack/find-stack.ts';
import { openStack } from '../../main/stack/open-stack.ts';
import type { OperationIo, Stack, StackRef } from '../../main/stack/stack-types.ts';
import type { Settings, State } from '../../main/system/types.ts';
import type { FakeEngine } from '../fakes/fake-engine.ts';
import { makeEngine } from './helpers/rig.ts';
import { MemoryStore, newState } from './helpers/secrets.ts';
import { memoryFiles } from './memory-files.ts';

const PROFILE = `
name: p
services: { web: { image: "app:1", environment: { PORT: "\${PORT:-80}" } } }
x-letta-stack:
  title: T
  summary: S
  version: "1"
  settings:
    - { name: port, label: Port, variable: PORT, type: port, default: "80" }
`;
const OWN = 'name: own\nservices: { web: { image: "app:1", environment: { WORD: "${WORD:?}" } } }\n';

const io: OperationIo = { signal: new AbortController().signal, confirm: () => Promise.resolve(true) };

let engine: FakeEngine;
let state: State;
let disk: Record<string, string>;
let settings: Settings;
let runtimeFolder: string;
beforeEach(() => {
  engine = makeEngine();
  state = newState();
  disk = { '/profiles/x/compose.yaml': PROFILE, '/own/compose.yaml': OWN, '/own/word.env': 'WORD=hello\n' };
  settings = { version: 1, stacks: {} };
  runtimeFolder = mkdtempSync(join(tmpdir(), 'letta-stack-'));
  onTestFinished(() => rmSync(runtimeFolder, { recursive: true }));
});

function open(ref: Omit<StackRef, 'directory'>, env: Record<string, string> = {}): Stack {
  const reading = { path: posix, home: '/home/me', state, disk: memoryFiles(disk), env };
  const found = findStack(
    {
      ...reading,
      profileIds: () => (disk['/profiles/x/compose.yaml'] === undefined ? [] : ['x']),
      profileFile: (id) => `/profiles/${id}/compose.yaml`,
    },
    settings,
    { directory: '/own', ...ref },
  );
  return openStack(
    {
      ...reading,
      secretStore: new MemoryStore().open,
      engine: () => Promise.resolve(engine),
      runtimeFolder,
      requireSettings: () => Promise.resolve(),
      endsOf: () => new Ends(),
      hostReach: () => Promise.resolve({ by: 'unknown' as const }),
      remember: () => Promise.resolve(),
      isKnown: () => Promise.resolve(false),
      forget: () => Promise.resolve(),
    },
    found.project,
    found.files,
  );
}

const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (e: unknown) => (e as Failure).errors.map((x) => x.code).join(', '),
  );

/** What only looks at a stack or ends it. */
async function looksAndEnds(ref: Omit<StackRef, 'directory'>): Promise<void> {
  expect((await open(ref).status()).services.map((s) => s.name)).toEqual(['web']);
  for await (const line of open(ref).logs({ signal: io.signal })) expect(line.service).toBe('web');
  expect(await outcome(open(ref).stop([], io))).toBe('ok');
  expect(await outcome(open(ref).down({}, io))).toBe('ok');
  expect(engine.world.containers.size).toBe(0);
}

describe('a project’s name', () => {
  it('means the profile of that name before anything is known of it, and nothing else', () => {
    settings = { ...settings, current: 'own' };
    expect(open({ project: 'p' }).profile).toBe('x');
    expect(() => open({ project: 'q' })).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ code: 'stack.not-applied' })] }),
    );
  });
});

describe('a stack that runs is looked at and ended', () => {
  it.each<[what: string, stored: Record<string, string>, said: string]>([
    ['a stored setting is none of the profile any more', { GONE: '1' }, 'stack.setting-gone'],
    ['a stored setting is not allowed any more', { PORT: '0' }, 'stack.setting'],
  ])('although %s', async (_what, variables, said) => {
    await open({ profile: 'x' }).up({}, io);
    settings = { ...settings, current: 'p', stacks: { p: { profile: 'x', variables } } };
    expect(await outcome(open({ profile: 'x' }).plan({}))).toBe(said);
    expect(await outcome(open({ profile: 'x' }).restart([], io))).toBe('ok');
    expect(open({}).block?.title).toBe('T');
    await looksAndEnds({ profile: 'x' });
  });

  it('although the block of its profile has a mistake', async () => {
    await open({ profile: 'x' }).up({}, io);
    disk['/profiles/x/compose.yaml'] = PROFILE.replace('title: T', 'title: 7');
    expect(await outcome(open({ profile: 'x' }).plan({}))).toBe('stack.profile-block');
    expect(await outcome(open({ profile: 'x' }).restart([], io))).toBe('ok');
    expect(open({ profile: 'x' }).block?.title).toBe('T');
    await looksAndEnds({ profile: 'x' });
  });

  it('although a service has a name that every object has something of', async () => {
    disk['/own/compose.yaml'] = 'name: own\nservices: { __proto__: { image: "app:1" } }\n';
    await open({ files: ['/own/compose.yaml'] }).up({}, io);
    expect(engine.world.containers.size).toBe(1);
    await open({ project: 'own' }).down({}, io);
    expect(engine.world.containers.size).toBe(0);
  });

  it('although its profile has another name now', async () => {
    await open({ profile: 'x' }).up({}, io);
    settings = { ...settings, current: 'p', stacks: { p: { profile: 'x', variables: {} } } };
    delete disk['/profiles/x/compose.yaml'];
    expect(await outcome(open({}).plan({}))).toBe('stack.no-such-profile');
    expect(await outcome(open({}).restart([], io))).toBe('ok');
    await looksAndEnds({});
  });

  it.each<[what: string, spoil: () => void, said: string]>([
    ['the env file of its up is gone', () => delete disk['/own/word.env'], 'model.env-file-missing'],
    ['its env file has a mistake', () => (disk['/own/word.env'] = 'A B C\n'), 'model.bad-env-file'],
  ])('although %s', async (_what, spoil, said) => {
    await open({ files: ['/own/compose.yaml'], envFiles: ['/own/word.env'], project: 'own' }).up({}, io);
    const known = { files: ['/own/compose.yaml'], variables: {} };
    spoil();
    for (const stacks of [{ own: known }, {}]) {
      settings = { ...settings, current: 'own', stacks };
      expect(await outcome(open({}).plan({}))).toBe(said);
      expect((await open({}).status()).services.map((s) => s.name)).toEqual(['web']);
    }
    await looksAndEnds({});
  });

  it('although the .env beside its file has a mistake', async () => {
    disk['/own/.env'] = 'WORD=hello\n';
    await open({ files: ['/own/compose.yaml'] }).up({}, io);
    settings = {
      ...settings,
      current: 'own',
      stacks: { own: { files: ['/own/compose.yaml'], variables: {} } },
    };
    disk['/own/.env'] = 'A B C\n';
    expect(await outcome(open({}).plan({}))).toBe('model.bad-env-file');
    await looksAndEnds({});
  });
});

describe('a variable that a file of the user’s own must have', () => {
  it('is named although it is not set, and taken from the settings', async () => {
    const ref = { files: ['/own/compose.yaml'] };
    expect(await outcome(open(ref).up({}, io))).toBe('model.required-variable');
    expect(open(ref).project).toBe('own');
    expect(await open(ref).variablesUsed()).toEqual(['WORD']);
    settings = {
      ...settings,
      stacks: { own: { files: ref.files, variables: { WORD: 'from the settings' } } },
    };
    await open(ref).up({}, io);
    expect(engine.container('own-web-1').body.Env).toContain('WORD=from the settings');
  });

  it('is an error with its place where the name of the project needs it', () => {
    disk['/own/compose.yaml'] = 'name: "${NAME:?is needed}"\nservices: { web: { image: "app:1" } }\n';
    expect(() => open({ files: ['/own/compose.yaml'] })).toThrow(/compose\.yaml:1:.*NAME/);
    expect(open({ files: ['/own/compose.yaml'] }, { NAME: 'set' }).project).toBe('set');
  });

  it('is not looked for in a file that cannot be read', async () => {
    disk['/own/compose.yaml'] = 'name: own\nservices: {a: [}\n';
    await expect(open({ files: ['/own/compose.yaml'], project: 'own' }).variablesUsed()).rejects.toThrow(
      'compose.yaml',
    );
    expect(() => open({ files: ['/own/compose.yaml'] })).toThrow('compose.yaml');
  });
});

describe('a stack that was taken over', () => {
  const files = ['/own/compose.yaml'];
  it('is read with the folder, the env files and the Compose profiles that the settings have of it', async () => {
    disk['/own/compose.yaml'] =
      'services: { web: { image: "app:1", environment: { WORD: "${WORD:?}" }, volumes: ["./data:/data"], profiles: [x] } }\n';
    const how = { directory: '/else', envFiles: ['/own/word.env'], composeProfiles: ['x'] };
    settings = { ...settings, current: 'own', stacks: { own: { files, ...how, variables: {} } } };
    for (const ref of [{}, { project: 'own' }]) {
      const { web } = (await open(ref).load()).project.services;
      expect(web?.environment).toEqual({ WORD: 'hello' });
      expect(web?.volumes).toMatchObject([{ source: '/else/data' }]);
      const { args } = await open(ref).composeCall();
      expect(args.slice(args.indexOf('own') + 1).join(' ')).toBe(
        '--project-directory /else --file /own/compose.yaml --env-file /own/word.env --profile x',
      );
    }
    // what the command line says wins
    disk['/own/other.env'] = 'WORD=other\n';
    const { web } = (await open({ project: 'own', envFiles: ['/own/other.env'] }).load()).project.services;
    expect(web?.environment).toEqual({ WORD: 'other' });
  });
});

describe('a file of the user’s', () => {
  const TAKES = 'name: p\nservices: { web: { image: "app:1" } }\n';
  const entry = (from: object): Settings['stacks'] => ({ p: { ...from, variables: {} } });
  beforeEach(() => {
    disk['/nice/compose.yaml'] = TAKES;
    disk['/nice/more.yaml'] = 'services: { web: { labels: { a: "1" } } }\n';
  });

  it.each<[what: string, stacks: Settings['stacks'], ref: Partial<StackRef>, other: string | undefined]>([
    ['of a bundled profile', {}, {}, 'the profile x'],
    ['of one that a profile has in the settings', entry({ profile: 'x' }), {}, 'the profile x'],
    ['of another file', entry({ files: ['/own/compose.yaml'] }), {}, '/own/compose.yaml'],
    [
      'of another file, with --project',
      entry({ files: ['/own/compose.yaml'] }),
      { project: 'p' },
      '/own/compose.yaml',
    ],
    [
      'of another file, found in its folder',
      entry({ files: ['/own/compose.yaml'] }),
      { files: [], directory: '/nice' },
      '/own/compose.yaml',
    ],
    ['that is its own by the settings', entry({ files: ['/nice/compose.yaml'] }), {}, undefined],
    [
      'that is its own, with a further file',
      entry({ files: ['/nice/compose.yaml'] }),
      { files: ['/nice/compose.yaml', '/nice/more.yaml'] },
      undefined,
    ],
    ['of nobody', {}, { project: 'nice' }, undefined],
    [
      'of another file, behind which it stands first',
      entry({ files: ['/own/compose.yaml'] }),
      { files: ['/nice/compose.yaml', '/own/compose.yaml'], project: 'p' },
      '/own/compose.yaml',
    ],
  ])('with the name %s', (_what, stacks, ref, other) => {
    settings = { ...settings, stacks };
    const opening = (): Stack => open({ files: ['/nice/compose.yaml'], ...ref });
    if (other === undefined) expect(opening().project).toBe(ref.project ?? 'p');
    else
      expect(opening).toThrow(
        `/nice/compose.yaml: its stack would be called p, and that is the name of ${other}`,
      );
  });

  it('does not take the name of what was started from another, whatever became of the settings', async () => {
    disk['/own/compose.yaml'] = TAKES.replace('name: p', 'name: own');
    await open({ files: ['/own/compose.yaml'] }).up({}, io);
    expect(() => open({ files: ['/nice/compose.yaml'], project: 'own' })).toThrow('/own/compose.yaml');
    expect(open({ files: ['/own/compose.yaml'] }).project).toBe('own');
    await open({ profile: 'x' }).up({}, io);
    delete disk['/profiles/x/compose.yaml'];
    expect(() => open({ files: ['/nice/compose.yaml'] })).toThrow('the profile x');
  });
});
