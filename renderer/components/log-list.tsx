import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type Ref,
} from 'react';
import type { Hit } from '../log-search.ts';
import type { LogEntry } from '../log-window.ts';
import { LogLine } from './log-line.tsx';

/** so near to the end counts as the end */
const END_PX = 40;
/** as styles/logs.css makes it in letters of the usual size; lines that are seen are measured */
const LINE_PX = 18;
/** Lines that are there beyond those in sight. At the end, where they go by, nobody is about to scroll to them. */
const BEYOND = 12;

/** What a view can ask of its list. */
export interface LogListHandle {
  readonly show: (index: number, align: 'center' | 'end') => void;
  readonly toEnd: () => void;
  /** index of the first line that can be seen */
  readonly firstSeen: () => number;
}

interface Props {
  readonly entries: readonly LogEntry[];
  readonly isWrapped: boolean;
  /** new lines are scrolled to, where the end is in sight */
  readonly isFollowed: boolean;
  readonly pattern: RegExp | undefined;
  readonly current: Hit | undefined;
  readonly isAtEnd: boolean;
  /** told when the end comes in sight, or leaves it */
  readonly onEnd: (isAtEnd: boolean) => void;
  readonly handle: Ref<LogListHandle>;
  readonly empty: string;
}

/** The lines of the log, of which those in sight are there. */
export function LogList({
  entries,
  isWrapped,
  isFollowed,
  pattern,
  current,
  isAtEnd,
  onEnd,
  handle,
  empty,
}: Props) {
  const pane = useRef<HTMLDivElement>(null);
  const isSelecting = useSelecting(pane);
  const list = useVirtualizer({
    count: entries.length,
    getScrollElement: () => pane.current,
    estimateSize: () => LINE_PX,
    overscan: isAtEnd ? 0 : BEYOND,
    getItemKey: useCallback((index: number) => entries[index]?.id ?? index, [entries]),
    anchorTo: 'end',
    // what is being selected must not move away
    followOnAppend: isFollowed && !isSelecting,
    scrollEndThreshold: END_PX,
  });
  const isStill = !isFollowed || isSelecting;
  const tellEnd = (): void => {
    // of the element itself: React hears of a scroll before the list does
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = pane.current ?? {};
    onEnd(!isStill && scrollHeight - scrollTop - clientHeight <= END_PX);
  };
  useLayoutEffect(tellEnd, [entries, isStill, isWrapped]);
  // how high a line was is no longer true
  useLayoutEffect(() => list.measure(), [isWrapped]);

  const sought = useRef<Hit>(undefined);
  useImperativeHandle(handle, () => ({
    show: (index, align) => list.scrollToIndex(index, { align }),
    toEnd: () => list.scrollToEnd(),
    firstSeen: () => list.getVirtualItemForOffset(list.scrollOffset ?? 0)?.index ?? 0,
  }));
  // the line may be longer than the window: the hit itself is to be seen, once the list has come to rest at its line
  useEffect(() => {
    if (!current || current === sought.current || list.isScrolling) return;
    const mark = pane.current?.querySelector('mark[aria-current]');
    if (!mark) return;
    sought.current = current;
    mark.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });

  const items = list.getVirtualItems();
  const [first, last] = [items[0]?.start ?? 0, items.at(-1)?.end ?? 0];
  return (
    <div
      ref={pane}
      className={isWrapped ? 'log' : 'log unwrapped'}
      role="region"
      aria-label="Log"
      tabIndex={0}
      onScroll={tellEnd}
    >
      {entries.length === 0 && <p className="soft">{empty}</p>}
      <ol style={{ paddingTop: first, paddingBottom: list.getTotalSize() - last }}>
        {items.map(({ key, index }) => {
          const entry = entries[index];
          return (
            entry && (
              <li
                key={key}
                ref={list.measureElement}
                data-index={index}
                className="log-line"
                aria-setsize={entries.length}
                aria-posinset={index + 1}
              >
                <LogLine
                  entry={entry}
                  pattern={pattern}
                  current={entry.id === current?.id ? current.nth : undefined}
                />
              </li>
            )
          );
        })}
      </ol>
    </div>
  );
}

/** Whether a part of the element's text is selected. */
function useSelecting(element: { readonly current: HTMLElement | null }): boolean {
  const [isSelecting, set] = useState(false);
  useEffect(() => {
    const look = (): void => {
      const selection = document.getSelection();
      set(selection?.isCollapsed === false && (element.current?.contains(selection.anchorNode) ?? false));
    };
    document.addEventListener('selectionchange', look);
    return () => document.removeEventListener('selectionchange', look);
  }, []);
  return isSelecting;
}
