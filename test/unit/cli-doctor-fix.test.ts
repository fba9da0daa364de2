import { describe, expect, test } from 'vitest';
import { failure } from '../../main/errors.ts';
import type { Stack } from '../../main/stack/stack-types.ts';
import type { Finding, Remedy } from '../../main/system/doctor-types.ts';
import * as shapes from '../../main/commands/json-shapes.ts';
import { FakeCore, fakeTerminal, runCli, runningState } from './cli-double.ts';

const finding = (id: string, remedy?: Remedy, status: Finding['status'] = 'fail'): Finding => ({
  id,
  title: `Title of ${id}`,
  category: 'stack',
  status,
  detail: `detail of ${id}`,
  fix: 'do it{stack}',
  ...(remedy && { remedy }),
});
const SAFE: Remedy = { do: 'repair', label: 'Make it anew' };
const ROLE: Remedy = { do: 'repair', label: 'Give it', asks: 'The role changes.' };

const core = (findings: readonly Finding[], overrides = {}): FakeCore =>
  Object.assign(new FakeCore(overrides), { findings });
const did = (fake: FakeCore): readonly unknown[] =>
  fake.calls.filter(([name]) => ['repair', 'up'].includes(name)).map((call) => call.slice(0, 2));

describe('doctor --fix', () => {
  test('--yes mends what changes neither data nor a role, and says what it leaves', async () => {
    const fake = core([
      finding('nginx', SAFE),
      finding('db', ROLE),
      finding('logs', { do: 'logs', service: 'db' }),
    ]);
    const { code, stdout, stderr } = await runCli(['doctor', 'production', '--fix', '--yes'], fake);
    expect(did(fake)).toEqual([['repair', 'nginx']]);
    expect(stderr).toContain('Done: Make it anew');
    expect(stderr).toContain('Title of db: not mended, since it changes data or a role');
    expect(stdout).toMatch(/✓ ok +Title of nginx[^]*✗ fail +Title of db[^]*fix: do it production/);
    expect(code).toBe(1);
  });

  test.each([
    ['y\n', [['repair', 'db']], 0],
    ['n\n', [], 1],
    ['', [], 1],
  ])('what changes a role is asked for, whatever --yes says: %j', async (typed, calls, exit) => {
    const fake = core([finding('db', ROLE)]);
    const at = fakeTerminal({ tty: true, stdin: typed });
    const { code, stderr } = await runCli(['doctor', '--fix', '--yes'], fake, at);
    expect(stderr).toContain('Title of db: detail of db\nThe role changes.\nGive it? [y/N]');
    expect([did(fake), code]).toEqual([calls, exit]);
  });

  test('a setting that data hangs on is not changed unasked', async () => {
    const remedy: Remedy = { do: 'use-value', setting: 'migrate', value: 'true', asks: 'It migrates.' };
    const fake = core([finding('migrations', remedy)]);
    const begun = fake.settings;
    expect((await runCli(['doctor', 'production', '--fix', '--yes'], fake)).code).toBe(1);
    expect(fake.settings).toBe(begun);
  });

  test('without --yes the safe are asked for, too', async () => {
    const fake = core([finding('nginx', SAFE)]);
    const at = fakeTerminal({ tty: true, stdin: 'n\n' });
    expect((await runCli(['doctor', '--fix'], fake, at)).stderr).toContain('Make it anew? [y/N]');
    expect(did(fake)).toEqual([]);
  });

  test('where nobody can be asked it says so before anything is done', async () => {
    const fake = core([finding('nginx', SAFE)]);
    const { code, stderr } = await runCli(['doctor', '--fix'], fake);
    expect([code, did(fake)]).toEqual([2, []]);
    expect(stderr).toContain('--yes');
  });

  test('a setting is changed, and what that brings out is applied', async () => {
    const fake = core([finding('ports', { do: 'use-port', setting: 'port', port: 9000 })]);
    const begun = fake.settings;
    const { stderr } = await runCli(['doctor', 'production', '--fix', '--yes'], fake);
    expect(stderr).toContain('Done: Set port to 9000');
    expect(fake.settings).not.toBe(begun);
    expect(JSON.stringify(fake.settings)).toContain('9000');
    const changed = core([finding('changes', { do: 'apply' }, 'warn')]);
    await runCli(['doctor', 'production', '--fix', '--yes'], changed);
    expect(did(changed)).toEqual([['up', {}]]);
  });

  test.each<[string, Remedy, string | undefined, boolean]>([
    ['the changes', { do: 'apply' }, undefined, false],
    ['a start, without a terminal', { do: 'start' }, undefined, false],
    ['a start, at a terminal with a no', { do: 'start' }, 'n\n', false],
    ['a start, at a terminal with a yes', { do: 'start' }, 'y\n', true],
  ])('--yes is no answer to what the plan of a fix asks: %s', async (_, remedy, typed, isDone) => {
    const text = 'Volume p_pgdata holds data, and this program has not run p here before.';
    let done = false;
    const up: Stack['up'] = async (_request, io) => {
      const asked = [{ kind: 'unknown-volume', subject: 'p_pgdata', text }] as const;
      if (!(await io.confirm(asked))) throw failure('stack.confirmation-needed', { texts: [text] });
      done = true;
      return runningState;
    };
    const fake = core([finding('changes', remedy, 'warn')], { up });
    const at = fakeTerminal(typed === undefined ? {} : { tty: true, stdin: typed });
    const { stderr } = await runCli(['doctor', 'production', '--fix', '--yes'], fake, at);
    expect(done).toBe(isDone);
    expect(stderr).toContain(text);
    const next = 'letta-stack plan production; then say yes to it: letta-stack up production';
    expect(stderr.includes(next)).toBe(!isDone);
  });

  test('one that fails is told, is not tried again, and the others go on', async () => {
    const up = () => Promise.reject(failure('stack.busy', { project: 'p', operation: 'up', pid: 7 }));
    const fake = core([finding('services', { do: 'start' }), finding('nginx', SAFE)], { up });
    const { code, stderr } = await runCli(['doctor', '--fix', '--yes'], fake);
    expect(stderr.match(/error: /g)).toHaveLength(1);
    expect(did(fake)).toEqual([['repair', 'nginx']]);
    expect(code).toBe(1);
  });

  test('what is well or could not be looked at is left alone; JSON has how things are afterwards', async () => {
    const fake = core([finding('a', SAFE, 'ok'), finding('b', SAFE, 'skip'), finding('c', SAFE)]);
    const { code, stdout } = await runCli(['doctor', '--fix', '--yes', '--format', 'json'], fake);
    const printed = shapes.DoctorJson.parse(JSON.parse(stdout));
    expect(printed.map((f) => [f.id, f.status])).toEqual([
      ['a', 'ok'],
      ['b', 'skip'],
      ['c', 'ok'],
    ]);
    expect([did(fake), code]).toEqual([[['repair', 'c']], 0]);
  });
});
