import {
  LONGEST_LINE,
  type AppSnapshot,
  type LogChoice,
  type LogLineShape,
  type LogPageShape,
  type PushValue,
} from '../channels.ts';
import { errorsOf, saidOf, type AppError } from '../errors.ts';
import type { LogLine, LogPage, LogRequest, Stack } from '../stack/stack-types.ts';
import { LogBatches } from './log-batches.ts';

/** How many lines the window gets first, and each time it asks for older ones. */
const FIRST_LINES = 1_000;
const OLDER_LINES = 3_000;
/** One answer has no more characters than this: its oldest lines are left for the next one. */
const LARGEST_PAGE = 1_000_000;

export interface LogFollowEdges {
  /** the stack that is meant. @throws Failure `app.other-stack` where another one is shown */
  readonly stack: (project: string) => Promise<Stack>;
  readonly push: (value: PushValue<'logs'>) => void;
}

interface Session {
  readonly name: string;
  readonly end: AbortController;
  readonly batches: LogBatches;
  readonly project: string;
}

/** The log that the window follows: one at a time, as there is one window. */
export class LogFollow {
  readonly #edges: LogFollowEdges;
  #session: Session | undefined;

  constructor(edges: LogFollowEdges) {
    this.#edges = edges;
  }

  /** Ends what was followed before, gives the last lines, and pushes what is written from then on. */
  async open(name: string, choice: LogChoice): Promise<LogPageShape> {
    this.close();
    const end = new AbortController();
    const push = (lines: LogLineShape[]): void => this.#edges.push({ session: name, lines });
    const session: Session = { name, end, project: choice.project, batches: new LogBatches(push) };
    this.#session = session;
    const request = this.#request(choice, name);
    try {
      const stack = await this.#edges.stack(choice.project);
      const page = await stack.logPage({ ...request, lines: FIRST_LINES, signal: end.signal });
      void this.#follow(session, stack, request, page);
      return shownPage(page);
    } catch (error) {
      this.close(name);
      throw error;
    }
  }

  /** The lines before a line's time. */
  async older(choice: LogChoice, before: string): Promise<LogPageShape> {
    const stack = await this.#edges.stack(choice.project);
    const session = this.#session;
    const { signal } = session?.end ?? new AbortController();
    const request = this.#request(choice, session?.name ?? '');
    return shownPage(await stack.logPage({ ...request, before, lines: OLDER_LINES, signal }));
  }

  taken(name: string): void {
    if (this.#session?.name === name) this.#session.batches.taken();
  }

  /** @param name only this one; whatever is followed when it is left out */
  close(name = this.#session?.name): void {
    const session = this.#session;
    if (!session || session.name !== name) return;
    this.#session = undefined;
    session.end.abort();
    session.batches.close();
  }

  /** Ends it when another stack is shown. */
  seen({ current }: AppSnapshot): void {
    const session = this.#session;
    if (!session || current === undefined || session.project === current) return;
    this.close();
    this.#edges.push({ session: session.name, lines: [], ended: [] });
  }

  #request(choice: LogChoice, session: string): LogRequestPart {
    const onUnredacted = (warnings: readonly AppError[]): void =>
      this.#edges.push({ session, lines: [], unredacted: saidOf(warnings) });
    return { ...requestOf(choice), onUnredacted };
  }

  async #follow(session: Session, stack: Stack, request: LogRequestPart, page: LogPage): Promise<void> {
    const { signal } = session.end;
    const since = page.lines[0]?.at ?? request.since;
    const isNew = behind(page);
    try {
      for await (const line of stack.logs({
        ...request,
        ...(since !== undefined && { since }),
        follow: true,
        signal,
      })) {
        if (signal.aborted) return;
        if (isNew(line)) await session.batches.add(shownLine(line));
      }
    } catch (error) {
      await session.batches.empty();
      if (signal.aborted) return;
      this.close(session.name);
      this.#edges.push({ session: session.name, lines: [], ended: saidOf(errorsOf(error)) });
    }
  }
}

type LogRequestPart = Pick<LogRequest, 'services' | 'since' | 'onUnredacted'>;

/** What the core is asked for. */
export const requestOf = ({ services, since }: LogChoice): LogRequestPart => ({
  ...(services.length > 0 && { services }),
  ...(since !== 'all' && { since }),
});

/** Whether a line stands behind a page; what is followed begins with the page's first one again. */
function behind({ lines }: LogPage): (line: LogLine) => boolean {
  const from = lines[0]?.at ?? '';
  const last = new Map(lines.map(({ container, at }) => [container, at]));
  return ({ container, at }) => at > (last.get(container) ?? '') && at >= from;
}

/** The newest lines of a page that fit into one answer. */
function shownPage({ lines, hasOlder }: LogPage): LogPageShape {
  const shown: LogLineShape[] = [];
  let size = 0;
  for (const line of lines.toReversed()) {
    const next = shownLine(line);
    size += next.text.length;
    if (size > LARGEST_PAGE) return { lines: shown.toReversed(), hasOlder: true };
    shown.push(next);
  }
  return { lines: shown.toReversed(), hasOlder };
}

const shownLine = ({ service, stream, at, text }: LogLine): LogLineShape => ({
  service,
  stream,
  at,
  text: text.slice(0, LONGEST_LINE + 1),
});
