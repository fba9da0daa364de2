import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Failure, failure, type AppError } from '../../main/errors.ts';
import type { Engine } from '../../main/docker/port.ts';
import { Ends } from '../../main/stack/ends.ts';
import { LABEL } from '../../main/stack/labels.ts';
import { acquireLock } from '../../main/stack/lock.ts';
import { openStack } from '../../main/stack/open-stack.ts';
import type { StackEdges } from '../../main/stack/stack-context.ts';
import { newOperation } from '../../main/stack/operation.ts';
import { secretsOfLogs } from '../../main/stack/redaction.ts';
import type { SecretKeeper } from '../../main/stack/secret-keeper.ts';
import { profileSource, type StackSource } from '../../main/stack/source.ts';
import type { OperationIo, Stack } from '../../main/stack/stack-types.ts';
import type { State } from '../../main/system/types.ts';
import type { FakeEngine } from '../fakes/fake-engine.ts';
import { makeEngine } from './helpers/rig.ts';
import { MemoryStore, newState } from './helpers/secrets.ts';
import { memoryFiles } from './memory-files.ts';

const PROFILE = `
name: p
services:
  db: { image: "data:1", volumes: ["data:/data"], secrets: [db] }
  web: { image: "checked:1", secrets: [web], depends_on: [db] }
volumes: { data: {} }
secrets: { db: { environment: DB_BUNDLE }, web: { environment: WEB_BUNDLE } }
x-letta-stack:
  title: T
  summary: S
  version: "1"
  secrets:
    - { name: DB_PASSWORD, label: D, scope: stack, required: true, generated: true, volume: data }
    - { name: KEY, label: K, scope: global }
  bundles:
    - { variable: DB_BUNDLE, service: db, value: DB_PASSWORD }
    - { variable: WEB_BUNDLE, service: web, lines: [DB_PASSWORD, KEY] }
  probes:
    - { id: ask, label: Asks, kind: exec, service: web, command: [ask] }
`;
const OWN = `
name: p
services: { web: { image: "app:1", secrets: [token], configs: [page] } }
secrets: { token: { environment: TOKEN } }
configs: { page: { environment: PAGE } }
`;

let engine: FakeEngine;
let store: MemoryStore;
let state: State;
let runtimeFolder: string;
beforeEach(() => {
  engine = makeEngine();
  store = new MemoryStore();
  state = newState();
  runtimeFolder = mkdtempSync(join(tmpdir(), 'letta-stack-'));
  onTestFinished(() => rmSync(runtimeFolder, { recursive: true }));
});

const io: OperationIo = { signal: new AbortController().signal, confirm: () => Promise.resolve(true) };

function open(
  source: StackSource,
  connect: () => Promise<Engine> = () => Promise.resolve(engine),
  more: Partial<StackEdges> = {},
): Stack {
  const edges: StackEdges = {
    path: posix,
    home: '/home/me',
    secretStore: store.open,
    state,
    disk: source.source,
    engine: connect,
    runtimeFolder,
    env: {},
    requireSettings: () => Promise.resolve(),
    endsOf: () => new Ends(),
    hostReach: () => Promise.resolve({ by: 'unknown' as const }),
    remember: () => Promise.resolve(),
    isKnown: () => Promise.resolve(true),
    forget: () => Promise.resolve(),
    ...more,
  };
  return openStack(edges, 'p', {
    ...(source.profile !== undefined && { profile: source.profile }),
    block: () => source.block,
    source: () => source,
  });
}

const profile = (): StackSource =>
  profileSource('x', '/p/compose.yaml', '/p', memoryFiles({ '/p/compose.yaml': PROFILE }), {});
const own = (variables: Readonly<Record<string, string>>): StackSource => ({
  directory: '/p',
  files: ['/p/compose.yaml'],
  envFiles: [],
  composeProfiles: [],
  variables,
  chosen: {},
  source: memoryFiles({ '/p/compose.yaml': OWN }),
});

async function errorsOf(work: Promise<unknown>): Promise<Failure['errors']> {
  const error = await work.then(() => undefined).catch((e: unknown) => e);
  if (error === undefined) return [];
  if (error instanceof Failure) return error.errors;
  throw error;
}

const changes = (): string[] =>
  engine.calls.map((c) => c.name).filter((n) => !/list|inspect|diskUsage|ping|events/.test(n));

describe('the call of the real CLI', () => {
  it('is refused before the first up: its volumes would be made without their password', async () => {
    expect(await errorsOf(open(profile()).composeCall())).toEqual([
      { code: 'stack.secrets-not-made', data: { project: 'p', names: ['DB_PASSWORD'] } },
    ]);
  });

  it('is refused when a volume is there and its password is not', async () => {
    await engine.volumes.create({ Name: 'p_data' });
    expect(await errorsOf(open(profile()).composeCall())).toMatchObject([
      { code: 'stack.secret-missing', data: { name: 'DB_PASSWORD', volume: 'p_data' } },
    ]);
  });

  it('has every bundle after an up, also when our state was lost since', async () => {
    await open(profile()).up({}, io);
    store.entries.set('global/KEY', 'key-of-a-provider');
    state = newState();
    const { env } = await open(profile()).composeCall();
    const password = store.entries.get('p/DB_PASSWORD')!;
    expect(env['DB_BUNDLE']).toBe(password);
    expect(env['WEB_BUNDLE']).toBe(`DB_PASSWORD=${password}\nKEY=key-of-a-provider\n`);
  });
});

describe('a file of the user’s own whose variable is not set', () => {
  const unset = [
    {
      code: 'stack.source-unset',
      data: { kind: 'secret', name: 'token', variable: 'TOKEN', service: 'web' },
    },
    { code: 'stack.source-unset', data: { kind: 'config', name: 'page', variable: 'PAGE', service: 'web' } },
  ];

  it('is an error of plan and up, before anything is changed', async () => {
    const stack = open(own({}));
    expect(await errorsOf(stack.plan({}))).toEqual(unset);
    expect(await errorsOf(stack.up({}, io))).toEqual(unset);
    expect(changes()).toEqual([]);
    expect(state.applied('p')).toBeUndefined();
  });

  it('is none when it is set, to nothing too', async () => {
    await open(own({ TOKEN: 'the token', PAGE: '' })).up({}, io);
    const { files } = engine.container('p-web-1');
    expect(files.get('/run/secrets/token')?.data.toString()).toBe('the token');
    expect(files.get('/page')?.data.toString()).toBe('');
    expect(state.applied('p')?.environment).toEqual(['PAGE', 'TOKEN']);
  });
});

describe('a plan', () => {
  it('notes nothing, although the store knows what the state does not', async () => {
    store.entries.set('p/DB_PASSWORD', 'password-0123456789');
    const { steps } = await open(profile()).plan({});
    expect(steps.filter((s) => s.kind === 'generateSecrets' && s.names.length > 0)).toEqual([]);
    expect(state.secretId('p', 'DB_PASSWORD')).toBeUndefined();
  });
});

describe('a model whose way of calling tools is another one’s', () => {
  const file = PROFILE.replace(
    '  secrets:\n    - { name: DB',
    `  settings:
    - { name: model, label: M, type: string, default: Qwen/Qwen3-8B, variable: MODEL }
    - { name: tool-parser, label: P, type: string, default: hermes, variable: PARSER }
$&`,
  );
  const set = (chosen: Record<string, string>): Stack =>
    open(profileSource('x', '/p/compose.yaml', '/p', memoryFiles({ '/p/compose.yaml': file }), chosen));
  const WARNING = {
    code: 'gpu.other-parser',
    data: { model: 'openai/gpt-oss-20b', parser: 'hermes', wanted: 'openai' },
  };

  it('is told by the plan and by the start, and nothing is where it is its own', async () => {
    const alone = { MODEL: 'openai/gpt-oss-20b' };
    expect((await set(alone).plan({})).warnings).toEqual([WARNING]);
    expect((await set({ ...alone, PARSER: 'openai' }).plan({})).warnings).toEqual([]);
    const told: AppError[] = [];
    await set(alone).up({}, { ...io, onWarning: (warning) => void told.push(warning) });
    expect(told).toEqual([WARNING]);
  });
});

describe('secrets whose volume was deleted', () => {
  const renew = async (): Promise<void> => {
    await open(profile()).up({}, io);
    await open(profile()).down({ deleteVolumes: ['p_data'] }, io);
  };

  it('are made anew where the store has lost them too, since nothing needs them', async () => {
    await renew();
    store.entries.delete('p/DB_PASSWORD');
    const { steps } = await open(profile()).plan({});
    expect(steps).toContainEqual(
      expect.objectContaining({ kind: 'generateSecrets', names: ['DB_PASSWORD'] }),
    );
    expect((await open(profile()).up({}, io)).status).toBe('running');
    expect(store.entries.get('p/DB_PASSWORD')).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it('stay as they are where the store has them', async () => {
    await renew();
    const before = store.entries.get('p/DB_PASSWORD');
    await open(profile()).up({}, io);
    expect(store.entries.get('p/DB_PASSWORD')).toBe(before);
  });
});

describe('a first up that has to plan anew in the middle', () => {
  it('does not ask about the volume that it has just made', async () => {
    const asked: string[] = [];
    const confirm: OperationIo['confirm'] = (all) => {
      asked.push(...all.map((c) => c.text));
      return Promise.resolve(true);
    };
    engine.diskUsage = () => {
      const volumes = [...engine.world.volumes.values()].map((v) => ({ ...v, Size: 4096 }));
      return Promise.resolve({ volumes, layersSize: 0 });
    };
    engine.failNth('containers.start', 1, failure('engine.not-found', { what: 'x', call: 'y' }));
    await open(profile()).up({}, { ...io, confirm });
    expect(engine.calls.filter((c) => c.name === 'containers.start')).toHaveLength(3);
    expect(asked).toEqual([]);
  });
});

describe('an operation that failed', () => {
  it('says why, also when no incident can be noted', async () => {
    const missing = { '/p/compose.yaml': 'name: p\nservices: { web: { image: "not-there:1" } }' };
    const source = { ...own({}), source: memoryFiles(missing) };
    const expected = await errorsOf(open(source).up({}, io));
    expect(expected[0]?.code).toMatch(/^engine\./);
    expect(state.incidents('p')).toHaveLength(1);
    state = { ...state, addIncident: () => Promise.reject(new Error('ENOSPC')) };
    expect(await errorsOf(open(source).up({}, io))).toEqual(expected);
  });
});

describe('an operation that was refused because another one is at work', () => {
  it('is no incident', async () => {
    const operation = newOperation('up', 'p');
    const lock = await acquireLock(runtimeFolder, { engineId: engine.info.id, project: 'p', operation });
    expect((await errorsOf(open(profile()).up({}, io)))[0]?.code).toBe('stack.busy');
    expect(state.incidents('p')).toEqual([]);
    if (lock.held) lock.release();
  });

  it.each<[string, (stack: Stack, services: string[]) => Promise<unknown>]>([
    ['up', (stack, services) => stack.up({ services }, io)],
    ['start', (stack, services) => stack.start(services, io)],
    ['restart', (stack, services) => stack.restart(services, io)],
    ['stop', (stack, services) => stack.stop(services, io)],
    ['down', (stack, services) => stack.down({ services }, io)],
  ])('names what was typed wrong all the same: %s', async (_, ask) => {
    const stack = open(profile());
    await stack.up({}, io);
    const operation = newOperation('up', 'p');
    const lock = await acquireLock(runtimeFolder, { engineId: engine.info.id, project: 'p', operation });
    expect(await errorsOf(ask(stack, ['nosuch']))).toEqual([
      { code: 'stack.no-such-service', data: { service: 'nosuch', known: ['db', 'web'] } },
    ]);
    expect((await errorsOf(ask(stack, ['web'])))[0]?.code).toBe('stack.busy');
    if (lock.held) lock.release();
  });
});

describe('changing a secret', () => {
  it('waits for no other operation and says who is at work', async () => {
    const operation = newOperation('up', 'p');
    const lock = await acquireLock(runtimeFolder, { engineId: engine.info.id, project: 'p', operation });
    const stack = open(profile());
    const busy = [{ code: 'stack.busy', data: { project: 'p', operation: 'up', pid: process.pid } }];
    expect(await errorsOf(stack.setSecret('KEY', 'key-of-a-provider'))).toEqual(busy);
    expect(await errorsOf(stack.unsetSecret('KEY'))).toEqual(busy);
    expect(store.entries.size).toBe(0);
    if (lock.held) lock.release();
    expect(await errorsOf(stack.setSecret('KEY', 'key-of-a-provider'))).toEqual([]);
  });

  it('works without an engine', async () => {
    const none = (): Promise<Engine> => Promise.reject(new Error('no engine'));
    await open(profile(), none).setSecret('KEY', 'key-of-a-provider');
    expect(store.entries.get('global/KEY')).toBe('key-of-a-provider');
  });
});

describe('what containers say', () => {
  const PASSWORD = (): string => store.entries.get('p/DB_PASSWORD')!;

  it('is shown by a status without secrets, and the store stays closed when they say nothing', async () => {
    const stack = open(profile());
    await stack.up({}, io);
    const opened = store.opened;
    await stack.status();
    expect(store.opened).toBe(opened);

    engine.health('p-web-1', 'unhealthy', `wrong: ${PASSWORD()}`);
    const { services } = await stack.status();
    expect(services.find((s) => s.name === 'web')?.cause?.detail).toBe('wrong: •••');

    store.locked = true;
    expect((await stack.status()).status).toBe('degraded');
  });

  it('is read with the store locked, and whoever reads is told once that secrets are left in it', async () => {
    await open(profile()).up({}, io);
    for (const name of ['p-db-1', 'p-web-1']) engine.print(name, `it is ${PASSWORD()}`);
    async function read(kind: 'logs' | 'follow' | 'page'): Promise<unknown[]> {
      const told: string[][] = [];
      const end = new AbortController();
      const request = {
        onUnredacted: (why: readonly AppError[]) => told.push(why.map((e) => e.code)),
        signal: end.signal,
      };
      // as after a start of the app: nothing was fetched yet
      const stack = open(profile());
      const texts: string[] = [];
      if (kind === 'page')
        texts.push(...(await stack.logPage({ ...request, lines: 9 })).lines.map((l) => l.text));
      else
        for await (const { text } of stack.logs({ ...request, follow: kind === 'follow' }))
          if (texts.push(text) === 2 && kind === 'follow') end.abort();
      return [texts, told];
    }
    const kinds = ['logs', 'follow', 'page'] as const;
    const taken = ['it is •••', 'it is •••'];
    expect(await Promise.all(kinds.map(read))).toEqual(kinds.map(() => [taken, []]));
    store.locked = true;
    const left = taken.map(() => `it is ${PASSWORD()}`);
    const why = ['secrets.left-in', 'secrets.locked'];
    expect(await Promise.all(kinds.map(read))).toEqual(kinds.map(() => [left, [why]]));
  });

  it('waits for no store that does not answer, takes out what is known, and says so', async () => {
    const silent = {
      fetchToRedact: () => new Promise<void>(() => {}),
      values: () => ['known'],
    } as unknown as SecretKeeper;
    const told: unknown[] = [];
    const secrets = secretsOfLogs(
      () => silent,
      (why) => told.push(...why),
      10,
    );
    expect([await secrets(), await secrets()]).toEqual([['known'], ['known']]);
    expect(told).toEqual([
      { code: 'secrets.left-in', data: {} },
      { code: 'secrets.no-answer', data: { seconds: 0.01 } },
    ]);
  });

  it('is redacted in the answers of probes', async () => {
    const stack = open(profile());
    await stack.up({}, io);
    engine.onExec = () => ({ exitCode: 1, stdout: '', stderr: `no ${PASSWORD()}` });
    const { probes } = await stack.status({ deep: true });
    expect(probes.map((p) => p.answer)).toEqual(['no •••']);
  });
});

describe('a status', () => {
  it('is there in time although the process that works on the stack is suspended', async () => {
    const stack = open(profile());
    await stack.up({}, io);
    const operation = newOperation('up', 'p');
    const lock = await acquireLock(runtimeFolder, { engineId: engine.info.id, project: 'p', operation });
    const [file = ''] = readdirSync(runtimeFolder);
    if (lock.held) lock.release();
    // the kernel takes connections for a process that does not run
    const suspended = createServer().listen(join(runtimeFolder, file));
    onTestFinished(() => void suspended.close());
    await once(suspended, 'listening');
    const began = performance.now();
    expect((await stack.status()).status).toBe('running');
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});

describe('the log of a service without a container', () => {
  async function linesOf(stack: Stack, services: readonly string[], follow = false): Promise<string[]> {
    const lines: string[] = [];
    const end = new AbortController();
    for await (const line of stack.logs({ services, follow, signal: end.signal })) {
      lines.push(line.text);
      end.abort();
    }
    return lines;
  }

  it('is not there yet, which is something else than no such service', async () => {
    const stack = open(profile());
    await stack.up({ services: ['db'] }, io);
    expect(await errorsOf(linesOf(stack, ['web']))).toMatchObject([
      { code: 'stack.not-running', data: { service: 'web' } },
    ]);
    expect(await errorsOf(linesOf(stack, ['wbe']))).toMatchObject([{ code: 'stack.no-such-service' }]);
    engine.print('p-db-1', 'ready');
    expect(await linesOf(stack, ['web', 'db'])).toEqual(['ready']);
  });

  it('is waited for when it is followed', async () => {
    const stack = open(profile());
    await stack.up({ services: ['db'] }, io);
    const lines = linesOf(stack, ['web'], true);
    await stack.up({}, io);
    engine.print('p-web-1', 'hello');
    expect(await lines).toEqual(['hello']);
  });
});

describe('the end of a stack', () => {
  const names = (): string[] => [...engine.world.containers.values()].map((c) => c.name).toSorted();
  /** A container of the project that no service of the file has. */
  const orphan = (): Promise<unknown> =>
    engine.containers.create('p-old-1', {
      Image: 'app:1',
      Labels: { [LABEL.project]: 'p', [LABEL.service]: 'old', [LABEL.number]: '1', [LABEL.oneoff]: 'False' },
      HostConfig: {},
      NetworkingConfig: { EndpointsConfig: {} },
    });
  /** The copy that `up` keeps cannot be read any more. */
  const spoil = (): void => {
    const applied = state.applied('p')!;
    vi.spyOn(state, 'applied').mockReturnValue({
      ...applied,
      contents: { '/p/compose.yaml': 'no: [compose' },
    });
  };

  it('needs no model where the labels say enough, and leaves orphans alone', async () => {
    await open(profile()).up({}, io);
    await orphan();
    spoil();
    await open(profile()).stop(['web'], io);
    expect(engine.container('p-web-1').status).toBe('exited');
    await open(profile()).down({}, io);
    expect(names()).toEqual(['p-old-1']);
  });

  it('tells orphans from services also when one of these is gone and the model cannot be read', async () => {
    await open(profile()).up({}, io);
    await orphan();
    spoil();
    await engine.containers.remove('p-web-1', { force: true });
    await open(profile()).stop(['web'], io);
    await open(profile()).down({}, io);
    expect(names()).toEqual(['p-old-1']);
  });

  it('names the engine when a volume is deleted on another one than the stack ran on', async () => {
    await open(profile()).up({}, io);
    const asked: string[] = [];
    const listening: OperationIo = {
      ...io,
      confirm: (all) => {
        asked.push(...all.map((c) => c.text));
        return Promise.resolve(true);
      },
    };
    await open(profile()).down({ deleteVolumes: ['p_data'] }, listening);
    await state.setEngineOf('p', { id: 'another', name: 'server' });
    await engine.volumes.create({ Name: 'p_data', Labels: { [LABEL.project]: 'p', [LABEL.volume]: 'data' } });
    await open(profile()).down({ deleteVolumes: ['p_data'] }, listening);
    expect(asked[0]).toMatch(/^Volume p_data, created .* are deleted/);
    expect(asked[1]).toMatch(/^Volume p_data on the engine fake \(the stack ran on server\), created/);
  });

  it('deletes nothing by the defaults that stand for broken settings', async () => {
    await open(profile()).up({}, io);
    const refused = {
      requireSettings: () =>
        Promise.reject(failure('settings.refused', { file: 'f', reason: 'r', isRepaired: false })),
    };
    expect(
      await errorsOf(open(profile(), undefined, refused).down({ deleteVolumes: ['p_data'] }, io)),
    ).toMatchObject([{ code: 'settings.refused' }]);
    expect(names()).toEqual(['p-db-1', 'p-web-1']);
    await open(profile(), undefined, refused).down({}, io);
    expect(names()).toEqual([]);
  });
});

describe('the block of a stack whose file changed since it was applied', () => {
  const blockWith = async (text: string | undefined): Promise<string | undefined> => {
    await open(profile()).up({}, io);
    const disk = memoryFiles(text === undefined ? {} : { '/p/compose.yaml': text });
    return open(profileSource('x', '/p/compose.yaml', '/p', disk, {})).block?.title;
  };

  it.each([
    ['the one that was applied where the file is gone', undefined, 'T'],
    ['the one that was applied where the file is broken', 'no: [compose', 'T'],
    ['none where the file has none', OWN, undefined],
    ['its own where it has one', PROFILE.replace('title: T', 'title: Now'), 'Now'],
  ])('is %s', async (_, text, title) => {
    expect(await blockWith(text)).toBe(title);
  });
});

it('a secret that was only found counts as set at no time', async () => {
  await open(profile()).up({}, io);
  expect(state.secretSetAt('p', 'DB_PASSWORD')).toMatch(/^\d{4}-/);
  state = newState();
  await open(profile()).up({}, io);
  expect(state.secretId('p', 'DB_PASSWORD')).toBeDefined();
  expect(state.secretSetAt('p', 'DB_PASSWORD')).toBeUndefined();
});
