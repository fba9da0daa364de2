import { beforeEach, describe, expect, it } from 'vitest';
import { Failure, say } from '../../main/errors.ts';
import { SecretKeeper } from '../../main/stack/secret-keeper.ts';
import { listSecrets, setSecret, unsetSecret, type SecretEdges } from '../../main/stack/stack-secrets.ts';
import type { State } from '../../main/system/types.ts';
import type { FakeEngine } from '../fakes/fake-engine.ts';
import { makeEngine } from './helpers/rig.ts';
import { BLOCK, MemoryStore, newState } from './helpers/secrets.ts';

const OLD = 'old-password-0123456789';
const NEW = "new-'password'-9876543210";

let store: MemoryStore;
let state: State;
let engine: FakeEngine;
let volumes: Map<string, string>;
let edges: SecretEdges;
beforeEach(async () => {
  store = new MemoryStore();
  state = newState();
  engine = makeEngine();
  volumes = new Map([['data', 'p_data']]);
  const keeper = new SecretKeeper(BLOCK, 'p', store.open, state);
  edges = {
    project: 'p',
    block: BLOCK,
    keeper,
    store: store.open,
    state,
    engine: () => Promise.resolve(engine),
    volumes: () => Promise.resolve(volumes),
    volumeName: (key) => `p_${key}`,
  };
  const labels = { 'com.docker.compose.project': 'p', 'com.docker.compose.service': 'db' };
  const body = { Image: 'app:1', Labels: labels, HostConfig: {}, NetworkingConfig: { EndpointsConfig: {} } };
  await engine.containers.start((await engine.containers.create('p-db-1', body)).Id);
});

async function has(name: string, value: string, scope = 'p'): Promise<string> {
  store.entries.set(`${scope}/${name}`, value);
  return state.setSecretId(scope, name);
}

async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (e) {
    if (!(e instanceof Failure)) throw e;
    return e.errors.map((x) => x.code).join(', ');
  }
}

const execs = (): readonly { readonly args: readonly unknown[] }[] =>
  engine.calls.filter((c) => c.name === 'containers.exec');

describe('setting a database password', () => {
  it('changes the role first, over stdin, and then the store', async () => {
    const id = await has('DB_PASSWORD', OLD);
    expect(await outcome(setSecret(edges, 'DB_PASSWORD', NEW, undefined))).toBe('ok');
    const [, options] = execs()[0]!.args as [string, { cmd: string[]; stdin: string }];
    expect(options.stdin).toContain(`ALTER ROLE "me" PASSWORD 'new-''password''-9876543210';`);
    expect(JSON.stringify(options.cmd)).not.toContain('9876543210');
    expect(store.entries.get('p/DB_PASSWORD')).toBe(NEW);
    expect(state.secretId('p', 'DB_PASSWORD')).not.toBe(id);
  });

  it.each<[what: string, prepare: () => void, expected: string]>([
    ['the database does not run', () => engine.stopOutside('p-db-1'), 'secrets.database-not-running'],
    [
      'the database refuses',
      () => void (engine.onExec = () => ({ exitCode: 1, stdout: '', stderr: `no ${NEW} here` })),
      'secrets.role-not-changed',
    ],
    ['the store is locked', () => void (store.locked = true), 'secrets.locked'],
    ['the value is empty', () => undefined, 'secrets.bad-value'],
  ])('leaves everything when %s', async (what, prepare, expected) => {
    const id = await has('DB_PASSWORD', OLD);
    prepare();
    const value = what === 'the value is empty' ? '' : NEW;
    expect(await outcome(setSecret(edges, 'DB_PASSWORD', value, undefined))).toBe(expected);
    expect(store.entries.get('p/DB_PASSWORD')).toBe(OLD);
    expect(state.secretId('p', 'DB_PASSWORD')).toBe(id);
    if (store.locked) expect(execs()).toEqual([]);
  });

  it("names the profile's own service when the database refuses", async () => {
    await has('DB_PASSWORD', OLD);
    const role = { service: 'postgres', name: 'me' };
    const secrets = BLOCK.secrets.map((s) => (s.name === 'DB_PASSWORD' ? { ...s, role } : s));
    const labels = { 'com.docker.compose.project': 'p', 'com.docker.compose.service': 'postgres' };
    const body = {
      Image: 'app:1',
      Labels: labels,
      HostConfig: {},
      NetworkingConfig: { EndpointsConfig: {} },
    };
    await engine.containers.start((await engine.containers.create('p-postgres-1', body)).Id);
    engine.onExec = () => ({ exitCode: 1, stdout: '', stderr: 'no' });
    const other = { ...edges, block: { ...BLOCK, secrets } };
    const failed = await setSecret(other, 'DB_PASSWORD', NEW, undefined).catch((e: unknown) => e);
    const [error] = (failed as Failure).errors;
    expect(say(error!, 'mine').next).toContain('letta-stack logs mine postgres');
  });

  it('never says the value', async () => {
    await has('DB_PASSWORD', OLD);
    engine.onExec = () => ({ exitCode: 1, stdout: '', stderr: `syntax error at ${NEW}` });
    const failed = await setSecret(edges, 'DB_PASSWORD', NEW, undefined).catch((e: unknown) => e);
    expect((failed as Error).message).toContain('•••');
    expect((failed as Error).message).not.toContain(NEW);
  });

  it.each<[what: string, value: string]>([
    ['as it was', OLD],
    ['as another, since nobody may know it any more', NEW],
  ])(
    'that was lost from the store is supplied %s, and the running database takes it',
    async (_what, value) => {
      await state.setSecretId('p', 'DB_PASSWORD');
      expect(await setSecret(edges, 'DB_PASSWORD', value, undefined)).toEqual([]);
      expect(execs()).toHaveLength(1);
      expect(store.entries.get('p/DB_PASSWORD')).toBe(value);
    },
  );

  it('again with the same value tells the database again', async () => {
    await has('DB_PASSWORD', OLD);
    expect(await setSecret(edges, 'DB_PASSWORD', OLD, undefined)).toEqual([]);
    expect(execs()).toHaveLength(1);
    engine.stopOutside('p-db-1');
    expect(await setSecret(edges, 'DB_PASSWORD', OLD, undefined)).toEqual([]);
    expect(execs()).toHaveLength(1);
  });

  it.each<[what: string, prepare: () => void]>([
    ['the database does not run', () => engine.stopOutside('p-db-1')],
    ['no engine answers', () => (edges = { ...edges, engine: () => Promise.reject(new Error('no engine')) })],
  ])(
    'that was lost is stored when %s, and it is said that it must be the right one',
    async (_what, prepare) => {
      prepare();
      expect(await setSecret(edges, 'DB_PASSWORD', OLD, undefined)).toEqual([
        { code: 'secrets.password-untold', data: { name: 'DB_PASSWORD', service: 'db' } },
      ]);
      expect(store.entries.get('p/DB_PASSWORD')).toBe(OLD);
    },
  );

  it('without a volume just sets it', async () => {
    volumes.clear();
    await has('DB_PASSWORD', OLD);
    expect(await outcome(setSecret(edges, 'DB_PASSWORD', NEW, undefined))).toBe('ok');
    expect(execs()).toEqual([]);
  });
});

describe('a key without which data cannot be read', () => {
  it.each<
    [
      what: string,
      before: string | undefined,
      volume: boolean,
      confirmed: string | undefined,
      expected: string,
    ]
  >([
    ['is changed after its name was typed', OLD, true, 'DATA_KEY', 'ok'],
    ['is not changed without', OLD, true, undefined, 'secrets.confirm-unreadable'],
    ['is not changed with another word', OLD, true, 'yes', 'secrets.confirm-unreadable'],
    ['is changed where there is no data', OLD, false, undefined, 'ok'],
    ['is supplied again without questions', undefined, true, undefined, 'ok'],
    ['is set to what it was without questions', NEW, true, undefined, 'ok'],
  ])('%s', async (_what, before, volume, confirmed, expected) => {
    if (before === undefined) await state.setSecretId('p', 'DATA_KEY');
    else await has('DATA_KEY', before);
    if (!volume) volumes.clear();
    expect(await outcome(setSecret(edges, 'DATA_KEY', NEW, confirmed))).toBe(expected);
    expect(store.entries.get('p/DATA_KEY')).toBe(expected === 'ok' ? NEW : before);
  });

  it('is asked for although only the store knows it', async () => {
    store.entries.set('p/DATA_KEY', OLD);
    expect(await outcome(setSecret(edges, 'DATA_KEY', NEW, undefined))).toBe('secrets.confirm-unreadable');
  });

  it('draws an id on every set, so that setting it again heals what was killed', async () => {
    const id = await has('DATA_KEY', NEW);
    await setSecret(edges, 'DATA_KEY', NEW, undefined);
    expect(state.secretId('p', 'DATA_KEY')).not.toBe(id);
  });

  it('killed right after the store has it still counts as changed', async () => {
    volumes.clear();
    const id = await has('DATA_KEY', OLD);
    store.killAfterSet = true;
    await expect(setSecret(edges, 'DATA_KEY', NEW, undefined)).rejects.toThrow('killed');
    expect(store.entries.get('p/DATA_KEY')).toBe(NEW);
    expect(state.secretId('p', 'DATA_KEY')).not.toBe(id);
  });

  it.each<[confirmed: string | undefined, volume: boolean, expected: string]>([
    [undefined, true, 'secrets.confirm-unreadable'],
    ['DATA_KEY', true, 'ok'],
    [undefined, false, 'ok'],
  ])('set beside one of another store with %s, data there %s: %s', async (confirmed, volume, expected) => {
    await state.setSecretId('p', 'DATA_KEY', { store: 'keychain' });
    if (!volume) volumes.clear();
    expect(await outcome(setSecret(edges, 'DATA_KEY', NEW, confirmed))).toBe(expected);
    expect(store.entries.has('p/DATA_KEY')).toBe(expected === 'ok');
  });

  it.each<[confirmed: string | undefined, volume: boolean, expected: string]>([
    [undefined, true, 'secrets.confirm-unreadable'],
    ['DATA_KEY', true, 'ok'],
    [undefined, false, 'ok'],
  ])('removed with %s, data there %s: %s', async (confirmed, volume, expected) => {
    await has('DATA_KEY', OLD);
    if (!volume) volumes.clear();
    expect(await outcome(unsetSecret(edges, 'DATA_KEY', confirmed))).toBe(expected);
    expect(state.secretId('p', 'DATA_KEY') === undefined).toBe(expected === 'ok');
  });
});

describe('data on an engine that does not answer now', () => {
  const A = { id: 'engine-a', name: 'box-a' };
  const absent = (): void => {
    edges = { ...edges, engine: () => Promise.reject(new Error('no engine')) };
  };
  const other = (): void => volumes.clear();

  it.each<[what: string, prepare: () => void]>([
    ['another one answers', other],
    ['none answers', absent],
  ])('counts as there when %s', async (_what, prepare) => {
    await has('DATA_KEY', OLD);
    const id = await has('DB_PASSWORD', OLD);
    await state.setEngineOf('p', A);
    prepare();
    for (const work of [
      unsetSecret(edges, 'DATA_KEY', undefined),
      setSecret(edges, 'DATA_KEY', NEW, undefined),
    ])
      await expect(work).rejects.toMatchObject({
        errors: [{ code: 'secrets.confirm-unreadable', data: { volume: 'p_data', engine: 'box-a' } }],
      });
    await expect(setSecret(edges, 'DB_PASSWORD', NEW, undefined)).rejects.toMatchObject({
      errors: [{ code: 'secrets.database-elsewhere', data: { name: 'DB_PASSWORD', engine: 'box-a' } }],
    });
    expect([...store.entries]).toEqual([
      ['p/DATA_KEY', OLD],
      ['p/DB_PASSWORD', OLD],
    ]);
    expect(state.secretId('p', 'DB_PASSWORD')).toBe(id);
    expect(execs()).toEqual([]);
    expect(await unsetSecret(edges, 'DATA_KEY', 'DATA_KEY')).toBe(true);
  });

  it('that nobody knows of is no reason to lose a key', async () => {
    await has('DATA_KEY', OLD);
    absent();
    await expect(unsetSecret(edges, 'DATA_KEY', undefined)).rejects.toThrow('no engine');
    await expect(setSecret(edges, 'DATA_KEY', NEW, undefined)).rejects.toThrow('no engine');
    expect(store.entries.get('p/DATA_KEY')).toBe(OLD);
  });

  it('is asked for no more once the stack runs here', async () => {
    await has('DATA_KEY', OLD);
    await state.setEngineOf('p', { id: engine.info.id, name: engine.info.name });
    volumes.clear();
    expect(await unsetSecret(edges, 'DATA_KEY', undefined)).toBe(true);
  });
});

describe('all secrets', () => {
  it('are listed with the store closed', async () => {
    await has('NEEDED', 'x', 'global');
    store.locked = true;
    expect(listSecrets(BLOCK, edges.keeper, 'file').map((s) => `${s.name} ${s.scope} ${s.set}`)).toEqual([
      'DB_PASSWORD stack false',
      'DATA_KEY stack false',
      'NEEDED global true',
      'OPTIONAL global false',
    ]);
    expect(store.opened).toBe(0);
  });

  it('of the world are kept once for all stacks', async () => {
    await setSecret(edges, 'OPTIONAL', 'key-of-a-provider', undefined);
    expect([...store.entries.keys()]).toEqual(['global/OPTIONAL']);
    expect(await unsetSecret(edges, 'OPTIONAL', undefined)).toBe(true);
    expect(await unsetSecret(edges, 'OPTIONAL', undefined)).toBe(false);
  });

  it('that a stack does not take are named', async () => {
    expect(await outcome(setSecret(edges, 'OTHER', 'x', undefined))).toBe('secrets.no-such');
    expect(await outcome(unsetSecret(edges, 'OTHER', undefined))).toBe('secrets.no-such');
  });
});

describe('a password of the server', () => {
  const set = (value: string, isInUse?: boolean): Promise<string> => {
    const token = {
      name: 'API',
      label: 'Password',
      scope: 'stack',
      generated: true,
      volume: 'data',
    } as const;
    const block = { ...BLOCK, secrets: [...BLOCK.secrets, { ...token, required: true, multiline: false }] };
    const keeper = new SecretKeeper(block, 'p', store.open, state);
    return outcome(setSecret({ ...edges, block, keeper }, 'API', value, undefined, isInUse));
  };

  it('that is chosen has 16 characters, in one line', async () => {
    expect(await set('abc12345')).toBe('secrets.short-password');
    expect(await set('x'.repeat(15))).toBe('secrets.short-password');
    expect(await set(`${'x'.repeat(16)}\ny`)).toBe('secrets.bad-value');
    expect(store.entries.has('p/API')).toBe(false);
    expect(await set('x'.repeat(16))).toBe('ok');
  });

  it('that is in use, or stored already, may be shorter', async () => {
    expect(await set('abc12345', true)).toBe('ok');
    expect(await set('abc12345')).toBe('ok');
    expect(await set('abc12346')).toBe('secrets.short-password');
    expect(store.entries.get('p/API')).toBe('abc12345');
  });
});
