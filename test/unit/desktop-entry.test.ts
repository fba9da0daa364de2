import { expect, test } from 'vitest';
import { desktopEntry } from '../../main/desktop/desktop-entry.ts';

test.each<[program: string, exec: string, tryExec: string]>([
  ['/opt/Letta Stack/app', '"/opt/Letta Stack/app" --hidden', '/opt/Letta Stack/app'],
  ['/a/50% $HOME "x"', '"/a/50%% \\\\$HOME \\\\"x\\\\"" --hidden', '/a/50% $HOME "x"'],
  ['/a/b\\c', '"/a/b\\\\\\\\c" --hidden', '/a/b\\\\c'],
])('starts %s', (program, exec, tryExec) => {
  const lines = desktopEntry(program).split('\n');
  expect(lines).toContain(`Exec=${exec}`);
  expect(lines).toContain(`TryExec=${tryExec}`);
});
