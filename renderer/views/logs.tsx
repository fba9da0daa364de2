import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { LogLineShape } from '../../main/channels.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorNotes } from '../components/error-notes.tsx';
import { LogLines, type ShownLine } from '../components/log-lines.tsx';
import { useConnection } from '../context.ts';
import { copyText } from '../copy.ts';
import { stackOf } from '../hero-model.ts';
import { shortcutName, shortcutOf, shortcutText } from '../shortcut.ts';
import { errorsOf, type SaidError, type Told } from '../state.ts';
import { highlight, logText, plain } from '../text.ts';
import { timeOfDay } from '../time.ts';

const TAIL = 500;
const AGAIN_MS = 2_000;
/** so near to the end counts as the end */
const END_PX = 40;
/** with Ctrl or Cmd, it leads to the search */
const FIND_KEY = 'f';

/** What happened? */
export function Logs({ told, service }: { told: Told; service: string | undefined }) {
  const [chosen, choose] = useState(service ?? '');
  const [isFollowed, follow] = useState(true);
  const [isWrapped, wrap] = useState(true);
  const [query, search] = useState('');
  const { lines, errors, reload } = useLogs(chosen, isFollowed);
  const { platform } = useConnection();
  const field = useRef<HTMLInputElement>(null);
  const pane = useRef<HTMLDivElement>(null);
  // who has scrolled back to read is left there
  const isAtEnd = useRef(true);

  const shown = useMemo(() => lines?.map((line) => shownOf(line, query)), [lines, query]);
  const hits = shown?.reduce((sum, { parts }) => sum + parts.filter((p) => p.isHit).length, 0) ?? 0;
  const services = (told.snapshot && stackOf(told.snapshot)?.services.map((s) => s.name)) ?? [];

  useLayoutEffect(() => {
    if (isFollowed && isAtEnd.current) pane.current?.scrollTo({ top: pane.current.scrollHeight });
  }, [shown, isFollowed, isWrapped]);

  useEffect(() => {
    const find = (event: KeyboardEvent): void => {
      if (shortcutOf(event, platform) !== FIND_KEY || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    window.addEventListener('keydown', find);
    return () => window.removeEventListener('keydown', find);
  }, [platform]);

  return (
    <>
      <div className="view-head">
        <h1>Logs</h1>
        <button type="button" onClick={reload}>
          Reload
        </button>
        <CopyButton what="all lines" copy={() => copyText(lines?.map(asText).join('\n') ?? '')} />
      </div>
      <div className="toolbar" role="group" aria-label="What is shown">
        <label>
          Service{' '}
          <select value={chosen} onChange={(event) => choose(event.target.value)}>
            <option value="">All</option>
            {withChosen(services, chosen).map((name) => (
              <option key={name} value={name}>
                {plain(name)}
              </option>
            ))}
          </select>
        </label>
        <label>
          Search{' '}
          <input
            ref={field}
            type="search"
            aria-keyshortcuts={shortcutName(FIND_KEY, platform)}
            title={shortcutText(FIND_KEY, platform)}
            value={query}
            onChange={(event) => search(event.target.value)}
          />
        </label>
        <span className="soft num" role="status">
          {query !== '' && `${hits} ${hits === 1 ? 'match' : 'matches'}`}
        </span>
        <label>
          <input type="checkbox" checked={isFollowed} onChange={() => follow(!isFollowed)} /> Follow
        </label>
        <label>
          <input type="checkbox" checked={isWrapped} onChange={() => wrap(!isWrapped)} /> Wrap lines
        </label>
      </div>
      {errors.length > 0 && <ErrorNotes errors={errors} />}
      <div
        ref={pane}
        className={isWrapped ? 'log' : 'log unwrapped'}
        role="region"
        aria-label="Log"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < END_PX;
        }}
      >
        {!shown && errors.length === 0 && <p className="soft">Reading …</p>}
        {shown?.length === 0 && (
          <p className="soft">Nothing was written yet. Once a service runs, its output is here.</p>
        )}
        {shown && <LogLines lines={shown} />}
      </div>
      <p className="soft small-text">The last {TAIL} lines of each service. Secrets are taken out.</p>
    </>
  );
}

/** The last lines; anew after each answer while they are followed and the window can be seen. */
function useLogs(service: string, isFollowed: boolean) {
  const { call } = useConnection();
  const [lines, setLines] = useState<readonly LogLineShape[]>();
  const [errors, setErrors] = useState<readonly SaidError[]>([]);
  const [round, setRound] = useState(0);

  useEffect(() => {
    let isOver = false;
    let timer: number | undefined;
    const read = async (): Promise<void> => {
      try {
        const answer = await call('logs', { services: service === '' ? [] : [service], tail: TAIL });
        if (isOver) return;
        setLines(answer);
        setErrors([]);
      } catch (thrown) {
        if (!isOver) setErrors(errorsOf(thrown));
      }
      if (!isOver && isFollowed) timer = window.setTimeout(again, AGAIN_MS);
    };
    const again = (): void => {
      if (document.hidden) timer = window.setTimeout(again, AGAIN_MS);
      else void read();
    };
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [call, service, isFollowed, round]);

  return { lines, errors, reload: () => setRound(round + 1) };
}

function shownOf({ service, stream, at, text }: LogLineShape, query: string): ShownLine {
  return {
    time: timeOfDay(at) ?? '',
    at: plain(at),
    service: plain(service),
    isError: stream === 'stderr',
    parts: highlight(logText(text), query),
  };
}

const asText = ({ at, service, text }: LogLineShape): string =>
  `${plain(at)} ${plain(service)} ${logText(text)}`;

/** The chosen service stays in the list, also when the stack has lost it. */
const withChosen = (services: readonly string[], chosen: string): readonly string[] =>
  chosen === '' || services.includes(chosen) ? services : [...services, chosen];
