/** Operations that are cut short on purpose, or that meet another one, or an engine that falls silent. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Operation, Task } from '../../main/contract.ts';
import { acquireLock } from '../../main/stack/lock.ts';
import { lettaStack, type Ended } from '../engine/helpers/commands.ts';
import { Recorder } from '../engine/helpers/recorder.ts';
import { pidOf } from '../setup/pid-of.ts';
import { bring, once } from './fault.ts';
import { isStarting } from './kill-points.ts';
import { errorsOf, STATUS_MS, within, type World } from './world.ts';

/** From a cancel to its end, in milliseconds. */
const CANCEL_MS = 1_000;

/** Resolves at the first call that `at` finds. */
function reached(world: World, at: Parameters<typeof once>[0]): Promise<void> {
  return new Promise((resolve) => {
    world.hook = once(at, resolve);
  });
}

/** Cancels an `up` when `moment` resolves: it ends within a second, by that name, and the next one goes on. */
async function cancelAt(world: World, moment: () => Promise<unknown>): Promise<void> {
  const cancel = new AbortController();
  const before = await world.volumes();
  const errors = errorsOf(world.up({}, cancel.signal));
  await within(30_000, 'the moment of the cancel', moment());
  cancel.abort();
  const [error] = await within(CANCEL_MS, 'a cancelled up', errors);
  world.hook = undefined;
  expect(error).toMatchObject({
    code: 'stack.cancelled',
    message: expect.stringMatching(/what was done of .* stays and the next up goes on/),
    next: expect.stringContaining('letta-stack up to go on'),
  });
  await world.expectStatus();
  expect(await world.volumes()).toMatchObject(before);
}

/** While an image is pulled: the transfer ends too. */
export async function cancelPull(world: World): Promise<void> {
  await world.reset();
  const { registry } = world.lab;
  await world.engine.images.remove(world.subject.pulled.image);
  await registry.set({ rate: 100_000 });
  try {
    await cancelAt(world, async () => {
      while ((await registry.get()).transfers === 0) await sleep(20);
    });
    const until = performance.now() + CANCEL_MS;
    while ((await registry.get()).transfers > 0) {
      expect(performance.now(), 'the transfers go on').toBeLessThan(until);
      await sleep(50);
    }
    await world.expectStatus({ status: 'stopped' });
  } finally {
    await registry.reset();
  }
  await world.expectConverges({});
}

/** While something is waited for, and while a container is made. */
export async function cancelWaitAndCreate(world: World): Promise<void> {
  await world.reset();
  const create = (call: { name: string; service?: string; phase: string }): boolean =>
    call.name === 'containers.create' && call.phase === 'before';
  await cancelAt(world, () => reached(world, create));
  await cancelAt(world, () => reached(world, isStarting('db')));
  // what was begun runs on
  await world.expectStatus({ status: 'busy', sentence: 'db is starting.' });
  await world.expectConverges(await world.volumes());
}

/** While it looks how the stack is, with all of its steps done: who ends that is told what became of it, too. */
export async function cancelLastLook(world: World): Promise<void> {
  const cancel = new AbortController();
  const io = Object.assign(new Recorder({ signal: cancel.signal }), {
    onOperation: ({ fraction }: Operation) => (fraction === 1 ? cancel.abort() : undefined),
  });
  const [error] = await errorsOf((await world.stack()).restart(['redis'], io));
  expect(error).toMatchObject({ code: 'stack.cancelled' });
  await world.expectStatus({ status: 'running' });
}

/** The arguments and the environment of the terminal for a stack of its own. */
export interface TerminalStack {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly project: string;
}

const terminal = (
  world: World,
  { args, env }: TerminalStack,
  command: readonly string[],
  onPid?: (pid: number) => void,
): Promise<Ended> =>
  lettaStack([...command, ...args, '--host', world.lab.host], {
    home: world.box.home,
    env,
    cwd: world.box.folder,
    ...(onPid && { onPid }),
  });

/** The terminal: Ctrl-C ends it with 130, another one at the same time is told who is at it. */
export async function interruptTerminal(world: World, stack: TerminalStack): Promise<void> {
  const name = `${stack.project}-db-1`;
  const databaseStarts = async (): Promise<boolean> => {
    const found = await world.engine.containers.inspect(name);
    return found?.State.Health?.Status === 'starting';
  };
  // of a try that failed
  await terminal(world, stack, ['down']);
  let pid = 0;
  const first = terminal(world, stack, ['up'], (p) => (pid = p));
  const begins = untilTrue(world.subject.upMs, 'the start of the database', databaseStarts);
  await Promise.race([begins, first.then(({ stderr }) => expect.fail(`it ended before that: ${stderr}`))]);
  // else it may be up before the second one has begun: how long that takes, this machine decides
  const database = await pidOf(name, world.lab.host);
  process.kill(database, 'SIGSTOP');
  try {
    const second = await within(10_000, 'the second up', terminal(world, stack, ['up']));
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`${stack.project} is busy: up by process ${pid}`);
    process.kill(pid, 'SIGINT');
    const ended = await within(2 * CANCEL_MS, 'the interrupted up', first);
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain(`Cancelled; what was done of ${stack.project} stays`);
  } finally {
    process.kill(database, 'SIGCONT');
  }

  const again = await within(world.subject.upMs, 'the next up', terminal(world, stack, ['up']));
  expect(again, again.stderr).toMatchObject({ code: 0 });
  const down = await within(60_000, 'the down', terminal(world, stack, ['down']));
  expect(down, down.stderr).toMatchObject({ code: 0 });
}

/** Asks until the answer is yes, for `ms` milliseconds at the most. */
async function untilTrue(ms: number, what: string, ask: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + ms;
  while (!(await ask())) {
    if (performance.now() > until) throw new Error(`${what} took longer than ${ms / 1000} s`);
    await sleep(20);
  }
}

/** Who comes second learns the operation and may cancel it over the lock. */
export async function cancelOverTheLock(world: World): Promise<void> {
  await world.reset();
  const starting = reached(world, isStarting('db'));
  const first = errorsOf(world.up());
  await within(30_000, 'the wait', starting);

  const [busy] = await within(STATUS_MS, 'the second up', errorsOf(world.up()));
  expect(busy).toMatchObject({
    code: 'stack.busy',
    data: { project: world.project, operation: 'up', pid: process.pid },
    next: expect.stringContaining('cancel it'),
  });

  const operation: Operation = {
    id: 'second',
    kind: 'down',
    project: world.project,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    tasks: [],
    cancellable: true,
  };
  const { runtime } = world.box.core.edges.folders;
  const lock = await acquireLock(runtime, {
    engineId: world.engine.info.id,
    project: world.project,
    operation,
  });
  if (lock.held) throw new Error('the lock was free');
  expect(lock.operation()).toMatchObject({ kind: 'up', project: world.project });
  // it is told of ten times a second
  const isWaiting = (t: Task): boolean => t.id === 'wait:db' && t.status === 'running';
  await untilTrue(CANCEL_MS, 'the progress of the other', async () => lock.operation().tasks.some(isWaiting));
  lock.cancel();
  const [error] = await within(CANCEL_MS, 'the cancelled up', first);
  expect(error?.code).toBe('stack.cancelled');
  await within(CANCEL_MS, 'the end of the lock', lock.ended);
  world.hook = undefined;
  await world.expectConverges(await world.volumes());
}

/** Ends by `--wait-timeout`, or within the budget of the health check (`waitMs` undefined), by its cause. */
export async function neverHealthy(
  world: World,
  waitMs: number | undefined,
  budgetMs: number,
): Promise<void> {
  await bring(world, 'up');
  // its health check logs in: with another password it runs and never turns healthy
  await world.changePassword('another');
  await world.down();
  const before = await world.volumes();
  const [error] = await within(
    budgetMs,
    'the up of what never turns healthy',
    errorsOf(world.up(waitMs === undefined ? {} : { waitTimeoutMs: waitMs })),
  );
  expect(error).toMatchObject({
    code: 'stack.not-healthy',
    data: {
      service: 'db',
      sentence:
        waitMs === undefined
          ? 'db fails its health check'
          : `db was not healthy within ${waitMs / 1000} s, it is starting`,
      detail: expect.stringContaining('password authentication failed'),
      waiting: expect.arrayContaining(['nginx']),
      log: expect.arrayContaining([expect.stringContaining('password authentication failed')]),
    },
    next: expect.stringContaining('letta-stack logs db'),
  });
  expect(error!.message).toMatch(
    /\n {2}last answer: [^]*\n {2}waiting for it: .*nginx[^]*\n {2}its last lines:\n/,
  );
  const { services } = await world.status();
  const byName = new Map(services.map((s) => [s.name, s]));
  expect(byName.get('nginx')).toMatchObject({ status: 'created', cause: { kind: 'dependency' } });
  expect(byName.get('redis')).toMatchObject({ status: 'healthy' });
  await world.changePassword(await world.storedPassword());
  await world.expectConverges(before);
}

/** The engine takes connections and answers nothing: told by its cause, and over when it goes on. */
export async function silentEngine(world: World): Promise<void> {
  await bring(world, 'down');
  const before = await world.volumes();
  const starting = reached(world, isStarting('db'));
  const first = errorsOf(world.up());
  await within(30_000, 'the wait', starting);
  world.signalEngine('SIGSTOP');
  try {
    const [status] = await within(STATUS_MS, 'the status', errorsOf(world.status()));
    expect(status).toMatchObject({
      code: 'engine.half-open',
      message: expect.stringContaining('takes the connection and does not answer'),
      next: expect.stringContaining('Restart the engine'),
    });
    const [error] = await within(40_000, 'the up', first);
    expect(error).toMatchObject({ code: 'engine.half-open' });
  } finally {
    world.signalEngine('SIGCONT');
    world.hook = undefined;
  }
  await world.expectStatus();
  await world.expectConverges(before);
}
