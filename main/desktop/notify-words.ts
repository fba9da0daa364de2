import type { AppSnapshot, NoteKind } from '../channels.ts';
import type { Operation } from '../contract.ts';
import { isUp } from '../is-up.ts';
import { OFF } from './notify-suffer.ts';
import type { DesktopCommand } from './tray-model.ts';

/** What can be wrong, of those. */
export type ProblemKind = Exclude<NoteKind, 'recovered' | 'operation'>;

export interface Note {
  readonly kind: NoteKind;
  readonly title: string;
  readonly body: string;
  /** where a click leads */
  readonly place: Extract<DesktopCommand, { do: 'show' }>;
  /** a button that mends it, where the OS has buttons */
  readonly fix?: { readonly text: string; readonly command: DesktopCommand };
}

/** Something that is wrong by itself. */
export interface Problem {
  readonly key: string;
  readonly project: string;
  readonly name: string;
  readonly kind: ProblemKind;
  readonly sentence: string;
  readonly detail?: string;
}

/** When a problem was seen first, and when it is told: milliseconds since 1970, and minutes after the user's midnight. */
export interface Seen {
  readonly since: number;
  readonly now: number;
  readonly minuteOfDay: number;
}

/** What is told of a problem; `isLast`: it comes too often, and no more is told. */
export function noteOf(problem: Problem, seen: Seen, isLast: boolean): Note {
  const { kind, project, name, sentence, detail } = problem;
  const bare = oneLine(sentence).replace(/\.$/, '');
  if (kind === 'engine') {
    return {
      kind,
      title: 'The container engine does not answer',
      body: `${bare} (${howLong(seen)}).`,
      place: { do: 'show', view: 'doctor' },
    };
  }
  const shown = oneLine(name);
  const said = [`${SENTENCES[kind](bare, shown, seen)}.`, oneLine(firstLine(detail))]
    .filter((x) => x !== '')
    .join(' ');
  const isRunning = kind === 'unhealthy' || kind === 'restarts';
  return {
    kind,
    title: isLast ? `${shown} keeps failing` : TITLES[kind](shown),
    body: isLast ? `${said} No more is told of it until it is calm.` : said,
    place: { do: 'show', view: 'logs', service: name },
    fix: isRunning
      ? { text: `Restart ${shown}`, command: { do: 'restart', project, services: [name] } }
      : { text: `Start ${shown}`, command: { do: 'start', project, services: [name] } },
  };
}

/** `since 12:03`, or `for 80 s` */
const howLong = (seen: Seen): string =>
  isPast(seen) ? `for ${seconds(seen.now - seen.since)}` : `since ${clock(seen)}`;

/** `at 12:03`, or `3 s ago` */
const when = (seen: Seen): string =>
  isPast(seen) ? `${seconds(seen.now - seen.since)} ago` : `at ${clock(seen)}`;

const isPast = ({ since, now }: Seen): boolean => now - since >= 1_000;

function clock({ minuteOfDay }: Seen): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
}

/** What is said with its time, of the sentence that the window has without. */
const SENTENCES: Readonly<
  Record<Exclude<ProblemKind, 'engine'>, (sentence: string, name: string, seen: Seen) => string>
> = {
  unhealthy: (_, name, seen) => `${name} has failed its health check ${howLong(seen)}`,
  exited: (sentence, _, seen) => `${sentence}, ${when(seen)}`,
  memory: (sentence, _, seen) => `${sentence}, ${when(seen)}`,
  restarts: (sentence, _, seen) => `${sentence}, first ${when(seen)}`,
};

const TITLES: Readonly<Record<Exclude<ProblemKind, 'engine'>, (name: string) => string>> = {
  unhealthy: (name) => `${name} is unhealthy`,
  exited: (name) => `${name} ended`,
  memory: (name) => `${name} ran out of memory`,
  restarts: (name) => `${name} keeps restarting`,
};

export function recovery(name: string, lasted: number): Note {
  return {
    kind: 'recovered',
    title: `${oneLine(name)} is well again`,
    body: `After ${seconds(lasted)}.`,
    place: { do: 'show', view: 'overview' },
  };
}

/**
 * The engine answers again. Where something that `ran` on it does not any more, that is a problem and no recovery; what
 * ended by itself has a word of its own, or is started again.
 */
export function engineIsBack(ran: readonly string[], lasted: number, snapshot: AppSnapshot): Note {
  const { current: project = '', stacks } = snapshot;
  const services = stacks[0]?.services ?? [];
  const down = ran.filter((name) => services.some((s) => s.name === name && OFF.has(s.status) && !isUp(s)));
  const said =
    down.length === 0
      ? ran.length > 0 && stacks[0]?.sentence
      : down.length === ran.length
        ? 'Nothing that ran before is running now.'
        : `Not running any more: ${down.join(', ')}.`;
  return {
    kind: down.length === 0 ? 'recovered' : 'engine',
    title: 'The container engine answers again',
    body: oneLine(`After ${seconds(lasted)}. ${said || ''}`),
    place: { do: 'show', view: 'overview' },
    ...(down.length > 0 && { fix: { text: 'Start', command: { do: 'up', project, services: [] } } }),
  };
}

/** How one of ours ended is known; of another process's only how the stack is now. */
export function operationNote(
  { kind, since }: { kind: Operation['kind']; since: number },
  snapshot: AppSnapshot,
): Note | undefined {
  const { ended, failure, stacks, title, current } = snapshot;
  const outcome = ended && Date.parse(ended.at) >= since ? ended.outcome : undefined;
  if (outcome === 'cancelled') return undefined;
  const stack = oneLine(title ?? current ?? 'the stack');
  const { of, done, noun } = OPERATIONS[kind];
  const subject = of === undefined ? stack : `The ${of} of ${stack}`;
  const titles = {
    done: `${subject} ${of === undefined ? 'was' : 'were'} ${done}`,
    failed: `${subject} could not be ${done}`,
    over: `${subject}: the ${noun} is over`,
  };
  const [error] = outcome === 'failed' ? (failure?.errors ?? []) : [];
  return {
    kind: 'operation',
    title: titles[outcome ?? 'over'],
    body: oneLine(error?.message ?? stacks[0]?.sentence ?? ''),
    place: { do: 'show', view: 'overview' },
  };
}

/** `of`: what of the stack it is done with, where that is not the whole. */
const OPERATIONS: Readonly<Record<Operation['kind'], { of?: string; done: string; noun: string }>> = {
  up: { done: 'started', noun: 'start' },
  start: { done: 'started', noun: 'start' },
  stop: { done: 'stopped', noun: 'stop' },
  restart: { done: 'restarted', noun: 'restart' },
  down: { of: 'containers', done: 'removed', noun: 'removal' },
  remove: { done: 'removed', noun: 'removal' },
  pull: { of: 'images', done: 'pulled', noun: 'pull' },
  build: { of: 'images', done: 'built', noun: 'build' },
  secrets: { of: 'secrets', done: 'changed', noun: 'change' },
};

function seconds(ms: number): string {
  const s = Math.max(1, Math.round(ms / 1_000));
  return s < 120 ? `${s} s` : `${Math.round(s / 60)} min`;
}

const firstLine = (text = ''): string =>
  text
    .slice(0, 2_000)
    .trim()
    .split(/[\r\n]/)[0] ?? '';

/** Short and plain: a desktop may take angle brackets for markup (Desktop Notifications Specification, "Markup"). */
function oneLine(text: string): string {
  const plain = text
    .slice(0, 2_000)
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  return plain.replaceAll('<', '‹').replaceAll('>', '›').slice(0, 160);
}
