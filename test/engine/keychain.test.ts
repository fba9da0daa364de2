// The keychain in each of its states, on a real gnome-keyring. Each question is a process of its own, because libdbus
// keeps the first bus that a process speaks to.
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LabHandle, describeLab, freshLab } from '../setup/lab.ts';

const PROCESS = join(import.meta.dirname, 'keychain-process.ts');

type Said = { value: unknown } | { errors: { code: string; data: Record<string, unknown> }[] };
function ask(args: string[], env: Record<string, string | undefined>): Said {
  const child = spawnSync(process.execPath, [PROCESS, ...args], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Said;
}
async function askLater(args: string[], env: Record<string, string>): Promise<Said> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROCESS, ...args], {
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout) as Said;
}
const refused = (code: string) => ({ errors: [{ code, data: { reason: expect.any(String) } }] });

describeLab('a real gnome-keyring', () => {
  // a lab of its own: no test of another file meets its keychain locked
  let lab: LabHandle;
  let env: Record<string, string>;
  beforeAll(async () => {
    lab = await freshLab('keys');
    env = await lab.env();
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('keeps, gives and deletes when it is unlocked', async () => {
    await lab.keychain('unlocked');
    expect(ask(['status'], env)).toEqual({ value: 'ok' });
    expect(ask(['get', 'KEY'], env)).toEqual({ value: null });
    expect(ask(['set', 'KEY', 'välue\nof two lines'], env)).toEqual({ value: null });
    expect(ask(['get', 'KEY'], env)).toEqual({ value: 'välue\nof two lines' });
    expect(ask(['set', 'KEY', 'another'], env)).toEqual({ value: null });
    expect(ask(['get', 'KEY'], env)).toEqual({ value: 'another' });
    expect(ask(['get', 'key'], env)).toEqual({ value: null });
    expect(ask(['delete', 'KEY'], env)).toEqual({ value: true });
    expect(ask(['delete', 'KEY'], env)).toEqual({ value: false });
  });

  it('gives nothing and takes nothing when it is locked, and still has it when it is unlocked again', async () => {
    await lab.keychain('unlocked');
    ask(['set', 'KEPT', 'value'], env);
    await lab.keychain('locked');
    expect(ask(['status'], env)).toEqual({ value: 'locked' });
    expect(ask(['get', 'KEPT'], env)).toEqual(refused('secrets.locked'));
    expect(ask(['set', 'KEPT', 'canary-in-argv-of-a-test'], env)).toEqual(refused('secrets.locked'));
    expect(ask(['delete', 'KEPT'], env)).toEqual(refused('secrets.locked'));
    // what was never there is known even so: nothing is taken for missing because of the lock
    expect(ask(['get', 'NEVER'], env)).toEqual({ value: null });
    await lab.keychain('unlocked');
    expect(ask(['get', 'KEPT'], env)).toEqual({ value: 'value' });
  });

  it('is asked again when its process ends while it is asked', async () => {
    await lab.keychain('unlocked');
    ask(['set', 'KEPT', 'value'], env);
    const pid = Number(readFileSync(`/run/letta-stack-lab/${lab.name}/keyring.pid`, 'utf8'));
    // it has the question and cannot answer any more
    process.kill(pid, 'SIGSTOP');
    const answer = askLater(['get', 'KEPT'], env);
    await sleep(1_000);
    process.kill(pid, 'SIGKILL');
    expect(await answer).toEqual({ value: 'value' });
  });

  it('says that there is no keyring yet', async () => {
    await lab.keychain('empty');
    expect(ask(['status'], env)).toEqual({ value: 'no-keyring' });
    expect(ask(['set', 'KEY', 'value'], env)).toEqual(refused('secrets.no-keyring'));
  });

  it('says that no keychain runs', async () => {
    await lab.keychain('absent');
    expect(ask(['status'], env)).toEqual({ value: 'absent' });
    expect(ask(['get', 'KEY'], env)).toEqual(refused('secrets.no-service'));
  });

  it.each([
    ['the bus is gone', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus' }],
    ['there is none', { DBUS_SESSION_BUS_ADDRESS: undefined, XDG_RUNTIME_DIR: undefined }],
  ])('says that %s', (_, nowhere) => {
    expect(ask(['status'], nowhere)).toEqual({ value: 'no-bus' });
    expect(ask(['get', 'KEY'], nowhere)).toEqual(refused('secrets.no-bus'));
  });
});
