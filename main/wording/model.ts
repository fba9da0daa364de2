import { row } from './row.ts';

/** Where in a Compose file: every problem of reading names it. */
export interface Place {
  file: string;
  /** 1-based */
  line?: number;
  /** 1-based */
  column?: number;
  /** key path, as `services.db.ports[0]` */
  path?: string;
}

export const at = (p: Place): string =>
  [p.file, p.line, p.column].filter((x) => x !== undefined).join(':') + (p.path ? ` (${p.path})` : '');

export const modelWording = {
  'model.unknown-key': row<Place & { key: string; near?: string }>(
    2,
    (d) => `${at(d)}: unknown key "${d.key}"`,
    (d) => (d.near ? `Did you mean "${d.near}"?` : 'Remove it, or name it x-… if it is an extension.'),
  ),
};
