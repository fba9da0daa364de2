import { beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../main/errors.ts';
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

  it('never says the value', async () => {
    await has('DB_PASSWORD', OLD);
    engine.onExec = () => ({ exitCode: 1, stdout: '', stderr: `syntax error at ${NEW}` });
    const failed = await setSecret(edges, 'DB_PASSWORD', NEW, undefined).catch((e: unknown) => e);
    expect((failed as Error).message).toContain('•••');
    expect((failed as Error).message).not.toContain(NEW);
  });

  it('that was lost from the store is supplied without touching the database', async () => {
    await state.setSecretId('p', 'DB_PASSWORD');
    expect(await outcome(setSecret(edges, 'DB_PASSWORD', OLD, undefined))).toBe('ok');
    expect(execs()).toEqual([]);
    expect(store.entries.get('p/DB_PASSWORD')).toBe(OLD);
  });

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
  ])('removed with %s, data there %s: %s', async (confirmed, volume, expected) => {
    await has('DATA_KEY', OLD);
    if (!volume) volumes.clear();
    expect(await outcome(unsetSecret(edges, 'DATA_KEY', confirmed))).toBe(expected);
    expect(state.secretId('p', 'DATA_KEY') === undefined).toBe(expected === 'ok');
  });
});

describe('all secrets', () => {
  it('are listed with the store closed', async () => {
    await has('NEEDED', 'x', 'global');
    store.locked = true;
    expect(listSecrets(BLOCK, edges.keeper).map((s) => `${s.name} ${s.scope} ${s.set}`)).toEqual([
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
