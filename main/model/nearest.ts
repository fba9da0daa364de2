/** The known name that a mistyped one was probably meant to be. */
import { closest, distance } from 'fastest-levenshtein';

/** The nearest of `known`, if it is near enough to be a slip of the hand. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = closest(name, known);
  return distance(name, near) <= Math.max(2, Math.floor(name.length / 3)) ? near : undefined;
}
