import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { failure } from '../../main/errors.ts';
import { FakeCore, fakeTerminal, runCli, runningState } from './cli-double.ts';

const file = (path: string): string => JSON.stringify(join(import.meta.dirname, path));
/** A command line on a fake core in a process of its own; `overrides` is the text of what its stack does. */
const program = (argv: readonly string[], overrides: string): string => `
  import { setTimeout as sleep } from 'node:timers/promises';
  const { main } = await import(${file('../../main/cli.ts')});
  const { processTerminal } = await import(${file('../../main/commands/terminal.ts')});
  const { FakeCore, runningState, logLines } = await import(${file('cli-double.ts')});
  const operation = (n) => ({ id: 'x', kind: 'up', project: 'p', pid: 1, startedAt: new Date().toISOString(),
    tasks: Array.from({ length: n }, (_, i) => ({ id: 't' + i, title: 'step ' + i, status: 'done' })), cancellable: true });
  const core = new FakeCore({ ${overrides} }).core;
  process.exit(await main(${JSON.stringify(argv)},
    { terminal: processTerminal(), profileIds: () => [], openCore: async () => core }));`;

const start = (argv: readonly string[], overrides: string) =>
  spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', program(argv, overrides)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

describe('a reader that goes away', () => {
  test('of progress: the operation goes on to its end, and ends well', async () => {
    const child = start(
      ['up'],
      `up: async (_request, io) => {
        for (let n = 1; n < 30; n++) { io.onOperation(operation(n)); await sleep(20); }
        return runningState;
      }`,
    );
    const said = text(child.stdout);
    await once(child.stderr, 'data');
    child.stderr.destroy();
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
    expect(await said).toContain('letta-production is running.');
  });

  test('of an error: the exit code still says it', async () => {
    const child = start(
      ['up'],
      `up: async (_request, io) => { io.onOperation(operation(1)); await sleep(100); throw new Error('x'); }`,
    );
    await once(child.stderr, 'data');
    child.stderr.destroy();
    expect((await once(child, 'close'))[0]).toBe(1);
  });

  test('of data: that is all', async () => {
    const child = start(
      ['logs'],
      'logs: async function* () { for (;;) { yield logLines[0]; await sleep(1); } }',
    );
    const said = text(child.stderr);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect((await once(child, 'close'))[0]).toBe(0);
    expect(await said).toBe('');
  });

  test('of data, while an operation runs: it is cancelled in order', async () => {
    const at = fakeTerminal();
    const fake = new FakeCore({
      up: async (_request, io) => {
        at.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
        if (io.signal.aborted) throw failure('stack.cancelled', { project: 'p' });
        return runningState;
      },
    });
    expect(await runCli(['up'], fake, at)).toMatchObject({ code: 130, stdout: '' });
  });
});
