import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Core } from '../../main/core-types.ts';
import { CALLS } from '../../main/channels.ts';
import { importCalls } from '../../main/desktop/import-calls.ts';
import { keyCalls } from '../../main/desktop/key-calls.ts';
import { KeyImports } from '../../main/desktop/key-imports.ts';
import { Passphrase } from '../../main/desktop/passphrase.ts';
import { vaultCalls } from '../../main/desktop/vault-calls.ts';
import { Failure } from '../../main/errors.ts';
import { stackOfProject } from '../../main/known-stacks.ts';
import { passwordOf } from '../../main/stack/stack-keys.ts';
import { sealAge } from '../../main/system/age.ts';
import type { HostReach } from '../../main/system/host-reach.ts';
import { strengthOf } from '../../renderer/password-strength.ts';
import { coreHome } from './helpers/core.ts';
import { MemoryStore } from './helpers/secrets.ts';

const COMPOSE = join(import.meta.dirname, '../../compose');
const project = 'letta-production';
const OPENAI = 'sk-proj-canary-0123456789';

let store: MemoryStore;
let core: Core;
let calls: ReturnType<typeof keyCalls> & ReturnType<typeof vaultCalls> & ReturnType<typeof importCalls>;
let folder: string;
let opened: string[];
let chosen: string | undefined;
/** Everything that was answered. */
let said: unknown[];

beforeEach(() => {
  const home = coreHome();
  ({ folder } = home);
  for (const id of ['production', 'app-server', 'research', 'shared'])
    cpSync(join(COMPOSE, id), join(home.profiles, id), { recursive: true });
  store = new MemoryStore();
  core = Object.assign(home.core(), { secretStore: store.open });
  opened = [];
  said = [];
  chosen = undefined;
  const passphrase = new Passphrase('secrets.age');
  const made = {
    ...keyCalls({ core, openExternal: (url) => Promise.resolve(void opened.push(url)) }),
    ...vaultCalls({ core, passphrase }),
    ...importCalls({ core, imports: new KeyImports(), chooseToRead: () => Promise.resolve(chosen) }),
  };
  // as they cross to the page
  calls = Object.fromEntries(
    Object.entries(made).map(([name, answer]) => [
      name,
      async (input: never) => {
        const { input: asked, output } = CALLS[name as keyof typeof made];
        asked.parse(input);
        const crossed: unknown = output.parse(await (answer as (given: never) => Promise<unknown>)(input));
        said.push(crossed);
        return crossed;
      },
    ]),
  ) as typeof calls;
});
const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (e: unknown) => (e instanceof Failure ? (e.errors[0]?.code ?? '') : String(e)),
  );
const save = (name: string, value: string, isSure = false): ReturnType<typeof calls.saveKey> =>
  calls.saveKey({ project, name, value, isSure });

describe('keys in the window', () => {
  it('are stored cleaned, listed without their value, and removed', async () => {
    expect(await save('OPENAI_API_KEY', ` "${OPENAI}" `)).toEqual({
      cleaned: ['quotes around it'],
      doubt: null,
      warnings: [],
    });
    expect(store.entries.get('global/OPENAI_API_KEY')).toBe(OPENAI);
    await core.edges.state.noteSecretsUsed(project, [{ scope: 'global', name: 'OPENAI_API_KEY' }]);
    const { providers, others, password } = await calls.keys({ project, asksStore: false });
    const [openai] = providers;
    expect(openai).toMatchObject({ id: 'openai', isReady: true, canTry: true });
    expect(openai?.keys[0]).toMatchObject({
      isSet: true,
      setAt: expect.any(String),
      used: { project, at: expect.any(String) },
      takers: expect.arrayContaining([project, 'letta-research', 'letta-app-server']),
    });
    expect([others.map((s) => s.name), password]).toEqual([
      ['LETTA_DB_PASSWORD', 'LETTA_SERVER_PASSWORD', 'LETTA_ENCRYPTION_KEY'],
      'LETTA_SERVER_PASSWORD',
    ]);
    await calls.removeKey({ project, name: 'OPENAI_API_KEY' });
    const after = (await calls.keys({ project, asksStore: false })).providers[0];
    expect([after?.isReady, after?.keys[0]?.used, store.entries.size]).toEqual([false, undefined, 0]);
    expect(JSON.stringify(said)).not.toContain(OPENAI);
  });

  it('that look like another’s are held back until the user is sure', async () => {
    expect(await save('ANTHROPIC_API_KEY', OPENAI)).toMatchObject({ doubt: 'this looks like an OpenAI key' });
    expect(store.entries.size).toBe(0);
    expect(await save('ANTHROPIC_API_KEY', OPENAI, true)).toMatchObject({ doubt: null });
    expect(store.entries.get('global/ANTHROPIC_API_KEY')).toBe(OPENAI);
  });

  it('may be any where OpenAI’s address is one of the user’s own', async () => {
    const variables = { LETTA_STACK_OPENAI_URL: 'http://10.0.0.1/v1' };
    await core.edges.settings.update((s) => ({
      ...s,
      stacks: { [project]: { profile: 'production', variables } },
    }));
    expect(await save('OPENAI_API_KEY', 'none')).toMatchObject({ doubt: null });
  });

  it('that the state does not know are not said to be unset, and are found in an open store', async () => {
    store.entries.set(`${project}/LETTA_SERVER_PASSWORD`, 'a-canary-of-another-home');
    store.entries.set('global/OPENAI_API_KEY', OPENAI);
    const states = async (asksStore: boolean): Promise<unknown> => {
      const { providers, others } = await calls.keys({ project, asksStore });
      const of = [...others, ...providers.flatMap((p) => p.keys)];
      return ['LETTA_SERVER_PASSWORD', 'OPENAI_API_KEY', 'GROQ_API_KEY'].map((name) => {
        const key = of.find((k) => k.name === name);
        return [key?.isSet, key?.isKnown];
      });
    };
    store.locked = true;
    expect(await states(false)).toEqual([
      [false, false],
      [false, false],
      [false, false],
    ]);
    store.locked = false;
    expect(await states(true)).toEqual([
      [true, true],
      [true, true],
      [false, true],
    ]);
    // and they go with all others
    expect(await calls.keyRemoval({})).toMatchObject({
      keys: [{ name: 'OPENAI_API_KEY' }],
      keeps: [{ name: 'LETTA_SERVER_PASSWORD', project }],
    });
    expect(JSON.stringify(said)).not.toContain('canary');
  });

  it.each<[what: string, work: () => Promise<unknown>, expected: string]>([
    [
      'a password of 15 characters',
      () => save('LETTA_SERVER_PASSWORD', 'a'.repeat(15), true),
      'secrets.short-password',
    ],
    [
      'a password of two lines',
      () => save('LETTA_SERVER_PASSWORD', `${'a'.repeat(16)}\nb`, true),
      'secrets.bad-value',
    ],
    ['a key of 100 kB', () => save('OPENAI_API_KEY', 'x'.repeat(100_000), true), 'secrets.bad-value'],
    ['what the stack does not take', () => save('HF_HOME', 'x'), 'secrets.no-such'],
    [
      'removing what data was made with',
      () => calls.removeKey({ project, name: 'LETTA_ENCRYPTION_KEY' }),
      'secrets.bound',
    ],
    [
      'trying what is not set',
      () => calls.tryProvider({ project, provider: 'openai' }),
      'secrets.provider-unset',
    ],
    ['trying what nobody can', () => calls.tryProvider({ project, provider: 'exa' }), 'secrets.no-call'],
    ['trying what is not taken', () => calls.tryProvider({ project, provider: 'x' }), 'secrets.no-provider'],
  ])('%s is refused', async (_, work, expected) => {
    expect(await code(work())).toBe(expected);
    expect(store.entries.size).toBe(0);
  });

  it.each<[what: string, host: string, reach: HostReach, as: string, words: RegExp]>([
    [
      'where containers ask',
      'host.docker.internal',
      { by: 'gateway', address: '127.0.0.1' },
      'ok',
      /^HTTP 200: Ollama answers$/,
    ],
    [
      'where containers are not',
      'host.docker.internal',
      { by: 'gateway', address: '127.0.0.2' },
      'other',
      /^Containers do not reach Ollama .* 127\.0\.0\.1 of this computer alone\. .*OLLAMA_HOST=127\.0\.0\.2/,
    ],
    ['of the container itself', 'localhost', { by: 'relay' }, 'other', /host\.docker\.internal/],
    ['of the machine of the engine', 'host.docker.internal', { by: 'not' }, 'other', /engine’s machine/],
    [
      'of nobody knows which',
      'host.docker.internal',
      { by: 'unknown' },
      'ok',
      /Ollama answers; whether containers/,
    ],
  ])('a model server at an address %s is tried as containers meet it', async (_, host, reach, as, words) => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/api/tags' ? 200 : 404;
      response.end('{}');
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const variables = { LETTA_STACK_OLLAMA_URL: `http://${host}:${port}/v1` };
    await core.edges.settings.update((s) => ({
      ...s,
      stacks: { [project]: { profile: 'production', variables } },
    }));
    Object.assign(core, { hostReach: () => Promise.resolve(reach) });
    expect(await calls.tryProvider({ project, provider: 'ollama' })).toEqual({
      as,
      words: expect.stringMatching(words),
    });
  });

  it('are had on a page of the provider, and on no other', async () => {
    await calls.openProviderPage({ provider: 'openai' });
    expect(await code(calls.openProviderPage({ provider: 'https://evil.example' }))).toBe(
      'secrets.no-provider',
    );
    expect(opened).toEqual(['https://platform.openai.com/api-keys']);
  });
});

it('a new password is made, stored and not told', async () => {
  // without an engine nobody knows whether there is data; a password is no key of it
  expect(await calls.makePassword({ project })).toEqual([]);
  const made = store.entries.get(`${project}/LETTA_SERVER_PASSWORD`);
  expect(made).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(JSON.stringify(said)).not.toContain(made);
});

describe('removing all keys', () => {
  const set = async (scope: string, name: string): Promise<void> => {
    store.entries.set(`${scope}/${name}`, 'x');
    await core.edges.state.setSecretId(scope, name);
  };
  it('names what goes and who loses it, and takes exactly that for the words', async () => {
    for (const name of ['OPENAI_API_KEY', 'OF_NO_STACK']) await set('global', name);
    for (const name of ['LETTA_DB_PASSWORD', 'LETTA_ENCRYPTION_KEY']) await set(project, name);
    const removal = await calls.keyRemoval({});
    expect(removal.keys.map((k) => [k.name, k.takers.includes(project)])).toEqual([
      ['OPENAI_API_KEY', true],
      ['OF_NO_STACK', false],
    ]);
    expect(removal.keeps).toEqual([
      { name: 'LETTA_DB_PASSWORD', project },
      { name: 'LETTA_ENCRYPTION_KEY', project },
    ]);
    const { agreement } = removal;
    expect(await code(calls.removeKeys({ typed: 'yes', agreement }))).toBe('secrets.removal-changed');
    await set('global', 'GROQ_API_KEY');
    const typed = 'remove all keys';
    expect(await code(calls.removeKeys({ typed, agreement }))).toBe('secrets.removal-changed');
    expect(store.entries.size).toBe(5);
    await calls.removeKeys({ typed, agreement: (await calls.keyRemoval({})).agreement });
    expect([...store.entries.keys()]).toEqual([
      `${project}/LETTA_DB_PASSWORD`,
      `${project}/LETTA_ENCRYPTION_KEY`,
    ]);
    expect((await calls.keyRemoval({})).keys).toEqual([]);
  });
});

describe('importing a file', () => {
  it('tells names and settings, never a key; stores what is chosen; deletes that file alone', async () => {
    chosen = join(folder, '.env');
    writeFileSync(chosen, `OPENAI_API_KEY=${OPENAI}\nOLLAMA_BASE_URL=http://a:1\nLETTA_POOL_SIZE=1\nX=y\n`);
    const found = await calls.chooseImport({ project });
    expect(found).toMatchObject({ file: chosen, others: ['X'], invented: [{ name: 'LETTA_POOL_SIZE' }] });
    const token = found?.token ?? '';
    const names = ['OPENAI_API_KEY', 'OLLAMA_BASE_URL', 'X'];
    expect(await calls.takeImport({ token, names })).toEqual({
      taken: ['OPENAI_API_KEY', 'OLLAMA_BASE_URL'],
      failed: [],
      losses: [],
      mayDelete: true,
      warnings: [],
    });
    expect(store.entries.get('global/OPENAI_API_KEY')).toBe(OPENAI);
    const { settings } = await core.edges.settings.read();
    expect(settings.stacks[project]?.variables).toEqual({ LETTA_STACK_OLLAMA_URL: 'http://a:1' });
    expect(await code(calls.deleteImport({ token: 'another' }))).toBe('secrets.import-gone');
    await calls.deleteImport({ token });
    expect(existsSync(chosen)).toBe(false);
    expect(JSON.stringify(said)).not.toContain(OPENAI);
  });

  it('deletes a file that was stored before', async () => {
    chosen = join(folder, '.env');
    writeFileSync(chosen, `OPENAI_API_KEY=${OPENAI}\n`);
    const first = await calls.chooseImport({ project });
    expect(first).toMatchObject({ secrets: [{ isStored: false }] });
    await calls.takeImport({ token: first?.token ?? '', names: ['OPENAI_API_KEY'] });
    const again = await calls.chooseImport({ project });
    expect(again).toMatchObject({ secrets: [{ isStored: true, problem: 'it is stored already' }] });
    const token = again?.token ?? '';
    expect(await calls.takeImport({ token, names: [] })).toMatchObject({ losses: [], mayDelete: true });
    await calls.deleteImport({ token });
    expect(existsSync(chosen)).toBe(false);
  });

  it('never deletes a file that alone has the whole of a key', async () => {
    chosen = join(folder, '.env');
    writeFileSync(chosen, `OPENAI_API_KEY=${OPENAI}$tail\n`);
    const token = (await calls.chooseImport({ project }))?.token ?? '';
    expect(await calls.takeImport({ token, names: ['OPENAI_API_KEY'] })).toMatchObject({
      taken: ['OPENAI_API_KEY'],
      losses: [{ name: 'OPENAI_API_KEY' }],
      mayDelete: false,
    });
    expect(await code(calls.deleteImport({ token }))).toBe('secrets.import-kept');
    expect(existsSync(chosen)).toBe(true);
    expect(JSON.stringify(said)).not.toContain('tail');
  });

  it('that has an age file’s name and is none says so', async () => {
    chosen = join(folder, 'keys.age');
    for (const content of ['', `OPENAI_API_KEY=${OPENAI}\n`]) {
      writeFileSync(chosen, content);
      expect(await code(calls.chooseImport({ project }))).toBe('secrets.import-unreadable');
    }
  });

  it('of which nothing was chosen is nothing', async () => {
    expect(await calls.chooseImport({ project })).toBeNull();
  });
});

describe('a backup of keys', () => {
  const PASSPHRASE = 'canary of a passphrase';
  const ENTRIES = {
    'global/OPENAI_API_KEY': OPENAI,
    'global/GROQ_API_KEY': 'gsk_canary',
    'letta-production/LETTA_DB_PASSWORD': 'canary-of-the-database',
    'letta-research/LETTA_SERVER_PASSWORD': 'canary-of-another-stack',
    'mine/X': 'canary-of-nobody',
  };
  const choose = async (content: Uint8Array): Promise<string> => {
    chosen = join(folder, 'keys.age');
    writeFileSync(chosen, content);
    const found = await calls.chooseImport({ project });
    // a name of what is in it would be too much
    expect(found).toEqual({ token: expect.any(String), file: chosen });
    return found?.token ?? '';
  };
  const open = async (entries: Readonly<Record<string, string>> = ENTRIES) =>
    calls.openImport({ token: await choose(await sealAge(entries, PASSPHRASE, 1)), passphrase: PASSPHRASE });

  it('names what it has for every stack, and stores what is chosen and not set', async () => {
    store.entries.set('letta-production/LETTA_DB_PASSWORD', 'another');
    await calls.saveKey({ project, name: 'GROQ_API_KEY', value: 'gsk_canary', isSure: true });
    const { token, isBackup, secrets, others } = await open();
    expect([isBackup, others]).toEqual([true, ['mine/X']]);
    expect(Object.fromEntries(secrets.map((s) => [s.name, s.problem]))).toEqual({
      'global/OPENAI_API_KEY': undefined,
      'global/GROQ_API_KEY': 'it is stored already',
      'letta-production/LETTA_DB_PASSWORD': 'another value is set, and stays',
      'letta-research/LETTA_SERVER_PASSWORD': undefined,
    });
    // whatever the page asks for
    expect(await calls.takeImport({ token, names: Object.keys(ENTRIES) })).toEqual({
      taken: ['global/OPENAI_API_KEY', 'letta-research/LETTA_SERVER_PASSWORD'],
      failed: [],
      losses: expect.arrayContaining([
        { name: 'global/GROQ_API_KEY', why: 'it is stored already' },
        { name: 'letta-production/LETTA_DB_PASSWORD', why: 'another value is set, and stays' },
        { name: 'mine/X', why: 'no stack here takes it' },
      ]),
      mayDelete: false,
      warnings: [],
    });
    expect(Object.fromEntries(store.entries)).toEqual({
      'global/OPENAI_API_KEY': OPENAI,
      'global/GROQ_API_KEY': 'gsk_canary',
      'letta-production/LETTA_DB_PASSWORD': 'another',
      'letta-research/LETTA_SERVER_PASSWORD': 'canary-of-another-stack',
    });
    // its values are let go of
    expect(await code(calls.takeImport({ token, names: [] }))).toBe('secrets.import-gone');
    expect(JSON.stringify(said)).not.toMatch(/canary/);
  });

  it('leaves what is set in another store: data may have been made with it', async () => {
    await core.edges.state.setSecretId(project, 'LETTA_DB_PASSWORD', { store: 'keychain' });
    const { token, secrets } = await open();
    const account = 'letta-production/LETTA_DB_PASSWORD';
    const why = 'one is set in another secret store, and stays';
    expect(secrets.find((s) => s.name === account)).toMatchObject({ isSet: true, problem: why });
    const { taken, losses } = await calls.takeImport({ token, names: [account] });
    expect([taken, store.entries.has(account)]).toEqual([[], false]);
    expect(losses).toContainEqual({ name: account, why });
  });

  it('does not forget the file that was chosen while one was stored', async () => {
    const { token } = await open();
    const taking = calls.takeImport({ token, names: ['global/OPENAI_API_KEY'] });
    const next = await choose(await sealAge(ENTRIES, PASSPHRASE, 1));
    await taking;
    expect((await calls.openImport({ token: next, passphrase: PASSPHRASE })).isBackup).toBe(true);
  });

  it('leaves what was not chosen, and what was set since it was shown', async () => {
    const { token } = await open();
    store.entries.set('global/OPENAI_API_KEY', 'set-since');
    const names = ['global/OPENAI_API_KEY', 'global/GROQ_API_KEY'];
    const { taken, losses } = await calls.takeImport({ token, names });
    expect(taken).toEqual(['global/GROQ_API_KEY']);
    expect(losses).toEqual(
      expect.arrayContaining([
        { name: 'global/OPENAI_API_KEY', why: 'another value is set, and stays' },
        { name: 'letta-production/LETTA_DB_PASSWORD', why: 'you left it out' },
      ]),
    );
    expect(store.entries.get('global/OPENAI_API_KEY')).toBe('set-since');
    expect(existsSync(chosen ?? '')).toBe(true);
  });

  it('stays as it is where it does not open, and opens with the next try', async () => {
    const token = await choose(await sealAge(ENTRIES, PASSPHRASE, 1));
    expect(await code(calls.openImport({ token, passphrase: 'wrong' }))).toBe('secrets.wrong-passphrase');
    store.locked = true;
    expect(await code(calls.openImport({ token, passphrase: PASSPHRASE }))).toBe('secrets.locked');
    store.locked = false;
    // nothing is taken or deleted of what is closed
    expect(await code(calls.takeImport({ token, names: Object.keys(ENTRIES) }))).toBe('secrets.import-gone');
    expect(await code(calls.deleteImport({ token }))).toBe('secrets.import-gone');
    const backup = await calls.openImport({ token, passphrase: PASSPHRASE });
    expect(backup.secrets).toHaveLength(4);
    expect(await code(calls.deleteImport({ token: backup.token }))).toBe('secrets.import-gone');
    expect(store.entries.size).toBe(0);
  });

  it('is forgotten with its dialog, opened, half opened or not, and no other is', async () => {
    const sealed = await sealAge(ENTRIES, PASSPHRASE, 1);
    const first = await choose(sealed);
    const opening = code(calls.openImport({ token: first, passphrase: PASSPHRASE }));
    await calls.closeImport({ token: first });
    expect(await opening).toBe('secrets.import-gone');
    const second = await choose(sealed);
    const { token } = await calls.openImport({ token: second, passphrase: PASSPHRASE });
    await calls.closeImport({ token: second });
    expect((await calls.takeImport({ token, names: [] })).taken).toEqual([]);
    const { token: third } = await calls.openImport({ token: await choose(sealed), passphrase: PASSPHRASE });
    await calls.closeImport({ token: third });
    expect(await code(calls.takeImport({ token: third, names: [] }))).toBe('secrets.import-gone');
  });

  it('that holds nothing for a stack here has no key to choose', async () => {
    expect(await open({ 'mine/X': 'canary' })).toMatchObject({ secrets: [], others: ['mine/X'] });
  });

  it.each<[what: string, harm: (sealed: Uint8Array) => Uint8Array]>([
    ['is cut', (sealed) => sealed.subarray(0, 100)],
    ['ends after its first line', (sealed) => sealed.subarray(0, 22)],
    ['has another byte', (sealed) => Buffer.concat([sealed.subarray(0, -1), Buffer.from([0])])],
  ])('that %s cannot be opened, and says so', async (_, harm) => {
    const token = await choose(harm(await sealAge(ENTRIES, PASSPHRASE, 1)));
    expect(await code(calls.openImport({ token, passphrase: PASSPHRASE }))).toBe('secrets.file-broken');
    expect(store.entries.size).toBe(0);
  });

  it('of more bytes than keys can have is not read', async () => {
    chosen = join(folder, 'keys.age');
    writeFileSync(chosen, Buffer.concat([await sealAge(ENTRIES, PASSPHRASE, 1), Buffer.alloc(10_000_000)]));
    expect(await code(calls.chooseImport({ project }))).toBe('secrets.import-unreadable');
  });

  it('is not opened any more once another file was chosen', async () => {
    const token = await choose(await sealAge(ENTRIES, PASSPHRASE, 1));
    const opening = code(calls.openImport({ token, passphrase: PASSPHRASE }));
    await choose(await sealAge({}, PASSPHRASE, 1));
    expect(await opening).toBe('secrets.import-gone');
  });
});

it.each<[password: string, word: string]>([
  ['short', 'Too short'],
  ['aaaaaaaaaaaaaaaa', 'Weak'],
  ['1234567890123456', 'Weak'],
  ['abababababababab', 'Weak'],
  ['passwordpassword', 'Weak'],
  ['Passw0rdPassw0rd', 'Weak'],
  ['letta-production', 'Weak'],
  ['Letta-Server-2026', 'Weak'],
  ['ab7x-ab7x-ab7x-ab7x', 'Weak'],
  ['horsebatterystaple', 'Fair'],
  ['Qx7vLr2nWk9bTz4mHc5d', 'Strong'],
  ['Qx7vLr2nWk9bTz4mHc5d._~+/=-', 'Strong'],
  ['correct horse battery staple', 'Cannot be saved'],
  ['Qx7vLr2nWk9bTz4mHc5d!', 'Cannot be saved'],
])('the password %s is %s', (password, word) => {
  expect(strengthOf(password).word).toBe(word);
});

it.each(['letta-production', 'letta-app-server', 'letta-research'])(
  'what %s refuses for a password is said while it is typed',
  async (id) => {
    const { block } = await stackOfProject(core, id);
    const { pattern } = block!.secrets.find((s) => s.name === passwordOf(block!))!;
    const signs = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCodePoint(0x20 + i));
    for (const typed of [...signs.map((s) => s.repeat(20)), 'ä'.repeat(20), 'a'.repeat(256), 'a'.repeat(257)])
      expect(strengthOf(typed).word !== 'Cannot be saved', typed).toBe(
        new RegExp(`^(?:${pattern})$`, 'u').test(typed),
      );
  },
);
