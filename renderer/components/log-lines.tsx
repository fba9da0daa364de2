import { memo } from 'react';
import type { Found } from '../text.ts';

export interface ShownLine {
  /** time of day */
  readonly time: string;
  /** the whole time */
  readonly at: string;
  readonly service: string;
  readonly isError: boolean;
  readonly parts: readonly Found[];
}

/** Lines of a log. Drawn anew only when they are others: there may be thousands. */
export const LogLines = memo(function LogLines({ lines }: { lines: readonly ShownLine[] }) {
  return (
    <ol>
      {lines.map(({ time, at, service, isError, parts }, i) => (
        <li key={i} className="log-line">
          <time dateTime={at} title={at}>
            {time}
          </time>
          <span className="log-service">{service}</span>
          <span className="log-stream">{isError ? 'err' : ''}</span>
          <span className="log-text">
            {parts.map(({ text, isHit }, part) => (isHit ? <mark key={part}>{text}</mark> : text))}
          </span>
        </li>
      ))}
    </ol>
  );
});
