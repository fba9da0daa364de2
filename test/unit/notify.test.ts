import { describe, expect, it } from 'vitest';
import type { Operation, ServiceState } from '../../main/contract.ts';
import {
  decide,
  NO_MEMORY,
  type NoteInput,
  type NoteMemory,
  type NoteSettings,
} from '../../main/desktop/notify.ts';
import { engineIsBack, operationNote } from '../../main/desktop/notify-words.ts';
import { appSnapshot, serviceState, stackState } from './helpers/snapshot.ts';

type Some = Partial<ServiceState>;
const db = (more: Some = {}): ServiceState => serviceState('db', more);
const web = (more: Some = {}): ServiceState => serviceState('web', { dependsOn: ['db'], ...more });

const far = (more: Some = {}): ServiceState => serviceState('far', { dependsOn: ['web'], ...more });

const WELL: Some = {};
const UNHEALTHY: Some = {
  status: 'unhealthy',
  cause: { kind: 'health', sentence: 'db fails its health check', detail: 'no response\nmore' },
};
const ENDED: Some = {
  status: 'failed',
  cause: { kind: 'exit', sentence: 'db ended with exit code 4', exitCode: 4 },
};
const OOM: Some = {
  status: 'failed',
  cause: { kind: 'oom', sentence: 'db was ended because it used more memory than its limit' },
};
const LOOP: Some = {
  status: 'restarting',
  restarts: 3,
  cause: { kind: 'exit', sentence: 'db keeps ending and was restarted 3 times' },
};
const STOPPED: Some = { status: 'stopped' };
const STARTING: Some = { status: 'starting' };
const RESTARTING: Some = { status: 'restarting', restarts: 1 };
const OPERATION: Operation = {
  id: 'o',
  kind: 'up',
  project: 'p',
  pid: 1,
  startedAt: '2026-01-01T00:00:00Z',
  tasks: [],
  cancellable: true,
};

interface Moment {
  /** seconds since the beginning */
  readonly at: number;
  readonly services?: readonly ServiceState[];
  readonly engine?: boolean;
  readonly operation?: Operation;
  readonly failed?: string;
  readonly front?: boolean;
  readonly isCurrent?: boolean;
  readonly project?: string;
  /** how an operation of ours ended, at this moment */
  readonly ended?: 'done' | 'cancelled' | 'failed';
}

const NOON = 12 * 60;

/** What is told over a course of moments, as `seconds: title | body`; each `again` that comes first is a moment too. */
function told(
  moments: readonly Moment[],
  settings: NoteSettings = { off: [] },
  minuteOfDay = NOON,
): string[] {
  let memory: NoteMemory = NO_MEMORY;
  const lines: string[] = [];
  const step = (now: number, moment: Moment): number => {
    const decision = decide(memory, inputOf(moment, now, settings, minuteOfDay));
    memory = decision.memory;
    lines.push(...decision.notes.map((n) => `${now / 1_000}: ${n.title} | ${n.body}`));
    return decision.again ?? Infinity;
  };
  moments.forEach((moment, i) => {
    const next = (moments[i + 1]?.at ?? 1e6) * 1_000;
    for (let now = moment.at * 1_000; now < next;) now = step(now, moment);
  });
  return lines;
}

function inputOf(moment: Moment, now: number, settings: NoteSettings, minuteOfDay: number): NoteInput {
  const {
    services = [db(), web()],
    engine = true,
    operation,
    failed,
    front = false,
    isCurrent = true,
    project = 'p',
    ended,
  } = moment;
  const gone = { code: 'engine.lost', data: {}, message: 'Docker is gone', next: '' };
  const stack = stackState({ services: [...services], ...(operation && { operation }) });
  const snapshot = appSnapshot(stack, {
    engine: engine ? { reachable: true } : { reachable: false, error: gone },
    isCurrent,
    current: project,
    title: 'Production',
    ...(ended && { ended: { project: 'p', at: new Date(now).toISOString(), outcome: ended } }),
    ...(failed !== undefined && {
      failure: { kind: 'up', project, at: '', errors: [{ code: 'x', data: {}, message: failed, next: '' }] },
    }),
  });
  return { snapshot, now, minuteOfDay, isWindowInFront: front, settings };
}

const course = (...states: (readonly [at: number, db: Some, more?: Partial<Moment>])[]): Moment[] =>
  states.map(([at, some, more]) => ({ at, services: [db(some), web()], ...more }));

/** The same for both services. */
const courses = (...states: (readonly [at: number, db: Some, web: Some])[]): Moment[] =>
  states.map(([at, ofDb, { cause: _cause, ...ofWeb }]) => ({ at, services: [db(ofDb), web(ofWeb)] }));

describe('what the user is told of', () => {
  it.each<[what: string, moments: Moment[], lines: string[]]>([
    ['nothing while all is well', course([0, WELL], [10, WELL]), []],
    [
      'unhealthy, once, and that it is well again',
      course([0, WELL], [10, UNHEALTHY], [20, UNHEALTHY], [50, WELL]),
      [
        '10: db is unhealthy | db has failed its health check since 12:00. no response',
        '53: db is well again | After 40 s.',
      ],
    ],
    [
      'an end that lasts, with how long',
      course([0, WELL], [10, ENDED]),
      ['13: db ended | db ended with exit code 4, 3 s ago.'],
    ],
    ['not an end that its restart policy mends at once', course([0, WELL], [10, ENDED], [12, WELL]), []],
    [
      'no memory at once',
      course([0, WELL], [10, OOM]),
      ['10: db ran out of memory | db was ended because it used more memory than its limit, at 12:00.'],
    ],
    [
      'a loop of restarts, with since when',
      course([0, WELL], [10, LOOP]),
      ['10: db keeps restarting | db keeps ending and was restarted 3 times, first at 12:00.'],
    ],
    [
      'and it is the first end that counts',
      course([0, WELL], [10, RESTARTING], [11, WELL], [12, LOOP]),
      ['12: db keeps restarting | db keeps ending and was restarted 3 times, first 2 s ago.'],
    ],
    [
      'not what still suffers from a dependency that is well again, and that it is well but once',
      courses([0, WELL, WELL], [10, UNHEALTHY, UNHEALTHY], [30, WELL, UNHEALTHY], [60, WELL, WELL]),
      [
        '10: db is unhealthy | db has failed its health check since 12:00. no response',
        '33: db is well again | After 20 s.',
      ],
    ],
    [
      'not what suffers from a dependency that starts again',
      courses([0, WELL, WELL], [10, UNHEALTHY, UNHEALTHY], [30, STARTING, UNHEALTHY], [40, WELL, WELL]),
      [
        '10: db is unhealthy | db has failed its health check since 12:00. no response',
        '43: db is well again | After 30 s.',
      ],
    ],
    [
      'a dependent that is wrong by itself, once its dependency had its time',
      courses([0, WELL, WELL], [10, UNHEALTHY, UNHEALTHY], [30, WELL, UNHEALTHY]),
      [
        '10: db is unhealthy | db has failed its health check since 12:00. no response',
        '33: db is well again | After 20 s.',
        '90: web is unhealthy | web has failed its health check for 80 s.',
      ],
    ],
    [
      'what lacks something that somebody stopped, once that had its time',
      courses([0, WELL, WELL], [10, STOPPED, UNHEALTHY]),
      ['70: web is unhealthy | web has failed its health check for 60 s.'],
    ],
    ...[STOPPED, { status: 'absent' } as const, { status: 'paused' } as const].map(
      (off): [string, Moment[], string[]] => [
        `what ends by itself while what it needs is ${off.status}`,
        courses([0, WELL, WELL], [10, off, WELL], [600, off, ENDED]),
        ['603: web ended | web ended, 3 s ago.'],
      ],
    ),
    [
      'not what ends at once with what somebody stopped, until that had its time after it was started again',
      courses([0, WELL, WELL], [10, STOPPED, WELL], [60, WELL, UNHEALTHY], [110, WELL, WELL]),
      [],
    ],
    [
      'not what is far behind what is wrong',
      [
        { at: 0, services: [db(), web(), far()] },
        { at: 10, services: [db(UNHEALTHY), web(), far({ status: 'unhealthy' })] },
      ],
      ['10: db is unhealthy | db has failed its health check since 12:00. no response'],
    ],
    [
      'not what ends and comes up again while the host boots',
      [
        { at: 0, engine: false },
        ...courses(
          [10, STARTING, STARTING],
          [12, STARTING, RESTARTING],
          [25, WELL, STARTING],
          [40, WELL, WELL],
        ),
      ],
      [],
    ],
    [
      'what does not come up after the host booted',
      [{ at: 0, engine: false }, ...courses([10, STARTING, STARTING], [12, ENDED, STARTING])],
      ['130: db ended | db ended with exit code 4, 118 s ago.'],
    ],
    [
      'not what ends while an engine comes back that was gone for a moment',
      [
        ...courses([0, WELL, WELL]),
        { at: 10, engine: false },
        ...courses([15, STARTING, STARTING], [17, ENDED, STARTING], [30, WELL, WELL]),
      ],
      [],
    ],
    [
      'what goes wrong once all was well after that',
      [
        { at: 0, engine: false },
        ...courses([10, STARTING, STARTING], [20, WELL, WELL], [30, UNHEALTHY, WELL]),
      ],
      ['30: db is unhealthy | db has failed its health check since 12:00. no response'],
    ],
    [
      'not what suffers from one that was only restarted',
      courses(
        [0, WELL, WELL],
        [10, STARTING, WELL],
        [15, STARTING, UNHEALTHY],
        [20, WELL, UNHEALTHY],
        [40, WELL, WELL],
      ),
      [],
    ],
    [
      'not what turns unhealthy after one that ended and was restarted is well again',
      courses(
        [0, WELL, WELL],
        [10, ENDED, WELL],
        [11, STARTING, WELL],
        [15, WELL, UNHEALTHY],
        [40, WELL, WELL],
      ),
      [],
    ],
    [
      'not what suffers from one that somebody stopped and started',
      courses([0, WELL, WELL], [10, STOPPED, UNHEALTHY], [30, WELL, UNHEALTHY], [40, WELL, WELL]),
      [],
    ],
    [
      'not what was already wrong when the app came, whatever became of its dependency',
      courses([0, UNHEALTHY, UNHEALTHY], [30, WELL, UNHEALTHY]),
      [],
    ],
    [
      'not what is far behind one that is well again',
      [
        { at: 0, services: [db(), web(), far()] },
        { at: 10, services: [db(STARTING), web(), far()] },
        { at: 20, services: [db(), web(), far({ status: 'unhealthy' })] },
        { at: 40, services: [db(), web(), far()] },
      ],
      [],
    ],
    [
      'not what still suffers after an operation that mended its dependency',
      [
        ...courses([0, WELL, WELL], [10, UNHEALTHY, UNHEALTHY]),
        { at: 20, services: [db(STARTING), web({ status: 'unhealthy' })], operation: OPERATION },
        ...courses([30, WELL, UNHEALTHY], [50, WELL, WELL]),
      ],
      [
        '10: db is unhealthy | db has failed its health check since 12:00. no response',
        '33: db is well again | After 20 s.',
      ],
    ],
    ['not what somebody stopped', course([0, WELL], [10, STOPPED]), []],
    [
      'not a recovery of what somebody stopped',
      course([0, WELL], [10, UNHEALTHY], [20, STOPPED], [30, WELL]),
      ['10: db is unhealthy | db has failed its health check since 12:00. no response'],
    ],
    [
      'one word for a failed dependency and none for its dependents',
      [
        { at: 0 },
        { at: 10, services: [db(UNHEALTHY), web({ status: 'unhealthy' })] },
        { at: 20, services: [db(UNHEALTHY), web({ status: 'failed' })] },
      ],
      ['10: db is unhealthy | db has failed its health check since 12:00. no response'],
    ],
    [
      'not what was wrong when the app came (the computer has just started)',
      course([0, UNHEALTHY], [60, UNHEALTHY]),
      [],
    ],
    ['nor that it is well then', course([0, UNHEALTHY], [60, WELL], [70, WELL]), []],
    [
      'nothing of what was seen last time',
      course([0, WELL, { isCurrent: false }], [1, UNHEALTHY, { isCurrent: false }]),
      [],
    ],
    [
      'not while the window is in front',
      course([0, WELL], [10, UNHEALTHY, { front: true }], [20, UNHEALTHY]),
      [],
    ],
    [
      'not while the stack is worked on',
      course([0, WELL], [10, UNHEALTHY, { operation: OPERATION }], [15, WELL]),
      [],
    ],
    [
      'but afterwards',
      course([0, WELL], [10, UNHEALTHY, { operation: OPERATION }], [15, UNHEALTHY]),
      ['15: db is unhealthy | db has failed its health check since 12:00. no response'],
    ],
    [
      'the engine that is gone, and back',
      [{ at: 0 }, { at: 10, engine: false }, { at: 60 }],
      [
        '20: The container engine does not answer | Docker is gone (for 10 s).',
        '63: The container engine answers again | After 50 s. So it is.',
      ],
    ],
    [
      'what of the stack did not come back with the engine',
      [{ at: 0 }, { at: 10, engine: false }, ...courses([60, STARTING, STOPPED])],
      [
        '20: The container engine does not answer | Docker is gone (for 10 s).',
        '63: The container engine answers again | After 50 s. Not running any more: web.',
      ],
    ],
    [
      'that nothing of it did',
      [{ at: 0 }, { at: 10, engine: false }, { at: 40, engine: false }, ...courses([60, STOPPED, STOPPED])],
      [
        '20: The container engine does not answer | Docker is gone (for 10 s).',
        '63: The container engine answers again | After 50 s. Nothing that ran before is running now.',
      ],
    ],
    [
      'not that what did not run before does not run',
      [...courses([0, STOPPED, STOPPED]), { at: 10, engine: false }, ...courses([60, STOPPED, STOPPED])],
      [
        '20: The container engine does not answer | Docker is gone (for 10 s).',
        '63: The container engine answers again | After 50 s.',
      ],
    ],
    [
      'nor what somebody stopped since',
      [
        { at: 0 },
        { at: 10, engine: false },
        { at: 60, services: [db(), web()], operation: { ...OPERATION, kind: 'stop' } },
        ...courses([70, STOPPED, STOPPED]),
      ],
      [
        '20: The container engine does not answer | Docker is gone (for 10 s).',
        '73: The container engine answers again | After 60 s.',
      ],
    ],
    [
      'that it did not with one that was soon back',
      [{ at: 0 }, { at: 10, engine: false }, ...courses([15, STOPPED, STOPPED])],
      ['18: The container engine answers again | After 5 s. Nothing that ran before is running now.'],
    ],
    ['not an engine that restarts', [{ at: 0 }, { at: 10, engine: false }, { at: 15 }, { at: 30 }], []],
    [
      'not an engine that was never there',
      [
        { at: 0, engine: false },
        { at: 60, engine: false },
      ],
      [],
    ],
    [
      'no recovery of a service while the engine is silent',
      [
        ...course([0, WELL], [10, UNHEALTHY]),
        { at: 20, engine: false },
        { at: 25, services: [db(UNHEALTHY)] },
      ],
      ['10: db is unhealthy | db has failed its health check since 12:00. no response'],
    ],
    [
      'a long operation that ends in the background',
      [{ at: 0 }, { at: 10, operation: OPERATION }, { at: 70, ended: 'done' }],
      ['70: Production was started | So it is.'],
    ],
    [
      'and how it failed',
      [{ at: 0 }, { at: 10, operation: OPERATION }, { at: 70, ended: 'failed', failed: 'The port is taken' }],
      ['70: Production could not be started | The port is taken'],
    ],
    [
      'not one that was cancelled',
      [{ at: 0 }, { at: 10, operation: OPERATION }, { at: 70, ended: 'cancelled' }],
      [],
    ],
    [
      'of a long one of another process that it ended, not how: what failed here before is no word of it',
      [{ at: 0 }, { at: 10, operation: OPERATION, failed: 'old' }, { at: 70, failed: 'old' }],
      ['70: Production: the start is over | So it is.'],
    ],
    [
      'not the end of what goes on while the engine is silent',
      [
        { at: 0 },
        { at: 10, operation: OPERATION },
        { at: 40, engine: false },
        { at: 45, operation: OPERATION },
        { at: 50, ended: 'done' },
      ],
      ['50: Production was started | So it is.'],
    ],
    [
      'not that it is well while it is ill and what it needs is too',
      [
        { at: 0 },
        { at: 10, services: [db(), web({ status: 'unhealthy' })] },
        { at: 20, services: [db(UNHEALTHY), web({ status: 'unhealthy' })] },
        { at: 60, services: [db(UNHEALTHY), web({ status: 'unhealthy' })] },
      ],
      [
        '10: web is unhealthy | web has failed its health check since 12:00.',
        '20: db is unhealthy | db has failed its health check since 12:00. no response',
      ],
    ],
    [
      'not that it is well while it starts or is paused',
      course([0, WELL], [10, OOM], [12, { status: 'starting' }], [30, { status: 'paused' }], [40, WELL]),
      [
        '10: db ran out of memory | db was ended because it used more memory than its limit, at 12:00.',
        '43: db is well again | After 30 s.',
      ],
    ],
    [
      'not what was known and silent, after another operation',
      course([0, UNHEALTHY], [10, UNHEALTHY, { operation: OPERATION }], [15, UNHEALTHY]),
      [],
    ],
    [
      'not of one stack what was wrong with another',
      [...course([0, WELL], [10, UNHEALTHY]), { at: 20, project: 'other' }, { at: 30, project: 'other' }],
      ['10: db is unhealthy | db has failed its health check since 12:00. no response'],
    ],
    [
      'services of every name',
      [
        { at: 0, services: [serviceState('constructor'), serviceState('engine')] },
        {
          at: 10,
          services: [
            serviceState('constructor', { status: 'unhealthy' }),
            serviceState('engine', { status: 'unhealthy' }),
          ],
        },
        { at: 20, services: [serviceState('constructor'), serviceState('engine')] },
      ],
      [
        '10: constructor is unhealthy | constructor has failed its health check since 12:00.',
        '10: engine is unhealthy | engine has failed its health check since 12:00.',
        '23: constructor is well again | After 10 s.',
        '23: engine is well again | After 10 s.',
      ],
    ],
    ['not a short one', [{ at: 0 }, { at: 10, operation: OPERATION }, { at: 15 }], []],
    [
      'not one that was looked at',
      [{ at: 0 }, { at: 10, operation: OPERATION }, { at: 70, front: true }],
      [],
    ],
  ])('%s', (_what, moments, lines) => {
    expect(told(moments)).toEqual(lines);
  });

  it('is silent after one last word when it comes again and again, and speaks again when it was calm', () => {
    const flapping = Array.from({ length: 8 }, (_, i) => [
      [100 + i * 40, UNHEALTHY],
      [120 + i * 40, WELL],
    ]).flat() as [number, Some][];
    const lines = told(course([0, WELL], ...flapping, [3_000, UNHEALTHY]));
    expect(lines.filter((l) => l.includes('is unhealthy'))).toHaveLength(4);
    expect(lines.filter((l) => l.includes('keeps failing'))).toEqual([
      '220: db keeps failing | db has failed its health check since 12:00. no response No more is told of it until it is calm.',
    ]);
    expect(lines.filter((l) => /^(2[3-9]\d|[34]\d\d): /.test(l))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^3000: db is unhealthy/);
  });

  it('says that last word although nobody was told of what came before: the window was in front, or it was quiet', () => {
    const again = (from: number, front: boolean): Moment[] =>
      Array.from({ length: 6 }, (_, i) => [
        { at: from + i * 40, services: [db(UNHEALTHY), web()], front },
        { at: from + 20 + i * 40, services: [db(), web()], front },
      ]).flat();
    const lines = told([...course([0, WELL]), ...again(100, true), ...again(400, false)]);
    expect(lines.map((l) => l.replace(/ \|.*/, ''))).toEqual([
      '400: db is unhealthy',
      '423: db is well again',
      '440: db is unhealthy',
      '463: db is well again',
      '480: db is unhealthy',
      '503: db is well again',
      '520: db keeps failing',
    ]);
  });

  it.each<[settings: NoteSettings, minute: number, isTold: boolean]>([
    [{ off: ['exited'] }, NOON, true],
    [{ off: ['unhealthy'] }, NOON, false],
    [{ off: [], quiet: [22 * 60, 7 * 60] }, 23 * 60, false],
    [{ off: [], quiet: [22 * 60, 7 * 60] }, 6 * 60 + 59, false],
    [{ off: [], quiet: [22 * 60, 7 * 60] }, 7 * 60, true],
    [{ off: [], quiet: [9 * 60, 17 * 60] }, NOON, false],
    [{ off: [], quiet: [9 * 60, 17 * 60] }, 18 * 60, true],
  ])('follows the settings %j at minute %i: %s', (settings, minute, isTold) => {
    expect(told(course([0, WELL], [10, UNHEALTHY]), settings, minute)).toHaveLength(isTold ? 1 : 0);
  });

  it('offers to start what did not come back with the engine, which is no recovery', () => {
    const lost: Moment[] = [{ at: 0 }, { at: 10, engine: false }, ...courses([60, STOPPED, STOPPED])];
    expect(told(lost, { off: ['recovered'] }).at(-1)).toMatch(/^63: .* Nothing that ran before/);
    expect(told(lost, { off: ['engine'] })).toEqual([]);
    const { snapshot } = inputOf(lost[2]!, 0, { off: [] }, NOON);
    expect(engineIsBack(['db'], 1_000, snapshot).fix?.command).toMatchObject({ do: 'up', project: 'p' });
  });

  it.each<[kind: Operation['kind'], done: string, failed: string, over: string]>([
    ['up', 'X was started', 'X could not be started', 'X: the start is over'],
    ['start', 'X was started', 'X could not be started', 'X: the start is over'],
    ['stop', 'X was stopped', 'X could not be stopped', 'X: the stop is over'],
    ['restart', 'X was restarted', 'X could not be restarted', 'X: the restart is over'],
    [
      'down',
      'The containers of X were removed',
      'The containers of X could not be removed',
      'The containers of X: the removal is over',
    ],
    ['remove', 'X was removed', 'X could not be removed', 'X: the removal is over'],
    [
      'pull',
      'The images of X were pulled',
      'The images of X could not be pulled',
      'The images of X: the pull is over',
    ],
    [
      'build',
      'The images of X were built',
      'The images of X could not be built',
      'The images of X: the build is over',
    ],
    [
      'secrets',
      'The secrets of X were changed',
      'The secrets of X could not be changed',
      'The secrets of X: the change is over',
    ],
  ])('says of %s how it ended', (kind, ...titles) => {
    const titleOf = (outcome?: 'done' | 'failed'): string | undefined => {
      const ended = outcome && { project: 'p', at: new Date(1_000).toISOString(), outcome };
      const snapshot = appSnapshot(stackState(), { title: 'X', ...(ended && { ended }) });
      return operationNote({ kind, since: 0 }, snapshot)?.title;
    };
    expect([titleOf('done'), titleOf('failed'), titleOf()]).toEqual(titles);
  });

  it('leads to the logs and offers what mends it', () => {
    const first = decide(NO_MEMORY, inputOf({ at: 0 }, 0, { off: [] }, NOON));
    const { notes } = decide(first.memory, inputOf(course([1, UNHEALTHY])[0]!, 1_000, { off: [] }, NOON));
    expect(notes[0]).toMatchObject({
      place: { do: 'show', view: 'logs', service: 'db' },
      fix: { text: 'Restart db', command: { do: 'restart', project: 'p', services: ['db'] } },
    });
  });

  it('takes whatever a container says', () => {
    const hostile = {
      ...UNHEALTHY,
      cause: {
        kind: 'health' as const,
        sentence: 's',
        detail: `\u001b[31m<a href="http://evil">${'x'.repeat(1e6)}`,
      },
    };
    const first = decide(NO_MEMORY, inputOf({ at: 0 }, 0, { off: [] }, NOON));
    const { notes } = decide(first.memory, inputOf(course([1, hostile])[0]!, 1_000, { off: [] }, NOON));
    expect(notes[0]?.body.length).toBeLessThan(250);
    expect(notes[0]?.body).not.toMatch(/[<>]/);
    expect(notes[0]?.body).not.toContain('\u001b');
  });
});
