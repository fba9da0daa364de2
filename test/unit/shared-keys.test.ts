// Which keys of the user's a file that is none of ours gets, and when that is asked.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { errorsOf } from '../../main/errors.ts';
import { Ends } from '../../main/stack/ends.ts';
import { openStack } from '../../main/stack/open-stack.ts';
import type { Confirmation } from '../../main/stack/plan-types.ts';
import { blockOf } from '../../main/stack/source.ts';
import type { OperationIo, Stack } from '../../main/stack/stack-types.ts';
import type { State } from '../../main/system/types.ts';
import type { FakeEngine } from '../fakes/fake-engine.ts';
import { makeEngine } from './helpers/rig.ts';
import { MemoryStore, newState } from './helpers/secrets.ts';
import { memoryFiles } from './memory-files.ts';

const FILE = '/nice/compose.yaml';
const NICE = `
name: niceapp
services:
  app: { image: "app:1", secrets: [app] }
secrets: { app: { environment: APP } }
x-letta-stack:
  title: T
  summary: S
  version: "1"
  secrets:
    - { name: OPENAI_API_KEY, label: O, scope: global }
    - { name: ANTHROPIC_API_KEY, label: A, scope: global }
    - { name: OWN, label: W, scope: stack }
  bundles:
    - { variable: APP, service: app, lines: [OPENAI_API_KEY, ANTHROPIC_API_KEY, OWN] }
`;

let engine: FakeEngine;
let store: MemoryStore;
let state: State;
let text: string;
let asked: Confirmation[];
let answer: boolean;
let runtimeFolder: string;
beforeEach(async () => {
  engine = makeEngine();
  store = new MemoryStore();
  state = newState();
  text = NICE;
  asked = [];
  answer = true;
  runtimeFolder = mkdtempSync(join(tmpdir(), 'letta-stack-'));
  onTestFinished(() => rmSync(runtimeFolder, { recursive: true }));
  await set('OPENAI_API_KEY');
  await set('OWN', 'niceapp');
});

async function set(name: string, scope = 'global'): Promise<void> {
  await store.set({ scope, name }, `value of ${name}`);
  await state.setSecretId(scope, name);
}

const io: OperationIo = {
  signal: new AbortController().signal,
  confirm: (confirmations) => {
    asked.push(...confirmations);
    return Promise.resolve(answer);
  },
};

function open(files: readonly string[] = [FILE], profile?: string): Stack {
  const disk = memoryFiles({
    [FILE]: text,
    '/nice/more.yaml': 'services: { app: { labels: { a: "1" } } }\n',
  });
  const block = blockOf(disk, FILE);
  return openStack(
    {
      path: posix,
      home: '/home/me',
      env: {},
      state,
      disk,
      secretStore: store.open,
      engine: () => Promise.resolve(engine),
      runtimeFolder,
      requireSettings: () => Promise.resolve(),
      endsOf: () => new Ends(),
      remember: () => Promise.resolve(),
      isKnown: () => Promise.resolve(false),
      hostReach: () => Promise.resolve({ by: 'unknown' as const }),
      forget: () => Promise.resolve(),
    },
    'niceapp',
    {
      ...(profile !== undefined && { profile }),
      block: () => block,
      source: () => ({
        ...(profile !== undefined && { profile }),
        ...(block && { block }),
        directory: '/nice',
        files,
        envFiles: [],
        composeProfiles: [],
        variables: {},
        chosen: {},
        source: disk,
      }),
    },
  );
}

const OPENAI = `${FILE} is not a file of letta-stack, and gives keys of yours to its containers: OPENAI_API_KEY to app.`;
const texts = (): string[] => asked.splice(0).map((c) => c.text);

describe('a file of the user’s', () => {
  it('gets a key that all stacks share only after that was asked, once', async () => {
    expect((await open().plan({})).confirmations).toEqual([
      { kind: 'give-keys', subject: 'OPENAI_API_KEY', text: OPENAI },
    ]);
    answer = false;
    const refused = await open()
      .up({}, io)
      .catch((e: unknown) => errorsOf(e)[0]?.code);
    expect(refused).toBe('stack.confirmation-needed');
    expect(texts()).toEqual([OPENAI]);
    expect(engine.world.containers.size).toBe(0);
    answer = true;
    await open().up({}, io);
    expect(texts()).toEqual([OPENAI]);
    await open().up({ forceRecreate: true }, io);
    await open().restart([], io);
    expect(texts()).toEqual([]);
    expect((await open().plan({})).confirmations).toEqual([]);
  });

  it('is asked for again when there are more of them, or more services, or other files', async () => {
    await open().up({}, io);
    texts();
    await set('ANTHROPIC_API_KEY');
    await open().up({}, io);
    expect(texts()).toEqual([OPENAI.replace('OPENAI', 'ANTHROPIC')]);
    // who mounts a bundle has it, whoever it is said to be for
    text = NICE.replace('secrets: { app:', '  other: { image: "app:1", secrets: [app] }\nsecrets: { app:');
    await open().up({}, io);
    expect(texts()).toEqual([OPENAI.replace('to app', 'to other, ANTHROPIC_API_KEY to other')]);
    await open([FILE, '/nice/more.yaml']).up({}, io);
    expect(texts()[0]).toContain('OPENAI_API_KEY to app and other');
  });

  it('gets none that was set after the question', async () => {
    const { confirm } = io;
    const late = {
      ...io,
      confirm: async (all: readonly Confirmation[]) => (await set('ANTHROPIC_API_KEY'), confirm(all)),
    };
    const refused = await open()
      .up({}, late)
      .catch((e: unknown) => errorsOf(e)[0]);
    expect(refused).toMatchObject({ code: 'stack.confirmation-needed' });
    expect(engine.world.containers.size).toBe(0);
  });

  it('gives none to the plain CLI, nor to a container that never ran, before that was asked', async () => {
    const code = await open()
      .composeCall()
      .catch((e: unknown) => errorsOf(e)[0]);
    expect(code).toMatchObject({ code: 'stack.keys-not-given', data: { names: 'OPENAI_API_KEY' } });
    await open().up({}, io);
    texts();
    expect((await open().composeCall()).env['APP']).toContain('OPENAI_API_KEY');
  });

  it('that takes none that is set, or is a bundled profile, asks nothing', async () => {
    await open([FILE], 'x').up({}, io);
    expect(texts()).toEqual([]);
    await state.unsetSecretId('global', 'OPENAI_API_KEY');
    await open().up({}, io);
    expect(texts()).toEqual([]);
  });

  it('has none sent to its server', () => {
    text = `${NICE}  connect: { api: letta, secret: OPENAI_API_KEY, test: "http://127.0.0.1:1/" }\n`;
    expect(() => open()).toThrow('a secret of all stacks is not sent to a server');
  });
});
