import type { AppOptions, NoteKind, Notifying } from '../main/channels.ts';

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

const WHY_NOT: Readonly<Record<Exclude<Notifying, 'shown'>, string>> = {
  unsupported: 'Nothing on this desktop shows notifications.',
  denied: 'The system did not show a notification of Letta Stack: allow them in the system’s settings.',
};

/** Where notifications do not come: why, and where their news is. */
export const notNotifying = (how: Exclude<Notifying, 'shown'>, isTrayMissing: boolean): string =>
  `${WHY_NOT[how]} ${
    isTrayMissing
      ? 'There is no tray icon either: how the services are is seen in this window alone.'
      : 'What would be told is marked on the icon in the tray until you open this window.'
  }`;

/** Those that are not chosen. */
export const left = <T>(choices: readonly Choice<T>[], chosen: T): readonly Choice<T>[] =>
  choices.filter(({ value }) => value !== chosen);
