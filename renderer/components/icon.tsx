import type { ReactNode } from 'react';
import type { IconName } from '../icon-name.ts';

/** Shapes on a field of 20 × 20. States differ by their outline, so that they are told apart without colour. */
const SHAPES: Readonly<Record<IconName, ReactNode>> = {
  ok: (
    <>
      <circle cx="10" cy="10" r="7.5" />
      <path d="m6.5 10.2 2.4 2.4 4.6-5" />
    </>
  ),
  warn: <path d="M10 2.8 18 17H2ZM10 8v4M10 14.3v.1" />,
  bad: <path d="M6.5 2.5h7l4 4v7l-4 4h-7l-4-4v-7ZM7.3 7.3l5.4 5.4M12.7 7.3l-5.4 5.4" />,
  busy: <path className="spin" d="M10 2.5a7.5 7.5 0 1 1-7.1 5" />,
  stopped: <rect x="4" y="4" width="12" height="12" rx="2" />,
  absent: <circle cx="10" cy="10" r="7.5" strokeDasharray="2.5 2.7" />,
  paused: (
    <>
      <circle cx="10" cy="10" r="7.5" />
      <path d="M8 7v6M12 7v6" />
    </>
  ),
  skipped: <path d="m4 5 6 5-6 5ZM10 5l6 5-6 5Z" />,
  unreachable: <path d="m2.5 2.5 15 15M7.2 3.6h7.3a3 3 0 0 1 3 3v6M14 16.4H5.5a3 3 0 0 1-3-3V7" />,
  play: <path d="M6 3.8v12.4L16 10Z" />,
  restart: <path d="M15.8 7.5A6.5 6.5 0 1 0 16.5 10M16.3 3.4v4.2h-4.2" />,
  stop: <rect x="5" y="5" width="10" height="10" rx="1.5" />,
  logs: <path d="M3 5h14M3 10h14M3 15h8" />,
  up: <path d="m4 12.5 6-6 6 6" />,
  down: <path d="m4 7.5 6 6 6-6" />,
  close: <path d="m5 5 10 10M15 5 5 15" />,
  stack: <path d="M10 2.5 17.5 6 10 9.5 2.5 6ZM2.5 10l7.5 3.5 7.5-3.5M2.5 14l7.5 3.5 7.5-3.5" />,
};

/** A picture beside a word; it says nothing of its own to a screen reader. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {SHAPES[name]}
    </svg>
  );
}
