import {
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type Ref,
} from 'react';
import type { LogSince } from '../../main/channels.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorNotes } from '../components/error-notes.tsx';
import { LogList, type LogListHandle } from '../components/log-list.tsx';
import { LogOlder } from '../components/log-older.tsx';
import { LogSearchBox } from '../components/log-search-box.tsx';
import { useSaveLog } from '../components/save-log.tsx';
import { Select } from '../components/select.tsx';
import { useConnection } from '../context.ts';
import { copyText } from '../copy.ts';
import { stackOf } from '../hero-model.ts';
import { logCommandsOf, type LogAct, type LogHandle } from '../log-commands.ts';
import { LEVEL_CHOICES, ofLevel, SINCE_CHOICES } from '../log-options.ts';
import { LogReader, type LogState } from '../log-reader.ts';
import { useLogSearch } from '../log-search.ts';
import { MOST_LINES, type LogEntry } from '../log-window.ts';
import type { Place } from '../places.ts';
import type { Told } from '../state.ts';
import { plain } from '../text.ts';
import type { LogFilter } from '../use-log-filter.ts';

interface Props {
  readonly told: Told;
  readonly place: Place;
  readonly filter: LogFilter;
  /** how the command palette reaches it */
  readonly handle: Ref<LogHandle>;
  readonly onFilter: (change: Partial<LogFilter>) => void;
  readonly onGo: (place: Place) => void;
}

/** What happened? */
export function Logs({ told, place, filter, handle, onFilter, onGo }: Props) {
  const { service: chosen, since, level, query, isWrapped } = filter;
  const [isFollowed, follow] = useState(true);
  const [isAtEnd, setAtEnd] = useState(true);
  const list = useRef<LogListHandle>(null);
  const { snapshot } = told;
  const reader = useLogReader({ chosen, since, project: snapshot?.current, engine: snapshot?.engine.url });
  const state = useSyncExternalStore(reader.state.subscribe, reader.state.get);
  useAgainWhenReachable(reader, state, snapshot?.engine.reachable ?? true);

  const { entries, newer } = state.window;
  const shown = useMemo(() => ofLevel(entries, level), [entries, level]);
  const search = useLogSearch(shown, query);
  const unseen = useUnseen(shown, isAtEnd) + newer;
  const save = useSaveLog(reader.choice);
  const services = (snapshot && stackOf(snapshot)?.services.map((s) => s.name)) ?? [];

  function end(isThere: boolean): void {
    reader.isHeld = !isThere;
    setAtEnd(isThere);
  }

  function move(by: 1 | -1): void {
    const index = search.move(by, list.current?.firstSeen() ?? 0);
    if (index !== undefined) list.current?.show(index, 'center');
  }

  function toEnd(): void {
    follow(true);
    if (newer > 0) reader.restart();
    else list.current?.toEnd();
  }

  async function loadOlder(): Promise<void> {
    const before = shown[0]?.id;
    if ((await reader.older()) === 0) return;
    // what was just read ends where what was there begins
    const now = ofLevel(reader.state.get().window.entries, level);
    const index = now.findIndex(({ id }) => id === before);
    if (index > 0) list.current?.show(index - 1, 'end');
  }

  const copy = (): Promise<void> => copyText(shown.map(asText).join('\n'));
  const again = (): void => void (state.phase === 'ended' ? reader.open() : reader.restart());

  async function act(what: LogAct): Promise<void> {
    if (typeof what === 'object') return onFilter(what.filter);
    await {
      save: save.run,
      copy,
      follow: () => follow(!isFollowed),
      next: () => move(1),
      previous: () => move(-1),
      end: toEnd,
      older: loadOlder,
      again,
    }[what]();
  }

  useImperativeHandle(handle, () => ({
    commands: () =>
      logCommandsOf({
        filter,
        isFollowed,
        hasLines: shown.length > 0,
        isAtEnd,
        isSaving: save.isSaving,
        hasOlder: (state.window.hasOlder || state.window.letGo > 0) && !state.isLoadingOlder,
        hasMatches: search.total > 0,
        isLacking: state.phase === 'ended' || state.unredacted.length > 0,
      }),
    act,
  }));

  return (
    <>
      <div className="view-head">
        <h1>Logs</h1>
        <CopyButton what="shown lines" copy={copy} isLong />
        {save.button}
      </div>
      <div className="toolbar" role="group" aria-label="What is shown">
        <Select
          title="Service"
          choices={serviceChoices(services, chosen)}
          chosen={chosen}
          onChoose={(service) => onFilter({ service })}
        />
        <Select
          title="Level"
          choices={LEVEL_CHOICES}
          chosen={level}
          onChoose={(to) => onFilter({ level: to })}
        />
        <Select
          title="Since"
          choices={SINCE_CHOICES}
          chosen={since}
          onChoose={(to) => onFilter({ since: to })}
        />
        <LogSearchBox
          asked={place.isFinding ? place : undefined}
          query={query}
          search={search}
          onQuery={(to) => onFilter({ query: to })}
          onMove={move}
        />
        <label>
          <input type="checkbox" checked={isFollowed} onChange={() => follow(!isFollowed)} /> Follow
        </label>
        <label>
          <input type="checkbox" checked={isWrapped} onChange={() => onFilter({ isWrapped: !isWrapped })} />{' '}
          Wrap lines
        </label>
      </div>
      {state.errors.length > 0 && (
        <ErrorNotes errors={state.errors}>
          {state.phase === 'ended' && (
            <button type="button" className="small" onClick={reader.open}>
              Try again
            </button>
          )}
        </ErrorNotes>
      )}
      {state.unredacted.length > 0 && (
        <ErrorNotes errors={state.unredacted}>
          <div className="actions">
            <button type="button" className="small" onClick={() => onGo({ view: 'settings', page: 'keys' })}>
              Open the keys
            </button>
            <button type="button" className="small" onClick={reader.restart}>
              Read again
            </button>
          </div>
        </ErrorNotes>
      )}
      {save.said}
      <div className="log-frame" style={serviceColumn(services)}>
        <LogOlder window={state.window} isLoading={state.isLoadingOlder} onLoad={() => void loadOlder()} />
        <LogList
          entries={shown}
          isWrapped={isWrapped}
          isFollowed={isFollowed}
          pattern={search.pattern}
          current={search.current}
          isAtEnd={isAtEnd}
          onEnd={end}
          handle={list}
          empty={emptyWords(state)}
        />
        {!isAtEnd && shown.length > 0 && (
          <button type="button" className="log-end" onClick={toEnd}>
            {unseen === 0
              ? 'Go to the end'
              : `${unseen.toLocaleString('en')} new ${unseen === 1 ? 'line' : 'lines'}, go to the end`}
          </button>
        )}
      </div>
      <p className="soft small-text">
        The newest {MOST_LINES.toLocaleString('en')} lines are kept here, older ones are read when they are
        asked for.{state.unredacted.length === 0 && ' Secrets are taken out.'}
      </p>
    </>
  );
}

interface Wanted {
  readonly chosen: string;
  readonly since: LogSince;
  readonly project: string | undefined;
  /** the address of the engine that has the stack */
  readonly engine: string | undefined;
}

/** A reader of what is chosen, of the stack that is shown, on the engine that it is on. */
function useLogReader({ chosen, since, project, engine }: Wanted): LogReader {
  const connection = useConnection();
  const reader = useMemo(
    () =>
      new LogReader(connection, { project: project ?? '', services: chosen === '' ? [] : [chosen], since }),
    [connection, chosen, since, project, engine],
  );
  useEffect(() => (project === undefined ? undefined : reader.open()), [reader, project]);
  return reader;
}

/** What ended with the engine begins again with it. */
function useAgainWhenReachable(reader: LogReader, { phase }: LogState, isReachable: boolean): void {
  const was = useRef(isReachable);
  useEffect(() => {
    if (isReachable && !was.current && phase === 'ended') reader.open();
    was.current = isReachable;
  }, [isReachable]);
}

/** How many lines came since the end was in sight. */
function useUnseen(shown: readonly LogEntry[], isAtEnd: boolean): number {
  const seen = useRef(0);
  useEffect(() => {
    if (isAtEnd) seen.current = shown.at(-1)?.id ?? 0;
  }, [shown, isAtEnd]);
  if (isAtEnd) return 0;
  let count = 0;
  while ((shown.at(-1 - count)?.id ?? 0) > seen.current) count += 1;
  return count;
}

function emptyWords({ phase, window: { entries } }: LogState): string {
  if (entries.length > 0) return `None of ${entries.length.toLocaleString('en')} lines has this level.`;
  if (phase === 'reading') return 'Reading …';
  return phase === 'ended' ? '' : 'Nothing was written yet. Once a service runs, its output is here.';
}

const LONGEST_NAME = 16;
/** Its width, in characters. */
const serviceColumn = (services: readonly string[]): Record<`--${string}`, number> => ({
  '--log-service': Math.min(LONGEST_NAME, Math.max(4, ...services.map((name) => plain(name).length))),
});

const asText = ({ at, service, text }: LogEntry): string => `${at} ${service} ${text}`;

/** The chosen service stays in the list, also when the stack has lost it. */
function serviceChoices(services: readonly string[], chosen: string): { value: string; title: string }[] {
  const all = chosen === '' || services.includes(chosen) ? services : [...services, chosen];
  return [{ value: '', title: 'All' }, ...all.map((name) => ({ value: name, title: plain(name) }))];
}
