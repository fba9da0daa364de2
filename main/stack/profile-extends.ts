/** A block that goes on from another file's (`extends: ../other/compose.yaml`). Pure. */
import { failure, type Failure } from '../errors.ts';
import { isRaw, nameOf, PROFILE_KEY, type Raw } from './profile.ts';

/**
 * The block with what it takes over from `read(its extends)`, but for the settings and probes that `without` names: what
 * it says itself wins, of an entry of a list key by key, and entries that only it has stand after the others.
 * @throws Failure `stack.profile-block` when the other file has no block, or no such setting or probe
 */
export function extendedBlock(own: unknown, file: string, read: (other: string) => unknown): unknown {
  if (!isRaw(own)) return own;
  const { extends: other, without = [], ...rest } = own;
  if (typeof other !== 'string') return own;
  const wrong = (key: string, problem: string): Failure =>
    failure('stack.profile-block', { file, path: `${PROFILE_KEY}.${key}`, problem });
  const whole = read(other);
  if (!isRaw(whole)) throw wrong('extends', `${other} has no ${PROFILE_KEY}`);
  const unwanted: readonly unknown[] = Array.isArray(without) ? without : [without];
  const lists = ['settings', 'probes'].map((key) => [key, listOf(whole[key])] as const);
  const stray = unwanted.find((name) => !lists.some(([, list]) => list.some((e) => nameOf(e) === name)));
  if (stray !== undefined)
    throw wrong('without', `${other} has no setting or probe ${JSON.stringify(stray)}`);
  const taken = lists.map(([key, list]) => [key, list.filter((e) => !unwanted.includes(nameOf(e)))]);
  const base: Raw = { ...whole, ...(Object.fromEntries(taken) as Raw) };
  const keys = [...new Set([...Object.keys(base), ...Object.keys(rest)])];
  return Object.fromEntries(keys.map((key) => [key, both(base[key], rest[key])]));
}

function both(base: unknown, own: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(own)) {
    const names = new Map(own.map((entry): [unknown, unknown] => [nameOf(entry), entry]));
    const known = new Set(base.map(nameOf));
    return [
      ...base.map((entry: unknown) => over(entry, names.get(nameOf(entry)))),
      ...own.filter((entry) => !known.has(nameOf(entry))),
    ];
  }
  return over(base, own);
}

function over(base: unknown, own: unknown): unknown {
  if (own === undefined) return base;
  return isRaw(base) && isRaw(own) ? { ...base, ...own } : own;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
