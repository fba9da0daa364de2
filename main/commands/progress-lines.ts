import type { Operation, Task } from '../contract.ts';
import { fit, harmless, type Style, widthOf } from './style.ts';
import { clock, span } from './text.ts';

type Format = Parameters<Style['paint']>[0];

/** What the live picture of an operation is drawn for. */
export interface View {
  /** milliseconds since 1970 */
  readonly now: number;
  /** counts up with each drawing: turns the spinner */
  readonly frame: number;
  /** size of the terminal */
  readonly columns: number;
  readonly rows: number;
  readonly style: Style;
  /** the user has asked to cancel */
  readonly cancelling: boolean;
}

const BAR = 20;
/** Below this a line has room for what a task is doing or for its bar, not for both. */
const NARROW = 80;

/**
 * The live picture: a line a task, then one for the whole. Never wider or higher than the terminal: where there are
 * too many tasks, those that run or failed are kept, then the latest and the next ones.
 */
export function liveLines(operation: Operation, view: View): string[] {
  const room = Math.max(1, view.rows - 3);
  const shown = chooseTasks(operation.tasks, room);
  const hidden = operation.tasks.length - shown.length;
  const width = Math.max(0, ...shown.map((t) => widthOf(harmless(t.title))));
  return [
    ...shown.map((task) => taskLine(task, width, view)),
    ...(hidden > 0 ? [view.style.paint('dim', fit(`  and ${hidden} more`, view.columns - 1, '…'))] : []),
    overallLine(operation, view),
  ];
}

/** What stays on the terminal when the operation is over: every task with its time. */
export function finalLines(operation: Operation, view: View): string[] {
  const seen = operation.tasks.filter((t) => t.status !== 'waiting');
  const width = Math.max(0, ...seen.map((t) => widthOf(harmless(t.title))));
  return seen.map((task) => taskLine(task, width, view));
}

function taskLine(task: Task, titleWidth: number, view: View): string {
  const { style, columns } = view;
  const { sign, format } = looks(task, view);
  // sign, two spaces; at least a third of the line is left for what is said of it
  const titleRoom = Math.max(8, Math.min(titleWidth, Math.floor((columns * 2) / 3) - 4));
  const title = fit(harmless(task.title), titleRoom, style.signs.ellipsis);
  const said = stateText(task, view);
  const rest = Math.max(0, columns - 1 - 2 - titleRoom - 2);
  const shownBar = task.status === 'running' && columns >= NARROW ? barOf(task, style) : '';
  const text = fit(said, rest - (shownBar === '' ? 0 : BAR / 2 + 1), style.signs.ellipsis);
  const gap = ' '.repeat(titleRoom - widthOf(title) + 2);
  const painted = shownBar === '' ? '' : `${style.paint('cyan', shownBar)} `;
  return `${style.paint(format, sign)} ${title}${gap}${painted}${style.paint('dim', text)}`.trimEnd();
}

function looks(task: Task, { style, frame }: View): { sign: string; format: Format } {
  const { done, failed, waiting, spinner } = style.signs;
  const all: Readonly<Record<Task['status'], { sign: string; format: Format }>> = {
    done: { sign: done, format: 'green' },
    failed: { sign: failed, format: 'red' },
    cancelled: { sign: failed, format: 'yellow' },
    running: { sign: spinner[frame % spinner.length] ?? '', format: 'cyan' },
    waiting: { sign: waiting, format: 'dim' },
    skipped: { sign: waiting, format: 'dim' },
  };
  return all[task.status];
}

/** The state in words: `done 0.21 s`, `12.3 of 40.1 MB, 8.1 MB/s, 4 s left`, `waiting`. */
function stateText(task: Task, view: View): string {
  if (task.status !== 'running') return endText(task);
  const doing = task.detail === undefined ? '' : harmless(task.detail);
  return doing === '' ? `running ${span(runningFor(task, view.now))}` : doing;
}

/** `done 0.21 s`; what never began has no time. */
const endText = (task: Task): string =>
  task.tookMs === undefined ? task.status : `${task.status} ${span(task.tookMs)}`;

/** Milliseconds since a task began. */
const runningFor = (task: Task, now: number): number =>
  task.startedAt === undefined ? 0 : Math.max(0, now - Date.parse(task.startedAt));

function barOf(task: Task, style: Style): string {
  const { current, total } = task.progress ?? { current: 0 };
  return total === undefined || total === 0 ? '' : bar(current / total, BAR / 2, style);
}

/** `█████░░░░░` */
function bar(fraction: number, width: number, { signs }: Style): string {
  const full = Math.floor(Math.min(1, Math.max(0, fraction)) * width);
  return signs.full.repeat(full) + signs.empty.repeat(width - full);
}

/** `up letta-production  ██████░░░░  43 %  12.1 s  Ctrl-C cancels` */
function overallLine(operation: Operation, view: View): string {
  const { style, columns } = view;
  const fraction = operation.fraction ?? 0;
  const took = span(Math.max(0, view.now - Date.parse(operation.startedAt)));
  const hint = view.cancelling ? 'cancelling' : 'Ctrl-C cancels';
  const parts = [
    `${operation.kind} ${operation.project}`,
    ...(columns >= NARROW ? [bar(fraction, BAR, style)] : []),
    `${String(Math.floor(fraction * 100)).padStart(3)} %`,
    took,
    ...(operation.cancellable ? [hint] : []),
  ];
  return style.paint('bold', fit(parts.join('  '), columns - 1, style.signs.ellipsis));
}

const URGENCY: Readonly<Record<Task['status'], number>> = {
  failed: 0,
  cancelled: 0,
  running: 0,
  waiting: 1,
  done: 2,
  skipped: 3,
};

/** As many tasks as there is room for, in the plan's order. */
function chooseTasks(tasks: readonly Task[], room: number): Task[] {
  if (tasks.length <= room) return [...tasks];
  const ranked = tasks
    .map((task, at) => ({ task, at, distance: task.status === 'done' ? tasks.length - at : at }))
    .toSorted((a, b) => URGENCY[a.task.status] - URGENCY[b.task.status] || a.distance - b.distance);
  return ranked
    .slice(0, Math.max(1, room - 1))
    .toSorted((a, b) => a.at - b.at)
    .map(({ task }) => task);
}

/** How long a task runs before a plain line says that it does: quick ones say only that they are done. */
const WORTH_SAYING_MS = 1000;

/**
 * Progress as plain lines, one for each change of a task: `12:03:04 create container letta-production-db-1  done 0.21 s`.
 * `said` remembers what was told of each task.
 */
export function plainLines(operation: Operation, said: Map<string, Task['status']>, now: number): string[] {
  return operation.tasks.flatMap((task) => {
    if (task.status === 'waiting' || said.get(task.id) === task.status) return [];
    if (task.status === 'running' && runningFor(task, now) < WORTH_SAYING_MS) return [];
    said.set(task.id, task.status);
    return [`${clock(now)} ${harmless(task.title)}  ${endText(task)}`];
  });
}
