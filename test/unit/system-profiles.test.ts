import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CoreEdges } from '../../main/core-types.ts';
import { createCore } from '../../main/core.ts';
import { profileIds } from '../../main/system/profiles.ts';

test('a profile is a folder with a compose.yaml, for the core as for the command line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'profiles-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const id of ['b', 'a', 'draft']) mkdirSync(join(folder, id));
  for (const id of ['b', 'a']) writeFileSync(join(folder, id, 'compose.yaml'), 'services: {}\n');
  writeFileSync(join(folder, 'README.md'), '');
  expect(profileIds(folder)).toEqual(['a', 'b']);

  const settings = { read: () => Promise.resolve({ settings: { version: 1, stacks: {} } }) };
  const edges = { settings, profilesFolder: folder, env: {} } as unknown as CoreEdges;
  await expect(createCore(edges).stack({ profile: 'draft', directory: folder })).rejects.toMatchObject({
    errors: [{ code: 'stack.no-such-profile', data: { id: 'draft', known: ['a', 'b'] } }],
  });
});
