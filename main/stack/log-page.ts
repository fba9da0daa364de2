import type { Engine } from '../docker/port.ts';
import { redactor } from '../system/redact.ts';
import type { ObservedContainer } from './observed.ts';
import { linesOf, optionsOf } from './stack-logs.ts';
import type { LogLine, LogPage, LogPageRequest } from './stack-types.ts';

/** What is kept of a container's log while it is read, in characters, whatever number of lines was asked for. */
const LARGEST = 8 * 2 ** 20;

/**
 * The last lines of all these containers together, or the last ones before a time. Where one of them has more to tell
 * than was read of it, the page begins there: older lines of the others would leave a gap.
 */
export async function readLogPage(
  engine: Engine,
  containers: readonly ObservedContainer[],
  request: LogPageRequest,
  secrets: readonly string[],
): Promise<LogPage> {
  const end = new AbortController();
  const signal = AbortSignal.any([request.signal, end.signal]);
  try {
    const read = await Promise.all(containers.map((c) => lastLines(engine, c, { ...request, signal })));
    const from = read.reduce((latest, { lines: [first], isCut }) => {
      return isCut && first && first.at > latest ? first.at : latest;
    }, '');
    const all = read
      .flatMap(({ lines }) => lines)
      .filter(({ at }) => at >= from)
      .toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
    const lines = all.slice(-request.lines);
    const secretless = redactor(secrets);
    return {
      lines: lines.map((line) => ({ ...line, text: secretless.text(line.text) })),
      hasOlder: all.length > lines.length || read.some(({ isCut }) => isCut),
    };
  } finally {
    // where one log cannot be read the others are not read on
    end.abort();
  }
}

/**
 * The last lines of one container. The engine counts its own `tail` from the end of the log also where only what is
 * before a time is asked for (moby, daemon/logger/loggerutils): then the log is read up to there.
 */
async function lastLines(
  engine: Engine,
  container: ObservedContainer,
  { before, lines: wanted, signal, ...request }: LogPageRequest,
): Promise<{ lines: LogLine[]; isCut: boolean }> {
  // one more tells whether there are more
  const most = wanted + 1;
  const options = {
    ...optionsOf(before === undefined ? { ...request, tail: most } : request, container),
    ...(before !== undefined && { until: (Date.parse(before) + 1) / 1000 }),
    signal,
  };
  let lines: LogLine[] = [];
  let size = 0;
  let isCut = false;
  let first = 0;
  for await (const line of linesOf(engine.containers.logs(container.id, options), container, (x) => x)) {
    if (before !== undefined && line.at >= before) continue;
    lines.push(line);
    size += line.text.length;
    for (; lines.length - first > most || (size > LARGEST && lines.length - first > 1); first += 1) {
      size -= lines[first]?.text.length ?? 0;
      isCut = true;
    }
    // what is left behind is let go of in large steps
    if (first <= most) continue;
    lines = lines.slice(first);
    first = 0;
  }
  return { lines: lines.slice(first), isCut };
}
