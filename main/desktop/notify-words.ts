import type { AppSnapshot, NoteKind } from '../channels.ts';
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
      body: `${bare} (${howLong(kind, seen)}).`,
      place: { do: 'show', view: 'doctor' },
    };
  }
  const said = [`${bare} ${howLong(kind, seen)}.`, oneLine(firstLine(detail))]
    .filter((x) => x !== '')
    .join(' ');
  const isUp = kind === 'unhealthy' || kind === 'restarts';
  const shown = oneLine(name);
  return {
    kind,
    title: isLast ? `${shown} keeps failing` : TITLES[kind](shown),
    body: isLast ? `${said} No more is told of it until it is calm.` : said,
    place: { do: 'show', view: 'logs', service: name },
    fix: isUp
      ? { text: `Restart ${shown}`, command: { do: 'restart', project, services: [name] } }
      : { text: `Start ${shown}`, command: { do: 'start', project, services: [name] } },
  };
}

/** `since 12:03`; of what came to its end, when that was. */
function howLong(kind: ProblemKind, { since, now, minuteOfDay }: Seen): string {
  if (now - since >= 1_000) return `for ${seconds(now - since)}`;
  const two = (n: number): string => String(n).padStart(2, '0');
  const time = `${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
  return kind === 'memory' || kind === 'exited' ? `at ${time}` : `since ${time}`;
}

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
  { kind, since }: { kind: string; since: number },
  snapshot: AppSnapshot,
): Note | undefined {
  const { ended, failure, stacks, title, current } = snapshot;
  const outcome = ended && Date.parse(ended.at) >= since ? ended.outcome : undefined;
  if (outcome === 'cancelled') return undefined;
  const words = { done: 'is done', failed: 'failed' };
  const [error] = outcome === 'failed' ? (failure?.errors ?? []) : [];
  return {
    kind: 'operation',
    title: `${oneLine(title ?? current ?? 'The stack')}: ${kind} ${outcome ? words[outcome] : 'has ended'}`,
    body: oneLine(error?.message ?? stacks[0]?.sentence ?? ''),
    place: { do: 'show', view: 'overview' },
  };
}

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
