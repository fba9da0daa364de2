import { row } from './row.ts';

/** Errors of the app: of its window and its tray. */
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
  'app.other-stack': row<{ asked: string; shown: string }>(
    2,
    (d) => `Nothing was done: it was asked of the stack "${d.asked}", and "${d.shown}" is shown by now`,
    'Look at the stack that is shown, and ask again if you want it done there.',
  ),
  'app.unseen': row<{ project: string }>(
    2,
    (d) => `Nothing was done: a start of ${d.project} would do more than start what is there`,
    'Look at what will happen, and start it from there.',
  ),
  'app.not-published': row<{ project: string; url: string }>(
    1,
    (d) => `Nothing was sent: no running container of ${d.project} publishes ${d.url}`,
    'Start it, or look in the doctor who else has that port.',
  ),
  'app.api-refused': row<{ what: string; url: string; status?: number; text: string }>(
    1,
    (d) =>
      `${d.what}: ${d.url} answers${d.status === undefined ? '' : ` HTTP ${d.status}`}${d.text === '' ? '' : `: ${d.text}`}`,
    'The log of the server says more. Where its model provider refused, look at the key of that provider.',
  ),
  'app.api-silent': row<{ what: string; url: string; reason: string }>(
    1,
    (d) => `${d.what}: ${d.url} does not answer: ${d.reason}`,
    'Look whether the server is healthy, then try again.',
  ),
  'app.no-answer': row<{ model: string }>(
    1,
    (d) => `The agent took the message, and its model ${d.model} said nothing to it`,
    'Try again, or choose another model.',
  ),
  'app.not-adopted': row<{ project: string; reason: string }>(
    1,
    (d) => `The stack "${d.project}" cannot be taken over: ${d.reason}`,
    'Its containers stay as they are. A value that your shell gave can be written into its env file; what was changed in its files since is applied with docker compose up. Then choose it again.',
  ),
  'logs.not-saved': row<{ file: string; reason: string }>(
    1,
    (d) => `The log could not be written to ${d.file}: ${d.reason}`,
    'Nothing was left under that name. Make room or choose another place, then save again.',
  ),
};
