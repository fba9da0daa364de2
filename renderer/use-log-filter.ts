import { useState } from 'react';
import type { LogSince } from '../main/channels.ts';
import type { LevelFilter } from './log-options.ts';
import type { Place } from './places.ts';

/** Which lines of the log are shown, and how. */
export interface LogFilter {
  /** all of them where it is empty */
  readonly service: string;
  readonly level: LevelFilter;
  readonly since: LogSince;
  /** what is looked for */
  readonly query: string;
  readonly isWrapped: boolean;
}

const EVERYTHING: LogFilter = { service: '', level: 'all', since: 'all', query: '', isWrapped: true };

/**
 * What was chosen, kept while the window is open. Each visit that asks for a service gets it, and another stack, which
 * may have none of that name, begins with all of its own.
 */
export function useLogFilter(place: Place, project: string | undefined) {
  const [filter, setFilter] = useState(EVERYTHING);
  const [seen, setSeen] = useState({ place, project });
  if (place !== seen.place || project !== seen.project) {
    setSeen({ place, project: project ?? seen.project });
    const isOther = project !== undefined && seen.project !== undefined && project !== seen.project;
    const asked = place === seen.place ? undefined : place.service;
    setFilter({ ...filter, service: asked ?? (isOther ? '' : filter.service) });
  }
  return { filter, onFilter: (change: Partial<LogFilter>) => setFilter({ ...filter, ...change }) };
}
