import { beforeEach, describe, expect, it } from 'vitest';
import { Failure, say } from '../../main/errors.ts';
import { SecretKeeper } from '../../main/stack/secret-keeper.ts';
import { listSecrets } from '../../main/stack/stack-secrets.ts';
import type { State } from '../../main/system/types.ts';
import { desiredOf } from './helpers/desired.ts';
import { killedAfter, known, makeEngine, up } from './helpers/rig.ts';
import { BLOCK, MemoryStore, newState } from './helpers/secrets.ts';

let store: MemoryStore;
let state: State;
let keeper: SecretKeeper;
beforeEach(() => {
  store = new MemoryStore();
  state = newState();
  keeper = new SecretKeeper(BLOCK, 'p', store.open, state);
});

const outcome = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'ok';
  } catch (e) {
    if (!(e instanceof Failure)) throw e;
    return e.errors.map((x) => [x.code, x.data['name']].filter(Boolean).join(' ')).join(', ');
  }
};

/** Everything but the one secret that a test is about is as it should be. */
async function settleOthers(): Promise<void> {
  for (const [scope, name] of [
    ['p', 'DATA_KEY'],
    ['global', 'NEEDED'],
  ] as const) {
    store.entries.set(`${scope}/${name}`, `value of ${name}`);
    await state.setSecretId(scope, name);
  }
}

describe('a password that belongs to a volume', () => {
  /** volume there, id known, entry there, store locked: what settling says, and whether it is to be made then */
  it.each<
    [volume: boolean, id: boolean, entry: boolean, locked: boolean, settled: string, toBeMade: boolean]
  >([
    [false, false, false, false, 'ok', true],
    [false, false, false, true, 'secrets.locked', true],
    [false, false, true, false, 'ok', false],
    [false, false, true, true, 'secrets.locked', true],
    [false, true, false, false, 'ok', true],
    [false, true, false, true, 'secrets.locked', false],
    [false, true, true, false, 'ok', false],
    [false, true, true, true, 'secrets.locked', false],
    [true, false, false, false, 'stack.secret-missing DB_PASSWORD', true],
    [true, false, false, true, 'secrets.locked', true],
    [true, false, true, false, 'ok', false],
    [true, false, true, true, 'secrets.locked', true],
    [true, true, false, false, 'ok', false],
    [true, true, false, true, 'ok', false],
    [true, true, true, false, 'ok', false],
    [true, true, true, true, 'ok', false],
  ])('volume %s, id %s, entry %s, locked %s: %s', async (volume, id, entry, locked, settled, toBeMade) => {
    await settleOthers();
    if (id) await state.setSecretId('p', 'DB_PASSWORD');
    if (entry) store.entries.set('p/DB_PASSWORD', 'as it was');
    store.locked = locked;
    const volumes = new Map(volume ? [['data', 'p_data']] : []);
    expect(await outcome(keeper.settle(volumes))).toBe(settled);
    expect(keeper.idOf('DB_PASSWORD') === undefined).toBe(toBeMade);
    // beside its volume, with a known id, the store stays closed: a start with a locked keychain works
    expect(store.opened > 0).toBe(!id || !volume);
    expect(store.entries.get('p/DB_PASSWORD')).toBe(entry ? 'as it was' : undefined);
  });

  it.each<[id: boolean, entry: boolean, locked: boolean, fetched: string]>([
    [false, false, false, 'ok'],
    [false, true, false, 'ok'],
    [false, true, true, 'ok'],
    [true, false, false, 'stack.secret-missing DB_PASSWORD'],
    [true, true, false, 'ok'],
    [true, true, true, 'secrets.locked'],
  ])('fetched with id %s, entry %s, locked %s: %s', async (id, entry, locked, fetched) => {
    if (id) await state.setSecretId('p', 'DB_PASSWORD');
    if (entry) store.entries.set('p/DB_PASSWORD', 'as it was');
    store.locked = locked;
    expect(await outcome(keeper.fetch(['db']))).toBe(fetched);
    expect(keeper.bundles()['DB_BUNDLE']).toBe(id && entry && !locked ? 'as it was' : '');
  });
});

describe('a key that nobody can make', () => {
  it.each<[what: string, name: string, expected: string]>([
    ['is asked for', 'NEEDED', 'stack.secret-missing NEEDED'],
    ['is not when it is optional', 'OPTIONAL', 'ok'],
  ])('%s', async (_what, name, expected) => {
    await settleOthers();
    await state.setSecretId('p', 'DB_PASSWORD');
    await state.unsetSecretId('global', name);
    store.entries.delete(`global/${name}`);
    expect(await outcome(keeper.settle(new Map()))).toBe(expected);
  });

  it('is named together with all others that are missing', async () => {
    expect(await outcome(keeper.settle(new Map([['data', 'p_data']])))).toBe(
      'stack.secret-missing DB_PASSWORD, stack.secret-missing DATA_KEY, stack.secret-missing NEEDED',
    );
  });
});

describe('after our state was lost', () => {
  const lost = (): void => {
    for (const name of ['p/DB_PASSWORD', 'p/DATA_KEY', 'global/NEEDED', 'global/OPTIONAL'])
      store.entries.set(name, `value of ${name}`);
  };

  it('an optional key is found again together with the required ones', async () => {
    lost();
    await keeper.settle(new Map([['data', 'p_data']]));
    expect(state.secretId('global', 'OPTIONAL')).toBeDefined();
    await keeper.fetch(['web']);
    expect(keeper.bundles()['WEB_BUNDLE']).toContain('OPTIONAL=value of global/OPTIONAL\n');
  });

  it('a plan finds them too and notes nothing', async () => {
    lost();
    await keeper.settle(new Map([['data', 'p_data']]), { readOnly: true });
    for (const name of ['DB_PASSWORD', 'DATA_KEY', 'NEEDED', 'OPTIONAL']) {
      expect(keeper.idOf(name)).toBeDefined();
      expect(state.secretId(name.startsWith('D') ? 'p' : 'global', name)).toBeUndefined();
    }
  });

  it('nothing optional is asked for while the state knows what is required', async () => {
    await settleOthers();
    await state.setSecretId('p', 'DB_PASSWORD');
    store.entries.set('global/OPTIONAL', 'x');
    await keeper.settle(new Map([['data', 'p_data']]));
    expect(store.opened).toBe(0);
  });
});

describe('a secret that is set while an up runs', () => {
  it('leaves the label with the id of the value that was fetched', async () => {
    await settleOthers();
    const id = state.secretId('p', 'DATA_KEY');
    await keeper.fetch(['web']);
    await state.setSecretId('p', 'DATA_KEY');
    await state.setSecretId('global', 'OPTIONAL');
    expect(keeper.idOf('DATA_KEY')).toBe(id);
    // it has no line in the bundle, so it has no id in the label
    expect(keeper.idOf('OPTIONAL')).toBeUndefined();
  });
});

describe('what must not be seen in texts', () => {
  it('is everything that the store has, whatever is missing, and reaches no container', async () => {
    await state.setSecretId('p', 'DB_PASSWORD');
    store.entries.set('p/DATA_KEY', 'key of the data');
    store.entries.set('global/OPTIONAL', 'key of a provider');
    await keeper.fetchToRedact();
    expect(keeper.values()).toEqual(['key of the data', 'key of a provider']);
    expect(keeper.bundles()['WEB_BUNDLE']).toBe('');
  });
});

describe('generating', () => {
  it('writes to the store, notes the id, and has the value', async () => {
    await keeper.generate(['DB_PASSWORD', 'DATA_KEY']);
    const value = store.entries.get('p/DB_PASSWORD');
    expect(value).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(store.entries.get('p/DATA_KEY')).not.toBe(value);
    expect(state.secretId('p', 'DB_PASSWORD')).toBeDefined();
    expect(keeper.bundles()['DB_BUNDLE']).toBe(value);
    expect(keeper.values()).toContain(value);
  });

  it('never replaces what is there', async () => {
    store.entries.set('p/DATA_KEY', 'of another engine’s data');
    await keeper.generate(['DATA_KEY']);
    expect(store.entries.get('p/DATA_KEY')).toBe('of another engine’s data');
  });

  it('notes nothing of what could not be written', async () => {
    store.locked = true;
    expect(await outcome(keeper.generate(['DB_PASSWORD']))).toBe('secrets.locked');
    expect(state.secretId('p', 'DB_PASSWORD')).toBeUndefined();
  });

  it('goes on with what a killed run wrote before it noted the id', async () => {
    store.killAfterSet = true;
    await keeper.generate(['DB_PASSWORD']).catch(() => undefined);
    store.killAfterSet = false;
    const written = store.entries.get('p/DB_PASSWORD');
    await settleOthers();
    const next = new SecretKeeper(BLOCK, 'p', store.open, state);
    await next.settle(new Map());
    await next.fetch(['db']);
    expect(next.bundles()['DB_BUNDLE']).toBe(written);
  });
});

describe('an up with secrets', () => {
  const yaml = `
name: p
services:
  db: { image: "data:1", volumes: ["data:/data"], secrets: [db] }
  web: { image: "app:1", secrets: [web], depends_on: [db] }
volumes: { data: {} }
secrets: { db: { environment: DB_BUNDLE }, web: { environment: WEB_BUNDLE } }
`;
  const start = (engine: Parameters<typeof up>[0], services: readonly string[] = []): Promise<unknown> => {
    const own = new SecretKeeper(BLOCK, 'p', store.open, state);
    const desired = known(
      desiredOf(yaml, { secretId: (name) => own.idOf(name), source: { profile: 'x', block: BLOCK } }),
    );
    return up(engine, desired, { options: { services }, input: { keeper: own } });
  };
  const fileIn = (
    engine: ReturnType<typeof makeEngine>,
    container: string,
    path: string,
  ): string | undefined => engine.container(container).files.get(path)?.data.toString();

  beforeEach(async () => {
    store.entries.set('global/NEEDED', 'needed');
    await state.setSecretId('global', 'NEEDED');
  });

  it('makes what belongs to the volume, and puts it into the containers only', async () => {
    const engine = makeEngine();
    await start(engine);
    const password = store.entries.get('p/DB_PASSWORD')!;
    expect(fileIn(engine, 'p-db-1', '/run/secrets/db')).toBe(password);
    expect(fileIn(engine, 'p-web-1', '/run/secrets/web')).toContain(`DB_PASSWORD=${password}\n`);
    const rest = JSON.stringify(engine.calls.filter((c) => c.name !== 'containers.putArchive'));
    for (const value of store.entries.values()) expect(rest).not.toContain(value);
  });

  it('killed at any moment ends with one password in store, database and server', async () => {
    for (let at = 0; at < 9; at += 1) {
      for (const name of ['DB_PASSWORD', 'DATA_KEY']) {
        store.entries.delete(`p/${name}`);
        await state.unsetSecretId('p', name);
      }
      const engine = makeEngine();
      await start(killedAfter(engine, at)).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const made = engine.world.volumes.has('p_data') ? store.entries.get('p/DB_PASSWORD') : undefined;
      await start(engine);
      const password = store.entries.get('p/DB_PASSWORD')!;
      if (made !== undefined) expect(password).toBe(made);
      expect(fileIn(engine, 'p-db-1', '/run/secrets/db')).toBe(password);
      expect(fileIn(engine, 'p-web-1', '/run/secrets/web')).toContain(`DB_PASSWORD=${password}\n`);
    }
  });

  it('changes nothing with the store locked, and recreates who takes a changed secret', async () => {
    const engine = makeEngine();
    await start(engine);
    store.locked = true;
    const ids = (): string[] => [...engine.world.containers.keys()];
    const before = ids();
    await start(engine);
    engine.stopOutside('p-db-1');
    await start(engine);
    expect(ids()).toEqual(before);
    expect(engine.container('p-db-1').status).toBe('running');

    store.locked = false;
    store.entries.set('p/DATA_KEY', 'another');
    await state.setSecretId('p', 'DATA_KEY');
    const db = engine.container('p-db-1').id;
    await start(engine);
    expect(engine.container('p-db-1').id).toBe(db);
    expect(ids()).not.toEqual(before);
    expect(fileIn(engine, 'p-web-1', '/run/secrets/web')).toContain('DATA_KEY=another\n');
  });

  it('says no secret when a step fails that needed none', async () => {
    const hooked = yaml.replace('secrets: [db] }', 'secrets: [db], post_start: [{ command: [check] }] }');
    const again = known(
      desiredOf(hooked, { secretId: (name) => keeper.idOf(name), source: { profile: 'x', block: BLOCK } }),
    );
    const engine = makeEngine();
    await up(engine, again, { input: { keeper, block: BLOCK } });
    const password = store.entries.get('p/DB_PASSWORD')!;
    engine.stopOutside('p-db-1');
    engine.onExec = () => ({ exitCode: 1, stdout: `bad ${password}`, stderr: '' });
    const next = new SecretKeeper(BLOCK, 'p', store.open, state);
    const failed = await up(engine, again, { input: { keeper: next, block: BLOCK } }).catch(
      (e: unknown) => e,
    );
    expect((failed as Failure).errors).toEqual([
      {
        code: 'stack.hook-failed',
        data: { service: 'db', hook: 'post_start[0]', exitCode: 1, output: 'bad •••' },
      },
    ]);
    expect((failed as Failure).message).not.toContain(password);
  });

  it('changes nothing when a value that it needs is gone', async () => {
    const engine = makeEngine();
    await start(engine);
    store.entries.delete('p/DATA_KEY');
    await state.setSecretId('p', 'DATA_KEY');
    const before = engine.calls.length;
    expect(await outcome(start(engine))).toBe('stack.secret-missing DATA_KEY');
    const after = engine.calls.slice(before).map((c) => c.name);
    expect(after.filter((n) => !/list|inspect|diskUsage/.test(n))).toEqual([]);
  });
});

describe('another store than the one into which a secret was put', () => {
  const volumes = new Map([['data', 'p_data']]);
  beforeEach(async () => {
    for (const [scope, name] of [
      ['p', 'DB_PASSWORD'],
      ['p', 'DATA_KEY'],
      ['global', 'NEEDED'],
    ] as const)
      await state.setSecretId(scope, name, { store: 'keychain' });
  });

  it('is named where a value is missing that the other one has', async () => {
    await keeper.settle(volumes);
    expect(keeper.elsewhere('NEEDED', 'file')).toBe('keychain');
    expect(keeper.elsewhere('NEEDED', 'keychain')).toBeUndefined();
    expect(listSecrets(BLOCK, keeper, 'file').find((s) => s.name === 'NEEDED')).toMatchObject({
      set: false,
      elsewhere: 'keychain',
    });
    const error = await keeper.fetch(['db', 'web']).catch((e: unknown) => e);
    expect(error).toMatchObject({ errors: [{ code: 'stack.secret-missing', data: { keptIn: 'keychain' } }] });
    expect(say((error as Failure).errors[0]!).next).toContain(
      'letta-stack settings set secretStore keychain',
    );
  });

  it('has a value of its own, with an id of its own', async () => {
    const id = state.secretId('global', 'NEEDED');
    store.entries.set('global/NEEDED', 'older');
    await keeper.settle(volumes, { readOnly: true });
    expect(state.secretId('global', 'NEEDED')).toBe(id);
    await keeper.settle(volumes);
    expect([state.secretKeptIn('global', 'NEEDED'), state.secretKeptIn('p', 'DATA_KEY')]).toEqual([
      'file',
      'keychain',
    ]);
    expect(state.secretId('global', 'NEEDED')).not.toBe(id);
    expect(keeper.idOf('NEEDED')).toBe(state.secretId('global', 'NEEDED'));
  });
});
