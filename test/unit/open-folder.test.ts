// Folders are opened, and nothing that the system would start.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openFolder } from '../../main/shell/open-folder.ts';

const { shell } = vi.hoisted(() => ({
  shell: { openPath: vi.fn<(path: string) => Promise<string>>(), showItemInFolder: vi.fn() },
}));
vi.mock('electron', () => ({ shell }));

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'letta-open-'));
  shell.openPath.mockReset().mockResolvedValue('');
  shell.showItemInFolder.mockReset();
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(home, { recursive: true });
});

const on = (platform: NodeJS.Platform): void => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
};

it('opens a folder, and says what the system says', async () => {
  await openFolder(home);
  expect(shell.openPath.mock.calls).toEqual([[home]]);
  shell.openPath.mockResolvedValue('no program for it');
  await expect(openFolder(home)).rejects.toThrow('no program for it');
});

it.each(['program.sh', 'nowhere'])('does not open %s', async (name) => {
  writeFileSync(path.join(home, 'program.sh'), '#!/bin/sh\n', { mode: 0o755 });
  await expect(openFolder(path.join(home, name))).rejects.toThrow(`${name} is no folder`);
  expect(shell.openPath).not.toHaveBeenCalled();
});

it('shows a bundle of macOS and does not start it', async () => {
  const bundle = path.join(home, 'Letta.app');
  mkdirSync(bundle);
  on('darwin');
  await openFolder(`${bundle}/`);
  expect([shell.openPath.mock.calls, shell.showItemInFolder.mock.calls]).toEqual([[], [[`${bundle}/`]]]);
  on('linux');
  await openFolder(bundle);
  expect(shell.openPath.mock.calls).toEqual([[bundle]]);
});
