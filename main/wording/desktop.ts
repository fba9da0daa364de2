import { row } from './row.ts';

/** Errors of the app's window. */
export const desktopWording = {
  'ipc.unknown-call': row<{ name: string }>(
    2,
    (d) => `The window asked for "${d.name}", which there is not`,
    'This is a fault of Letta Stack: please report it.',
  ),
  'ipc.bad-input': row<{ name: string; problem: string }>(
    2,
    (d) => `The window asked for "${d.name}" with something that cannot be understood: ${d.problem}`,
    'This is a fault of Letta Stack: please report it.',
  ),
  'ipc.wrong-sender': row<Record<string, never>>(
    2,
    () => 'A page that is not ours asked for something',
    'Close the window and open it again from the tray.',
  ),
};
