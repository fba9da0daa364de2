/** A block that goes on from another file's (`extends: ../other/compose.yaml`). Pure. */
import { failure, type Failure } from '../errors.ts';
import { PROFILE_KEY } from './profile.ts';

type Raw = Readonly<Record<string, unknown>>;

/**
 * The block with what it takes over from `read(its extends)`, but for the settings that `without` names: what it says
 * itself wins, entries of its lists replace those of the same name and stand after the others. One level: what is taken
 * over extends nothing.
 * @throws Failure `stack.profile-block` when the other file has no block, or no such setting
 */
export function extendedBlock(own: unknown, file: string, read: (other: string) => unknown): unknown {
  if (!isRaw(own)) return own;
  const { extends: other, without = [], ...rest } = own;
  if (typeof other !== 'string') return own;
  const wrong = (key: string, problem: string): Failure =>
    failure('stack.profile-block', { file, path: `${PROFILE_KEY}.${key}`, problem });
  const whole = read(other);
  if (!isRaw(whole)) throw wrong('extends', `${other} has no ${PROFILE_KEY}`);
  const settings = Array.isArray(whole['settings']) ? whole['settings'] : [];
  const unwanted: readonly unknown[] = Array.isArray(without) ? without : [without];
  const stray = unwanted.find((name) => !settings.some((s) => nameOf(s) === name));
  if (stray !== undefined) throw wrong('without', `${other} has no setting ${JSON.stringify(stray)}`);
  const base: Raw = { ...whole, settings: settings.filter((s) => !unwanted.includes(nameOf(s))) };
  const keys = [...new Set([...Object.keys(base), ...Object.keys(rest)])];
  return Object.fromEntries(keys.map((key) => [key, both(base[key], rest[key])]));
}

function both(base: unknown, own: unknown): unknown {
  if (own === undefined) return base;
  if (Array.isArray(base) && Array.isArray(own)) {
    const names = new Map(own.map((entry): [unknown, unknown] => [nameOf(entry), entry]));
    const kept = base.map((entry: unknown) => names.get(nameOf(entry)) ?? entry);
    return [...kept, ...own.filter((entry) => !kept.includes(entry))];
  }
  return isRaw(base) && isRaw(own) ? { ...base, ...own } : own;
}

/** What an entry of a list is known by: settings and secrets have a name, probes an id, bundles a variable. */
function nameOf(entry: unknown): unknown {
  if (!isRaw(entry)) return entry;
  return entry['name'] ?? entry['id'] ?? entry['variable'] ?? entry['label'];
}

const isRaw = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
