import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { saidOf, type Failure } from '../../main/errors.ts';
import type { OperationIo, Stack } from '../../main/stack/stack-types.ts';
import { leftInPlace, requireSound } from '../../main/system/settings-watch.ts';
import { coreHome, type CoreHome } from './helpers/core.ts';

const BROKEN = '{\n  "version": 1,\n  "engine": "ssh://server",\n}\n';
const io: OperationIo = { signal: new AbortController().signal, confirm: () => Promise.resolve(true) };

let home: CoreHome;
beforeEach(() => {
  home = coreHome();
  mkdirSync(join(home.profiles, 'p'));
  const web = 'services: { web: { image: "app:1" } }';
  const block =
    'x-letta-stack: { title: T, summary: S, version: "1", secrets: [{ name: KEY, label: K, scope: global }] }';
  writeFileSync(join(home.profiles, 'p', 'compose.yaml'), `name: p\n${web}\n${block}\n`);
  writeFileSync(home.settingsFile, BROKEN);
});

const open = (): Promise<Stack> => home.core().stack({ profile: 'p', directory: home.folder });
const failed = async (work: Promise<unknown>): Promise<Failure['errors'][number]> => {
  const error: unknown = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  return (error as Failure).errors[0]!;
};

describe('settings that cannot be read', () => {
  it.each<[what: string, work: (stack: Stack) => Promise<unknown>]>([
    ['up', (stack) => stack.up({}, io)],
    ['start', (stack) => stack.start([], io)],
    ['restart', (stack) => stack.restart([], io)],
    ['a secret', (stack) => stack.setSecret('KEY', 'value')],
    ['the end of a secret', (stack) => stack.unsetSecret('KEY')],
    ['the real CLI', (stack) => stack.composeCall()],
  ])('stop %s once, which says where they are kept; the next goes on', async (_what, work) => {
    const error = await failed(work(await open()));
    expect(error).toMatchObject({
      code: 'settings.refused',
      data: { file: home.settingsFile, reason: expect.stringMatching(/^line 4: /) },
    });
    expect(readFileSync(String(error.data['aside']), 'utf8')).toBe(BROKEN);
    expect(existsSync(home.settingsFile)).toBe(false);
    const next = await work(await open()).then(
      () => undefined,
      (e: unknown) => e as Failure,
    );
    expect(next?.errors?.map((e) => e.code) ?? []).not.toContain('settings.refused');
    expect(home.warnings.map((w) => w.code)).toEqual(['settings.broken']);
  });

  it.each<[what: string, work: (stack: Stack) => Promise<unknown>]>([
    ['stop', (stack) => stack.stop([], io)],
    ['down', (stack) => stack.down({}, io)],
    ['status', (stack) => stack.status()],
  ])('do not stop %s, and stay where they are', async (_what, work) => {
    expect((await failed(work(await open()))).code).toMatch(/^engine\./);
    expect(readFileSync(home.settingsFile, 'utf8')).toBe(BROKEN);
    expect(home.warnings.map((w) => w.code)).toEqual(['settings.broken']);
  });

  it('that were repaired since the stack was opened stop an up all the same: it began with the defaults', async () => {
    const stack = await open();
    writeFileSync(home.settingsFile, '{}');
    const error = await failed(stack.up({}, io));
    expect(error.code).toBe('settings.refused');
    expect(error.data['aside']).toBeUndefined();
    expect(readFileSync(home.settingsFile, 'utf8')).toBe('{}');
  });

  it('give way to what held before, for what runs on, and change nothing by it', async () => {
    writeFileSync(home.settingsFile, '{ "engine": "unix:///before" }');
    const core = home.core();
    await core.edges.settings.read();
    writeFileSync(home.settingsFile, BROKEN);
    const { settings, warning } = await core.edges.settings.read();
    expect(settings.engine).toBe('unix:///before');
    expect(warning?.code).toBe('settings.broken');
    const stack = await core.stack({ profile: 'p', directory: home.folder });
    expect((await failed(stack.up({}, io))).code).toBe('settings.refused');
  });

  it('stay where they are for who never puts them aside, and say that only a repair goes on', async () => {
    const left = leftInPlace(home.core().edges.settings);
    const refused = saidOf([await failed(requireSound(left, undefined))])[0];
    expect(refused?.message).toMatch(/could not be read \(line 4: [^)]+\)$/);
    expect(refused?.next).toMatch(/^Repair \S+settings\.json: it is followed at once\./);
    expect(readFileSync(home.settingsFile, 'utf8')).toBe(BROKEN);
  });

  it('are told again when they break again', async () => {
    const core = home.core();
    const read = async (): Promise<void> => void (await core.edges.settings.read());
    await read();
    await read();
    writeFileSync(home.settingsFile, '{}');
    await read();
    writeFileSync(home.settingsFile, BROKEN);
    await read();
    expect(home.warnings).toHaveLength(2);
  });
});
