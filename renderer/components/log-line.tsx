import { memo } from 'react';
import { spansOf, type TextLook } from '../ansi.ts';
import type { Level } from '../log-level.ts';
import { partsOf } from '../log-parts.ts';
import { hitsIn } from '../log-search.ts';
import type { LogEntry } from '../log-window.ts';
import { timeOfDay } from '../time.ts';

interface Props {
  readonly entry: LogEntry;
  readonly pattern: RegExp | undefined;
  /** which of its hits is the current one */
  readonly current: number | undefined;
}

const TONES: Readonly<Record<Level, string>> = {
  error: 'bad',
  warning: 'warn',
  info: 'quiet',
  debug: 'quiet',
};

/** A line of the log: when, which service, how grave, and what it says. One line of text, so that it can be copied. */
export const LogLine = memo(function LogLine({ entry, pattern, current }: Props) {
  const { at, service, stream, level, raw, text } = entry;
  const parts = partsOf(raw === text ? [{ text, look: {} }] : spansOf(raw), hitsIn(text, pattern));
  return (
    <>
      <time dateTime={at} title={at}>
        {(timeOfDay(at) ?? '').padEnd(8)}
      </time>{' '}
      <span className="log-service" title={service}>
        {service}
      </span>{' '}
      <span className={`log-level ${level ? TONES[level] : 'quiet'}`}>
        {(level ?? (stream === 'stderr' ? stream : '')).padEnd(7)}
      </span>{' '}
      <span className="log-text">
        {parts.map((part, i) => {
          const { className, style } = drawn(part.look);
          if (part.hit === undefined && className === '') return part.text;
          if (part.hit === undefined)
            return (
              <span key={i} className={className} style={style}>
                {part.text}
              </span>
            );
          const isCurrent = part.hit === current;
          return (
            <mark key={i} aria-current={isCurrent ? 'true' : undefined} className={className}>
              {part.text}
            </mark>
          );
        })}
      </span>
    </>
  );
});

/** The theme makes colours readable: see logs.css. */
function drawn({ inverse = false, ...look }: TextLook): {
  className: string;
  style: Record<`--${string}`, string>;
} {
  const fg = inverse ? (look.bg ?? 'var(--card)') : look.fg;
  const bg = inverse ? (look.fg ?? 'var(--ink)') : look.bg;
  const names = [
    fg !== undefined && 'fg',
    bg !== undefined && 'bg',
    look.bold && 'bold',
    look.dim && 'dim',
    look.italic && 'italic',
    look.underline && 'underline',
    look.strike && 'strike',
  ];
  return {
    className: names.filter((name) => typeof name === 'string').join(' '),
    style: { ...(fg !== undefined && { '--fg': fg }), ...(bg !== undefined && { '--bg': bg }) },
  };
}
