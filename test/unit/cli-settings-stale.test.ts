// `settings` on a real core, where what is stored and what the files declare have come apart.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { main } from '../../main/cli.ts';
import type { Settings } from '../../main/system/types.ts';
import { fakeTerminal } from './cli-double.ts';
import { coreHome, type CoreHome } from './helpers/core.ts';

let home: CoreHome;
beforeEach(() => {
  home = coreHome();
  mkdirSync(join(home.profiles, 'p'));
});

const profile = (title: string): void =>
  writeFileSync(
    join(home.profiles, 'p', 'compose.yaml'),
    `name: p\nservices: { web: { image: "app:1" } }\nx-letta-stack:\n  { title: ${title}, summary: S, version: "1",` +
      ` settings: [{ name: port, label: P, variable: PORT, type: port, default: "80" }] }\n`,
  );
const store = (stacks: Settings['stacks']): Promise<unknown> =>
  home.core().edges.settings.update((s) => ({ ...s, stacks }));
const stored = async (): Promise<Settings['stacks']> =>
  (await home.core().edges.settings.read()).settings.stacks;

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const at = fakeTerminal();
  const code = await main(argv, {
    terminal: at.terminal,
    profileIds: () => ['p'],
    openCore: () => Promise.resolve(home.core()),
  });
  return { code, stdout: at.stdout.text, stderr: at.stderr.text };
}

test('what the profile declares no more, or not so, is listed, shown and taken back', async () => {
  profile('T');
  await store({ p: { profile: 'p', variables: { GONE: 'kept', PORT: '0' } } });
  expect(await run('settings', 'p')).toMatchObject({ code: 0, stdout: expect.stringContaining('GONE') });
  expect(await run('settings', 'get', 'p', 'GONE')).toMatchObject({ code: 0, stdout: 'kept\n' });
  expect((await run('settings', 'set', 'p', 'GONE', 'x')).code).toBe(2);
  expect((await run('settings', 'unset', 'p', 'GONE')).code).toBe(0);
  expect((await run('settings', 'unset', 'p', 'port')).code).toBe(0);
  expect(await stored()).toEqual({ p: { profile: 'p', variables: {} } });
  expect((await run('settings', 'unset', 'p', 'NEVER')).code).toBe(2);
});

test('it is taken back although the block has a mistake', async () => {
  profile('7');
  await store({ p: { profile: 'p', variables: { PORT: '0' } } });
  expect((await run('settings', 'unset', 'p', 'PORT')).code).toBe(0);
  expect(await stored()).toEqual({ p: { profile: 'p', variables: {} } });
});

test('a variable that a file of one’s own cannot be without can be set', async () => {
  const file = join(home.folder, 'compose.yaml');
  writeFileSync(
    file,
    'name: own\nservices: { web: { image: "app:${TAG:?}", environment: { P: "${PASS:?}" } } }\n',
  );
  expect(await run('settings', 'set', '-f', file, 'PASS', 'x')).toMatchObject({ code: 0, stderr: '' });
  expect(await run('settings', 'set', '-f', file, 'TAG', '1')).toMatchObject({ code: 0, stderr: '' });
  expect(await stored()).toEqual({ own: { files: [file], variables: { PASS: 'x', TAG: '1' } } });
  expect((await run('config', '-f', file)).stdout).toContain('app:1');
  expect((await run('settings', 'set', '-f', file, 'OTHER', 'x')).code).toBe(2);
});

test('settings that are broken are kept aside by `set`, which says where and begins anew', async () => {
  writeFileSync(home.settingsFile, '{"engine":');
  expect(await run('settings', 'set', 'mirror', 'mirror.local:5000')).toMatchObject({ code: 0 });
  expect((await home.core().edges.settings.read()).settings).toEqual({
    version: 1,
    mirror: 'mirror.local:5000',
    stacks: {},
  });
  const replaced = home.warnings.find(({ code }) => code === 'settings.replaced');
  expect(readFileSync(String(replaced?.data['aside']), 'utf8')).toBe('{"engine":');
});
