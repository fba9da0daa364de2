import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasCode, say, saidOf, type Failure } from '../../main/errors.ts';
import { folders, openFolders } from '../../main/system/paths.ts';
import { confStore } from '../../main/system/settings-conf.ts';
import { type Migration, understand } from '../../main/system/settings-schema.ts';
import { openSettings } from '../../main/system/settings.ts';
import { openState } from '../../main/system/state.ts';
import type { Folders, Settings } from '../../main/system/types.ts';

let home: string;
let here: Folders;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'settings-'));
  here = openFolders(
    folders({ env: { LETTA_STACK_HOME: home }, home, platform: 'linux', uid: 0, isFolder: () => false }),
  );
  file = join(here.config, 'settings.json');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
const open = () => openSettings(confStore(here.config), here, openState(here));
const failed = (work: Promise<unknown>): Promise<unknown> => work.catch((e: unknown) => e);

describe('settings', () => {
  it('are the defaults when there is no file, and reading makes none', async () => {
    expect(await open().read()).toEqual({ settings: { version: 1, stacks: {} } });
    expect(readdirSync(here.config)).toEqual([]);
  });

  it('are written for this user only, and read by another', async () => {
    await open().update((s) => ({
      ...s,
      mirror: 'mirror.local:5000',
      stacks: { 'my.stack': { profile: 'production', variables: { 'A.B': '1' } } },
    }));
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect((await open().read()).settings).toEqual({
      version: 1,
      mirror: 'mirror.local:5000',
      stacks: { 'my.stack': { profile: 'production', variables: { 'A.B': '1' } } },
    });
  });

  it('lose no change of 20 writers at once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        open().update((s) => ({ ...s, stacks: { ...s.stacks, [`p${i}`]: { variables: {} } } })),
      ),
    );
    expect(Object.keys((await open().read()).settings.stacks)).toHaveLength(20);
  });

  it('keep keys they do not know', async () => {
    writeFileSync(file, '\uFEFF{"version":1,"note":"mine","stacks":{}}');
    await open().update((s) => ({ ...s, engine: 'lab' }));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      version: 1,
      note: 'mine',
      engine: 'lab',
      stacks: {},
    });
  });

  it('are seen by the other side when they change', async () => {
    const other = open();
    let told = 0;
    const stop = other.watch(() => told++);
    await open().update((s) => ({ ...s, current: 'p' }));
    await expect.poll(() => told).toBeGreaterThan(0);
    expect((await other.read()).settings.current).toBe('p');
    stop();
    const before = told;
    await open().update((s) => ({ ...s, current: 'q' }));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(told).toBe(before);
  });

  it('have a history of 20 with differences', async () => {
    for (let i = 0; i < 22; i++) await open().update((s) => ({ ...s, engine: `e${i}` }));
    const history = openState(here).history();
    expect(history).toHaveLength(20);
    expect(history[0]).toMatchObject({ kind: 'settings' });
    expect(history[0]?.diff).toContain('-  "engine": "e20",\n+  "engine": "e21",');
  });

  it('refuse a change that the schema does not know, and keep the file', async () => {
    const settings = open();
    await settings.update((s) => ({ ...s, engine: 'lab' }));
    const wrong = { profile: 'production', files: ['/a'], variables: {} };
    const e = await failed(settings.update((s) => ({ ...s, stacks: { p: wrong } })));
    expect(e).toMatchObject({
      errors: [{ code: 'settings.invalid', data: { reason: 'stacks.p: has both a profile and files' } }],
    });
    expect((await settings.read()).settings).toEqual({ version: 1, engine: 'lab', stacks: {} });
  });
});

describe('a settings file that cannot be understood', () => {
  it.each([
    ['cut', '{"version":1,\n"sta', /^line 2: /],
    ['empty', '', /^line 1: .*JSON/],
    ['a list', '[1]', /expected object/],
    [
      'of a wrong type',
      '{"version":1,"stacks":{"p":{"variables":{"PORT":1}}}}',
      /^line 1: stacks\.p\.variables\.PORT: /,
    ],
    ['of a version that is none', '{"version":"x"}', /version/],
  ])('%s: is said and stays where it is, until it is put aside', async (_, text, reason) => {
    writeFileSync(file, text);
    for (const { settings, warning } of [await open().read(), await open().read()]) {
      expect(settings).toEqual({ version: 1, stacks: {} });
      expect(warning?.code).toBe('settings.broken');
      expect(warning?.data['reason']).toMatch(reason);
    }
    expect(readFileSync(file, 'utf8')).toBe(text);
    const aside = await open().keepAside();
    expect(aside).toMatch(/settings\.json\.broken-\d{4}-\d\d-\d\dT[\d-]+\.\d+Z$/);
    expect(readFileSync(String(aside), 'utf8')).toBe(text);
    expect(await open().read()).toEqual({ settings: { version: 1, stacks: {} } });
    expect(await open().keepAside()).toBeUndefined();
  });

  it('is not changed by who does not ask for it: not its content, and nothing beside it', async () => {
    const settings = open();
    await settings.update((s) => ({ ...s, engine: 'lab' }));
    writeFileSync(file, '{"engine":');
    let isAsked = false;
    const change = (s: Settings): Settings => ((isAsked = true), { ...s, mirror: 'm' });
    expect(await failed(settings.update(change))).toMatchObject({
      errors: [{ code: 'settings.refused', data: { file, reason: expect.stringMatching(/^line 1: /) } }],
    });
    expect(isAsked).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('{"engine":');
    expect(readdirSync(here.config)).toEqual(['settings.json']);
  });

  it('says of a change that the settings were not changed, not that nothing was', async () => {
    writeFileSync(file, '');
    const e = await failed(open().update((s) => s));
    const [said] = saidOf((e as Failure).errors);
    expect(said?.message).toMatch(/^The settings in \S+ were not changed: they cannot be read \(line 1: /);
    expect(said?.next).toBe(
      `Repair ${file}, or move it away to begin anew with the defaults. Then try it again.`,
    );
  });

  it('is kept aside by a change that begins anew, from the defaults', async () => {
    writeFileSync(file, '{"engine":');
    const { warning } = await open().update((s) => ({ ...s, engine: 'lab' }), { beginAnew: true });
    expect(warning?.code).toBe('settings.replaced');
    const [now, aside] = readdirSync(here.config).toSorted();
    expect([now, aside]).toEqual(['settings.json', expect.stringMatching(/^settings\.json\.broken-/)]);
    expect(readFileSync(join(here.config, String(aside)), 'utf8')).toBe('{"engine":');
    if (warning) expect(say(warning).next).toContain(String(aside));
  });

  it('stays where it is when the change is refused or cannot be written', async () => {
    writeFileSync(file, '{"engine":');
    const full = { ...confStore(here.config), set: () => Promise.reject(new Error('disk full')) };
    const anew = { beginAnew: true };
    const kept = openSettings(full, here, openState(here)).update((s) => s, anew);
    await expect(kept).rejects.toThrow('disk full');
    const wrong: Settings = { version: 1, stacks: { p: { files: [], variables: {} } } };
    const refused = await failed(open().update(() => wrong, anew));
    expect(hasCode(refused, 'settings.invalid')).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('{"engine":');
  });

  it('does not stop a change that only the history could not note', async () => {
    const full = { saveSettingsVersion: () => Promise.reject(new Error('ENOSPC: no space left on device')) };
    const { settings, warning } = await openSettings(confStore(here.config), here, full).update((s) => ({
      ...s,
      engine: 'lab',
    }));
    expect([settings.engine, (await open().read()).settings.engine]).toEqual(['lab', 'lab']);
    expect(warning).toMatchObject({
      code: 'settings.not-noted',
      data: { reason: expect.stringContaining('ENOSPC') },
    });
  });

  it('of a newer version is left alone', async () => {
    const text = '{"version":7,"stacks":[]}';
    writeFileSync(file, text);
    expect(hasCode(await failed(open().read()), 'settings.newer')).toBe(true);
    expect(hasCode(await failed(open().update((s) => s)), 'settings.newer')).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('that is a folder is said', async () => {
    rmSync(file, { force: true });
    openFolders({ ...here, config: file });
    chmodSync(file, 0o700);
    expect(hasCode(await failed(open().read()), 'settings.unreadable')).toBe(true);
  });
});

describe('migrations', () => {
  const steps: Migration[] = [
    ({ host, ...rest }) => ({ ...rest, engine: host }),
    (old) => ({ ...old, engine: `${String(old['engine'])}!` }),
  ];
  it.each([
    ['from the first, which needs no version', { host: 'h' }, 'h!'],
    ['from the second', { version: 2, engine: 'h' }, 'h!'],
    ['none', { version: 3, engine: 'h' }, 'h'],
  ])('%s', (_, raw, engine) => {
    expect(understand(raw, steps)).toEqual({
      kind: 'settings',
      settings: { version: 3, engine, stacks: {} },
    });
  });
  it('leave a newer one alone', () => {
    expect(understand({ version: 4 }, steps)).toEqual({ kind: 'newer', version: 4 });
  });
});
