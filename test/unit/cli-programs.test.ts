import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FakeCore, fakeTerminal, runCli, runningState } from './cli-double.ts';

test('compose works where the command was given, with the stack’s files and variables', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'letta-stack-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const docker = '#!/bin/sh\n{ pwd -P; echo "$VARIABLE"; echo "$@"; } > "$SAID"\nexit 7\n';
  writeFileSync(join(folder, 'docker'), docker, { mode: 0o755 });
  const said = join(folder, 'said');
  const fake = new FakeCore({
    composeCall: () => Promise.resolve({ args: ['compose', '--file', '/p/c.yaml'], env: { VARIABLE: 'x' } }),
  });
  const at = fakeTerminal();
  const env = { PATH: `${folder}:${process.env['PATH']}`, SAID: said };
  const terminal = { ...at.terminal, cwd: folder, env };
  const { code } = await runCli(['compose', '--', 'cp', 'db:/x', './x'], fake, { ...at, terminal });
  expect(code).toBe(7);
  expect(readFileSync(said, 'utf8')).toBe(
    `${realpathSync(folder)}\nx\ncompose --file /p/c.yaml cp db:/x ./x\n`,
  );
});

test.each<[what: string, script: string, code: number, said: string]>([
  ['opens', 'exit 0', 0, ''],
  ['goes on running', 'exec sleep 3', 0, ''],
  ['finds no browser', 'exit 3', 1, 'No browser could be opened: xdg-open ended with exit code 3'],
])('open --browser, with an opener that %s', async (_what, script, code, said) => {
  const folder = mkdtempSync(join(tmpdir(), 'letta-stack-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const at = fakeTerminal();
  const terminal = { ...at.terminal, env: { PATH: `${folder}:${process.env['PATH']}` } };
  const ended = await runCli(['open', '--browser'], new FakeCore(), { ...at, terminal });
  expect(ended).toMatchObject({ code, stdout: 'http://127.0.0.1:8283/v1/\n' });
  expect(ended.stderr).toContain(said);
});

test('open --browser where there is no opener', async () => {
  const at = fakeTerminal();
  const terminal = { ...at.terminal, env: { PATH: '/nowhere' } };
  const ended = await runCli(['open', '--browser'], new FakeCore(), { ...at, terminal });
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('No browser could be opened') });
});

test('open --browser of an address that only the engine’s machine can reach', async () => {
  const url = {
    label: 'API',
    url: 'http://127.0.0.1:8283/',
    on: 'there',
    tunnel: 'ssh -L 8283:127.0.0.1:8283 there',
  };
  const fake = new FakeCore({ status: () => Promise.resolve({ ...runningState, urls: [url] }) });
  const ended = await runCli(['open', '--browser'], fake);
  expect(ended).toMatchObject({ code: 1, stdout: 'http://127.0.0.1:8283/\n' });
  expect(ended.stderr).toContain('http://127.0.0.1:8283/ is an address of there, not of this machine.');
  expect(ended.stderr).toContain('Make it reachable here first: ssh -L 8283:127.0.0.1:8283 there');
});

test('open --browser of an address that is not for a browser', async () => {
  const url = { label: 'Secrets', url: 'file:///etc/passwd' };
  const fake = new FakeCore({ status: () => Promise.resolve({ ...runningState, urls: [url] }) });
  const ended = await runCli(['open', '--browser'], fake);
  expect(ended).toMatchObject({ code: 1, stdout: 'file:///etc/passwd\n' });
  expect(ended.stderr).toContain('file:///etc/passwd was not opened');
});
