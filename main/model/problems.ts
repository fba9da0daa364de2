/** Collects what is wrong with a set of files, so that everything is said at once. */
import { appError, type AppError, type ErrorCode, type ErrorData } from '../errors.ts';
import { keyPath, type At } from './tree.ts';

/** A value that cannot be read, before it is known where it stands. */
export interface Wrong {
  readonly type: 'wrong';
  readonly code: ErrorCode;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The facts of an error without its place, which the collector adds. */
export type Facts<C extends ErrorCode> = Omit<ErrorData<C>, 'file' | 'line' | 'column' | 'path'>;

export const wrong = <C extends ErrorCode>(code: C, data: Facts<C>): Wrong => ({
  type: 'wrong',
  code,
  data: data,
});

export const isWrong = (value: unknown): value is Wrong =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'wrong';

export type Path = readonly (string | number)[];

/** A place in a file, or a whole file. */
export type Spot = Pick<At, 'file'> & Partial<At>;

/** The list of problems (or of warnings) of one load; the same problem at the same place is kept once. */
export class Problems {
  readonly #found = new Map<string, AppError>();

  /** Adds a problem at a place. */
  add<C extends ErrorCode>(code: C, at: Spot, path: Path, facts: Facts<C>): void {
    this.addWrong({ type: 'wrong', code, data: facts }, at, path);
  }

  addWrong(found: Wrong, at: Spot, path: Path): void {
    const { template, ...spot } = at;
    const place = { ...spot, ...(path.length > 0 ? { path: keyPath(path) } : {}) };
    const data = template === undefined ? found.data : asWritten(found.data, template);
    const error = appError(found.code, { ...data, ...place });
    // a merged file is looked at again after each further file: one place says one thing once
    const key = JSON.stringify([found.code, at.file, at.line, at.column, data]);
    if (!this.#found.has(key)) this.#found.set(key, error);
  }

  get size(): number {
    return this.#found.size;
  }

  /** All of them, in the order of the files and of their lines. */
  all(): AppError[] {
    const found = [...this.#found.values()];
    const files = [...new Set(found.map((error) => error.data['file']))];
    const place = ({ data }: AppError, key: string) => Number(data[key] ?? 0);
    return found.toSorted(
      (a, b) =>
        files.indexOf(a.data['file']) - files.indexOf(b.data['file']) ||
        place(a, 'line') - place(b, 'line') ||
        place(a, 'column') - place(b, 'column'),
    );
  }
}

/** The facts of an error about a value whose variables were replaced: nothing of what they hold. */
function asWritten(data: Wrong['data'], template: string): Wrong['data'] {
  const shown = Object.keys(data).filter((key) => key === 'value' || key === 'name');
  return { ...data, ...Object.fromEntries(shown.map((key) => [key, template])) };
}

/** What is found out about a set of files. */
export interface Findings {
  readonly problems: Problems;
  readonly warnings: Problems;
  /** `services.name`, `volumes.name`… that lost a part: what else they seem to lack is not told */
  readonly damaged: Set<string>;
}

/** Remembers that a part of what a path belongs to could not be read. */
export function damage(findings: Findings, path: Path): void {
  if (path.length > 1) findings.damaged.add(`${path[0]}.${path[1]}`);
}

/** Whether a part of what a path belongs to could not be read. */
export const isDamaged = (findings: Findings, path: Path): boolean =>
  findings.damaged.has(`${path[0]}.${path[1]}`);
