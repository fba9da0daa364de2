import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter, Encrypter } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type ErrorCode, hasCode } from '../../main/errors.ts';
import { openAge, sealAge } from '../../main/system/age.ts';
import { folders, openFolders } from '../../main/system/paths.ts';
import { type PassphraseSource, secretsFile } from '../../main/system/secrets-file.ts';
import { generateSecret, keychainProblem } from '../../main/system/secrets.ts';
import type { Folders } from '../../main/system/types.ts';

let home: string;
let here: Folders;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'secrets-'));
  here = openFolders(
    folders({ env: { LETTA_STACK_HOME: home }, home, platform: 'linux', uid: 0, isFolder: () => false }),
  );
  file = join(here.config, 'secrets.age');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const key = { scope: 'global', name: 'OPENAI_API_KEY' };
const password = { scope: 'letta-production', name: 'POSTGRES_PASSWORD' };
const asked = (passphrase: string, purposes: string[] = []) => ({
  ask: (purpose: 'open' | 'create') => {
    purposes.push(purpose);
    return Promise.resolve(passphrase);
  },
});
const failed = (work: Promise<unknown>): Promise<unknown> => work.catch((e: unknown) => e);

describe('generateSecret', () => {
  it('gives 32 characters of [A-Za-z0-9], each about as often', () => {
    const many = Array.from({ length: 2_000 }, generateSecret);
    for (const one of many) expect(one).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(new Set(many).size).toBe(many.length);
    const counts = new Map<string, number>();
    for (const c of many.join('')) counts.set(c, (counts.get(c) ?? 0) + 1);
    // 64,000 draws of 62 characters: 1,032 each, standard deviation 32; a biased `byte % 62` gives some 25 % more
    expect(counts.size).toBe(62);
    expect(Math.max(...counts.values())).toBeLessThan(1_032 + 6 * 32);
    expect(Math.min(...counts.values())).toBeGreaterThan(1_032 - 6 * 32);
  });
});

/** with little work for scrypt: reading takes what the file says, so the rest is as it always is */
const open = (source: PassphraseSource) => secretsFile(here, source, 8);

describe('the encrypted file', () => {
  it('keeps, gives and deletes, for this user only and never in clear', async () => {
    const purposes: string[] = [];
    const store = open(asked('correct horse', purposes));
    expect(await store.status()).toBe('absent');
    expect(await store.get(key)).toBeUndefined();
    await store.set(key, 'sk-canary-1\nsecond line');
    await store.set(password, 'canary-2');
    expect(await store.get(key)).toBe('sk-canary-1\nsecond line');
    expect(await store.status()).toBe('ok');
    expect(purposes).toEqual(['create']);
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect(readdirSync(here.config)).toEqual(['secrets.age']);
    const raw = readFileSync(file, 'latin1');
    expect(raw).toMatch(/^age-encryption\.org\/v1\n-> scrypt /);
    expect(raw).not.toMatch(/canary|OPENAI/);

    const again: string[] = [];
    const other = open(asked('correct horse', again));
    expect(await other.get(password)).toBe('canary-2');
    expect(again).toEqual(['open']);
    expect(await other.delete(password)).toBe(true);
    expect(await other.delete(password)).toBe(false);
    expect(await store.get(password)).toBeUndefined();
    expect(await store.get(key)).toBeDefined();
    expect(await store.get({ scope: '__proto__', name: 'x' })).toBeUndefined();
  });

  it('loses nothing of two that write at once', async () => {
    const stores = [open(asked('words in a row')), open(asked('words in a row'))];
    await Promise.all(stores.map((store, i) => store.set({ scope: 'global', name: `K${i}` }, `v${i}`)));
    const third = open(asked('words in a row'));
    expect([
      await third.get({ scope: 'global', name: 'K0' }),
      await third.get({ scope: 'global', name: 'K1' }),
    ]).toEqual(['v0', 'v1']);
  });

  it('says that a passphrase is wrong, asks again, and leaves the file alone', async () => {
    await open(asked('the right one')).set(key, 'v');
    const before = readFileSync(file);
    let next = 'wrong';
    const store = open({ ask: () => Promise.resolve(next) });
    expect(hasCode(await failed(store.get(key)), 'secrets.wrong-passphrase')).toBe(true);
    expect(hasCode(await failed(store.set(key, 'w')), 'secrets.wrong-passphrase')).toBe(true);
    expect(await store.status()).toBe('locked');
    expect(readFileSync(file).equals(before)).toBe(true);
    next = 'the right one';
    expect(await store.get(key)).toBe('v');
  });

  it('is never made with a short passphrase, on any way, and one that has a short one is opened', async () => {
    const short = join(home, 'short');
    writeFileSync(short, 'a\n');
    for (const source of [asked('a'), asked('eleven char'), { file: short }]) {
      expect(hasCode(await failed(open(source).set(key, 'v')), 'secrets.short-passphrase')).toBe(true);
      expect(readdirSync(here.config)).toEqual([]);
    }
    let next = 'a';
    const store = open({ ask: () => Promise.resolve(next) });
    expect(hasCode(await failed(store.set(key, 'v')), 'secrets.short-passphrase')).toBe(true);
    next = 'twelve chars';
    await store.set(key, 'v');
    // made before there was a rule
    writeFileSync(file, await sealAge({ 'global/OPENAI_API_KEY': 'old' }, 'a', 8));
    const old = open({ file: short });
    expect(await old.get(key)).toBe('old');
    await old.set(key, 'new');
    expect(await open(asked('a')).get(key)).toBe('new');
    // and is made anew by the same process
    rmSync(file);
    expect(hasCode(await failed(old.set(key, 'v')), 'secrets.short-passphrase')).toBe(true);
    expect(readdirSync(here.config)).toEqual([]);
  });

  it('takes the passphrase from a file first', async () => {
    const passphrase = join(home, 'passphrase');
    writeFileSync(passphrase, 'from the file\r\nrest\n');
    const purposes: string[] = [];
    await open({ file: passphrase, ...asked('no', purposes) }).set(key, 'v');
    expect(purposes).toEqual([]);
    expect(await open(asked('from the file')).get(key)).toBe('v');
  });

  it.each<[string, (file: string) => void, object, ErrorCode]>([
    ['nobody can be asked', () => undefined, {}, 'secrets.no-passphrase'],
    ['the passphrase file is missing', () => undefined, { file: '/nowhere' }, 'secrets.passphrase-file'],
    [
      'the secret file is cut',
      (f) => writeFileSync(f, readFileSync(f).subarray(0, 100)),
      asked('words in a row'),
      'secrets.file-broken',
    ],
    [
      'it is something else',
      (f) => writeFileSync(f, 'not age'),
      asked('words in a row'),
      'secrets.file-broken',
    ],
    [
      'a byte changed',
      (f) => writeFileSync(f, Buffer.concat([readFileSync(f).subarray(0, -1), Buffer.from([0])])),
      asked('words in a row'),
      'secrets.file-broken',
    ],
  ])('says that %s', async (_, harm, source, code) => {
    await open(asked('words in a row')).set(key, 'canary-value');
    harm(file);
    const error = await failed(open(source).get(key));
    expect(hasCode(error, code)).toBe(true);
    expect(String(error)).not.toContain('canary-value');
  });
});

describe('an exported age file', { timeout: 30_000 }, () => {
  it('opens with its passphrase alone, and can be the store', async () => {
    const sealed = await sealAge({ 'global/OPENAI_API_KEY': 'v' }, 'export');
    expect(await openAge(sealed, 'export', 'x.age')).toEqual({ 'global/OPENAI_API_KEY': 'v' });
    expect(hasCode(await failed(openAge(sealed, 'other', 'x.age')), 'secrets.wrong-passphrase')).toBe(true);
    writeFileSync(file, sealed);
    expect(await secretsFile(here, asked('export')).get(key)).toBe('v');
  });

  it('leaves the process free while it is written and opened', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    onTestFinished(() => clearInterval(timer));
    const sealed = await sealAge({}, 'export', 16);
    expect(turns).toBeGreaterThan(10);
    turns = 0;
    await openAge(sealed, 'export', 'x.age');
    expect(turns).toBeGreaterThan(10);
  });

  it('is one that other tools write and open', async () => {
    const [encrypter, decrypter] = [new Encrypter(), new Decrypter()];
    decrypter.addPassphrase('export');
    const opened = await decrypter.decrypt(await sealAge({ a: 'v' }, 'export', 4), 'text');
    expect(JSON.parse(opened)).toEqual({ version: 1, entries: { a: 'v' } });
    encrypter.setPassphrase('export');
    encrypter.setScryptWorkFactor(4);
    expect(await openAge(await encrypter.encrypt(opened), 'export', 'x.age')).toEqual({ a: 'v' });
  });

  it.each<[what: string, from: RegExp, to: string, reason: string]>([
    ['is for another’s key', /scrypt .*/, 'X25519 AAAA', 'it is not encrypted with a passphrase'],
    ['wants more work than age asks for', / 1\n/, ' 21\n', 'scrypt work factor is too high'],
    ['has no salt', /scrypt \S+/, 'scrypt AAAA', 'invalid scrypt stanza'],
  ])('that %s is not tried', async (_, from, to, reason) => {
    const text = Buffer.from(await sealAge({}, 'export', 1)).toString('latin1');
    const error = await failed(openAge(Buffer.from(text.replace(from, to), 'latin1'), 'export', 'x.age'));
    expect(hasCode(error, 'secrets.file-broken')).toBe(true);
    expect(String(error)).toContain(reason);
  });
});

describe('keychainProblem', () => {
  it.each([
    ["Couldn't access platform storage: Secret Service: unlock prompt was dismissed", 'secrets.locked'],
    ["Couldn't access platform storage: Secret Service: no result found", 'secrets.no-keyring'],
    [
      'Platform failure: DBus error: The name org.freedesktop.secrets was not provided by any .service files',
      'secrets.no-service',
    ],
    [
      'Platform failure: DBus error: Failed to connect to socket /run/user/0/bus: No such file or directory',
      'secrets.no-bus',
    ],
    [
      'Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled at compile time, set your DBUS_SESSION_BUS_ADDRESS instead',
      'secrets.no-bus',
    ],
    ['User interaction is not allowed.', 'secrets.locked'],
    ['Cannot find native binding. npm has a bug related to optional dependencies', 'secrets.no-service'],
    ['something else', 'secrets.failed'],
  ])('%s', (message, code) => {
    expect(keychainProblem(message)).toBe(code);
  });
});

describe('the native keychain module', () => {
  it('is not loaded until it is used', () => {
    const script = `
      await import(${JSON.stringify(join(import.meta.dirname, '../../main/system/secrets.ts'))});
      const loaded = process.report.getReport().sharedObjects.filter((x) => x.includes('keyring'));
      process.stdout.write(String(loaded.length));`;
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })).toBe(
      '0',
    );
  });
});
