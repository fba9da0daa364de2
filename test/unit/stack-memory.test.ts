// What a running operation writes into settings that break while it runs.
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { errorsOf, say } from '../../main/errors.ts';
import { stackMemory } from '../../main/stack-memory.ts';
import type { StackSource } from '../../main/stack/source.ts';
import { leftInPlace, requireSound, soundGate } from '../../main/system/settings-watch.ts';
import type { OpenSettings } from '../../main/system/types.ts';
import { coreHome, type CoreHome } from './helpers/core.ts';
import { memoryFiles } from './memory-files.ts';

const BROKEN = '{ "stacks": ';
const source: StackSource = {
  profile: 'p',
  directory: '/p',
  files: ['/p/compose.yaml'],
  envFiles: [],
  composeProfiles: [],
  variables: {},
  chosen: {},
  source: memoryFiles({}),
};

let home: CoreHome;
let settings: OpenSettings;
let memory: ReturnType<typeof stackMemory>;
beforeEach(async () => {
  home = coreHome();
  const { edges } = home.core();
  ({ settings } = edges);
  memory = stackMemory(edges);
  await settings.update((s) => ({
    ...s,
    current: 'q',
    stacks: { q: { profile: 'q', variables: { A: '1' } } },
  }));
});
const content = (): string => readFileSync(home.settingsFile, 'utf8');
const codesOf = (work: Promise<unknown>): Promise<readonly string[]> =>
  work.then(
    () => [],
    (e: unknown) => errorsOf(e).map(({ code }) => code),
  );

describe('remembering a stack', () => {
  it('that is up makes it the current one, beside the others', async () => {
    await memory.remember('p', source, 'begun');
    expect((await settings.read()).settings.current).toBe('q');
    await memory.remember('p', source, 'well');
    expect((await settings.read()).settings).toMatchObject({
      current: 'p',
      stacks: { p: { profile: 'p', variables: {} }, q: { profile: 'q', variables: { A: '1' } } },
    });
    expect(home.warnings).toEqual([]);
  });

  it('of the user’s own files keeps how they were read, where that is not as it comes', async () => {
    const { profile: _profile, ...own } = source;
    const files = ['/p/compose.yaml'];
    await memory.remember('mine', { ...own, files, directory: '/p' }, 'begun');
    expect((await settings.read()).settings.stacks['mine']).toEqual({ files, variables: {} });
    const read = { directory: '/q', envFiles: ['/x/prod.env'], composeProfiles: ['gpu'] };
    await memory.remember('mine', { ...own, files, ...read }, 'well');
    expect((await settings.read()).settings.stacks['mine']).toEqual({ files, ...read, variables: {} });
  });

  it('that went well is a warning where the settings broke meanwhile, and leaves them as they are', async () => {
    await memory.remember('p', source, 'begun');
    writeFileSync(home.settingsFile, BROKEN);
    await memory.remember('p', source, 'well');
    const told = home.warnings.find(({ code }) => code === 'stack.not-remembered');
    expect(told && say(told).message).toMatch(
      /^p is up, and the settings could not .*: The settings in .*settings\.json were not changed: .*\(line 1: /,
    );
    expect(content()).toBe(BROKEN);
    expect(await memory.isKnown('q')).toBe(true);
  });

  it('that is only begun stops there: nothing was changed yet', async () => {
    writeFileSync(home.settingsFile, BROKEN);
    expect(await codesOf(memory.remember('p', source, 'begun'))).toEqual(['settings.refused']);
    expect(content()).toBe(BROKEN);
  });
});

describe('forgetting a stack', () => {
  it('takes it and nothing else', async () => {
    await memory.remember('p', source, 'well');
    await memory.forget('p');
    const { current, stacks } = (await settings.read()).settings;
    expect([current, Object.keys(stacks)]).toEqual([undefined, ['q']]);
  });

  it('fails where the settings broke meanwhile, and goes on once they are repaired', async () => {
    const sound = content();
    writeFileSync(home.settingsFile, BROKEN);
    expect(await codesOf(memory.forget('q'))).toEqual(['settings.refused']);
    expect(content()).toBe(BROKEN);
    writeFileSync(home.settingsFile, sound);
    expect(await memory.isKnown('q')).toBe(true);
    await memory.forget('q');
    expect(await memory.isKnown('q')).toBe(false);
  });
});

describe('what is asked for before a change', () => {
  it('puts aside what was broken at first, and leaves what breaks later in its place', async () => {
    const gate = soundGate(settings, undefined);
    await gate();
    writeFileSync(home.settingsFile, BROKEN);
    expect(await codesOf(gate())).toEqual(['settings.refused']);
    expect(content()).toBe(BROKEN);
    expect(await codesOf(requireSound(leftInPlace(settings), undefined))).toEqual(['settings.refused']);
    expect(content()).toBe(BROKEN);
    expect(await codesOf(soundGate(settings, undefined)())).toEqual(['settings.refused']);
    expect(content).toThrow('ENOENT');
  });
});
