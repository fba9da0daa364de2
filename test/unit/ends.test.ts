import { expect, it } from 'vitest';
import type { EngineEvent } from '../../main/docker/port.ts';
import { endsInALoop } from '../../main/stack/derive.ts';
import { Ends } from '../../main/stack/ends.ts';
import { container } from './helpers/containers.ts';

type Heard = readonly [at: number, action: string, signal?: string];

const event = ([at, Action, signal]: Heard): EngineEvent => ({
  Type: 'container',
  Action,
  Actor: { ID: 'x', Attributes: signal === undefined ? {} : { signal } },
  timeNano: 1.8e18 + at * 1e9,
});

it.each<[what: string, heard: Heard[], ended: 'asked' | 'itself' | undefined]>([
  ['nothing', [], undefined],
  ['an end that nobody asked for', [[0, 'die']], 'itself'],
  [
    'a kill',
    [
      [0, 'kill', '9'],
      [0, 'die'],
    ],
    'asked',
  ],
  [
    'a stop within its time',
    [
      [0, 'kill', '15'],
      [59, 'die'],
      [59, 'stop'],
    ],
    'asked',
  ],
  [
    'a stop whose time is up',
    [
      [0, 'kill', '15'],
      [300, 'kill', '9'],
      [300, 'die'],
      [300, 'stop'],
    ],
    'asked',
  ],
  [
    'a stop with more time than any of ours',
    [
      [0, 'kill', '15'],
      [200, 'die'],
      [200, 'stop'],
    ],
    'asked',
  ],
  [
    'a signal that it ignored, and a crash hours later',
    [
      [0, 'kill', '15'],
      [7_200, 'die'],
    ],
    'itself',
  ],
  [
    'a signal to read its settings again',
    [
      [0, 'kill', '1'],
      [1, 'die'],
    ],
    'itself',
  ],
  [
    'a crash after a start after a kill',
    [
      [0, 'kill', '9'],
      [0, 'die'],
      [5, 'start'],
      [9, 'die'],
    ],
    'itself',
  ],
  [
    'a start after a crash',
    [
      [0, 'die'],
      [5, 'start'],
    ],
    undefined,
  ],
])('knows who ended a container: %s', (_what, heard, ended) => {
  const ends = new Ends();
  for (const each of heard) ends.heard(event(each));
  expect(ends.of(container({ id: 'x' })).ended).toBe(ended);
});

it('counts the restarts of a loop from where the container had come up', () => {
  const ends = new Ends();
  const at = Date.parse('2026-01-01T00:00:00Z');
  const seen = (restarts: number, state: 'running' | 'restarting', seconds: number) =>
    ends.of(
      container({ id: 'x', restarts, state, health: 'healthy', startedAt: new Date(at).toISOString() }),
      at + seconds * 1000,
    );
  expect(endsInALoop(seen(3, 'running', 9))).toBe(true);
  expect(endsInALoop(seen(3, 'running', 10))).toBe(false);
  // a crash a week later is one, and no loop
  expect(endsInALoop(seen(4, 'restarting', 0))).toBe(false);
  expect(endsInALoop(seen(6, 'restarting', 0))).toBe(true);
  // somebody starts it anew
  expect(seen(0, 'running', 0)).not.toHaveProperty('restartsHeld');
  expect(endsInALoop(seen(3, 'restarting', 0))).toBe(true);
});

it('forgets how one ended when somebody starts it', () => {
  const ends = new Ends();
  ends.of(container({ id: 'x', state: 'restarting', restarts: 1, oomKilled: true }));
  ends.of(container({ id: 'x', restarts: 0 }));
  expect(ends.of(container({ id: 'x', restarts: 1 })).oomKilled).toBe(false);
});

it('keeps how one ended that Docker restarts, which the engine forgets', () => {
  const ends = new Ends();
  const seen = (some: Parameters<typeof container>[0]) => {
    const { exitCode, oomKilled } = ends.of(container({ id: 'x', ...some }));
    return [exitCode, oomKilled];
  };
  expect(seen({ restarts: 1 })).toEqual([0, false]);
  expect(seen({ state: 'restarting', restarts: 2, exitCode: 137, oomKilled: true })).toEqual([137, true]);
  expect(seen({ restarts: 2 })).toEqual([137, true]);
  expect(seen({ state: 'restarting', restarts: 3, exitCode: 4 })).toEqual([4, false]);
  expect(seen({ restarts: 3 })).toEqual([4, false]);
  // somebody started it
  expect(seen({ restarts: 0 })).toEqual([0, false]);
  ends.heard(event([0, 'destroy']));
  expect(seen({ restarts: 4 })).toEqual([0, false]);
});
