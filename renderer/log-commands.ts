import type { Command } from './commands.ts';
import { LEVEL_CHOICES, SINCE_CHOICES } from './log-options.ts';
import { left } from './option-words.ts';
import type { LogFilter } from './use-log-filter.ts';

/** What the view of the log does by itself; `again` reads what could not be read, or not without secrets. */
export type LogAct =
  | 'save'
  | 'copy'
  | 'follow'
  | 'next'
  | 'previous'
  | 'end'
  | 'older'
  | 'again'
  | { readonly filter: Partial<LogFilter> };

/** The view of the log while it is open: what can be done there, and doing it as it is by then. */
export interface LogHandle {
  readonly commands: () => Command[];
  /** rejects with why it cannot be done */
  readonly act: (act: LogAct) => Promise<void>;
}

interface Given {
  readonly filter: LogFilter;
  readonly isFollowed: boolean;
  /** some lines are shown */
  readonly hasLines: boolean;
  readonly isAtEnd: boolean;
  readonly isSaving: boolean;
  readonly hasOlder: boolean;
  /** what is looked for was found */
  readonly hasMatches: boolean;
  /** nothing more comes, or secrets are in what came */
  readonly isLacking: boolean;
}

/** Everything that the view of the log has a button for, as it is now. Pure. */
export function logCommandsOf(given: Given): Command[] {
  const { service, level, since, isWrapped } = given.filter;
  const act = (title: string, words: string, of: LogAct): Command => ({
    title,
    words: `logs ${words}`,
    deed: { do: 'log', act: of },
  });
  return [
    ...(given.isSaving ? [] : [act('Save the logs …', 'file export', 'save')]),
    ...(given.hasLines ? [act('Copy the shown lines', 'clipboard', 'copy')] : []),
    act(given.isFollowed ? 'Do not follow the logs' : 'Follow the logs', 'pause tail new lines', 'follow'),
    act(isWrapped ? 'Do not wrap lines' : 'Wrap lines', 'long', { filter: { isWrapped: !isWrapped } }),
    ...(given.hasMatches
      ? [act('Next match', 'search find', 'next'), act('Previous match', 'search find', 'previous')]
      : []),
    ...(given.hasLines && !given.isAtEnd ? [act('Go to the end of the logs', 'newest bottom', 'end')] : []),
    ...(given.hasOlder ? [act('Load older lines', 'before', 'older')] : []),
    ...(given.isLacking ? [act('Read the logs again', 'try', 'again')] : []),
    ...(service === '' ? [] : [act('Show logs of all services', 'every', { filter: { service: '' } })]),
    ...left(LEVEL_CHOICES, level).map(({ title, value }) =>
      act(`Log level: ${title}`, 'filter', { filter: { level: value } }),
    ),
    ...left(SINCE_CHOICES, since).map(({ title, value }) =>
      act(`Logs since: ${title}`, 'filter time', { filter: { since: value } }),
    ),
  ];
}
