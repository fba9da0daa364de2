import type { KeyState, ProviderState, TriedProvider } from '../main/channels.ts';
import type { Look } from './looks.ts';
import { plain } from './text.ts';
import { since } from './time.ts';

/** The store did not answer, or not yet. */
const NOT_KNOWN: Look = { icon: 'absent', word: 'Not known', tone: 'quiet' };
const UNKNOWN = 'whether it is set is known as soon as the place where keys are kept answers';

/** Whether a provider can be used, as icon and word. */
export function providerLook({ keys, isReady }: Pick<ProviderState, 'keys' | 'isReady'>): Look {
  if (isReady) return { icon: 'ok', word: 'Set', tone: 'ok' };
  if (keys.some((k) => !k.isKnown)) return NOT_KNOWN;
  if (keys.some((k) => k.isSet)) return { icon: 'warn', word: 'Incomplete', tone: 'warn' };
  return { icon: 'absent', word: 'Not set', tone: 'quiet' };
}

/** Whether a secret is there. */
export function keyLook({
  isSet,
  isKnown,
  required,
}: Pick<KeyState, 'isSet' | 'isKnown' | 'required'>): Look {
  if (isSet) return { icon: 'ok', word: 'Set', tone: 'ok' };
  if (!isKnown) return NOT_KNOWN;
  return required
    ? { icon: 'warn', word: 'Not set', tone: 'warn' }
    : { icon: 'absent', word: 'Not set', tone: 'quiet' };
}

/** When a secret was set and a stack last started with it. */
export function keyFacts({ isSet, isKnown, setAt, used }: KeyState, now: number): string {
  if (!isKnown) return UNKNOWN;
  if (!isSet) return '';
  const set = setAt === undefined ? undefined : since(setAt, now);
  const start = used && since(used.at, now);
  return [
    set === undefined ? 'found in the store' : `set ${set} ago`,
    start === undefined
      ? 'never started with'
      : `last started with ${start} ago (${plain(used?.project ?? '')})`,
  ].join(', ');
}

/** What came of a call to a provider. */
export function triedLook({ as }: TriedProvider): Look {
  const looks: Readonly<Record<TriedProvider['as'], Look>> = {
    ok: { icon: 'ok', word: 'Works', tone: 'ok' },
    refused: { icon: 'bad', word: 'Refused', tone: 'bad' },
    'rate-limited': { icon: 'warn', word: 'Too many calls', tone: 'warn' },
    'no-network': { icon: 'unreachable', word: 'No answer', tone: 'bad' },
    other: { icon: 'warn', word: 'Not clear', tone: 'warn' },
  };
  return looks[as];
}

/** A key of a backup, by its name there: `OPENAI_API_KEY`, `LETTA_DB_PASSWORD of letta-production`. */
export function backedUp(account: string): string {
  const at = account.indexOf('/');
  const scope = account.slice(0, Math.max(0, at));
  return scope === '' || scope === 'global' ? account.slice(at + 1) : `${account.slice(at + 1)} of ${scope}`;
}

/** Names in a sentence: `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  const all = names.map((name) => plain(name));
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}
