import type { AppOptions, NoteKind } from '../main/channels.ts';

/** A value of a setting in plain words. */
export interface Choice<T> {
  readonly value: T;
  readonly title: string;
  readonly hint?: string;
}

export const THEMES: readonly Choice<AppOptions['theme']>[] = [
  { value: 'system', title: 'As the system' },
  { value: 'light', title: 'Light' },
  { value: 'dark', title: 'Dark' },
];

export const ON_QUIT: readonly Choice<AppOptions['onQuit']>[] = [
  { value: 'keep', title: 'Keep it running', hint: 'Letta goes on without the app.' },
  { value: 'stop', title: 'Stop it', hint: 'Services are stopped; their data stays.' },
  { value: 'ask', title: 'Ask each time' },
];

export const NOTES: readonly Choice<NoteKind>[] = [
  { value: 'unhealthy', title: 'A service is unhealthy', hint: 'It runs, and fails its health check.' },
  { value: 'exited', title: 'A service ended by itself' },
  { value: 'memory', title: 'A service ran out of memory' },
  { value: 'restarts', title: 'A service keeps restarting' },
  { value: 'engine', title: 'The container engine is gone', hint: 'It answered before, and does not now.' },
  { value: 'recovered', title: 'Something is well again', hint: 'Of what was told before.' },
  { value: 'operation', title: 'A long operation is finished', hint: 'A start or a download, for example.' },
];
