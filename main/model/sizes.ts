/** Sizes in bytes: `512m`, `1.5GiB`, `1024`. */

/** The largest size that the engine can keep. */
export const MAX_SIZE = 2n ** 63n - 1n;

/**
 * The bytes of a size such as `512m`, `1.5GiB`, `1024` (compose-spec, section "specifying byte values";
 * units of 1024); undefined when it is not one.
 */
export function parseSize(value: string): bigint | undefined {
  const match = /^(\d+\.?\d*|\.\d+) ?(?:([kmgtp])(?:i?b)?|b)?$/i.exec(value);
  if (!match) return undefined;
  const power = match[2] === undefined ? 0 : 'kmgtp'.indexOf(match[2].toLowerCase()) + 1;
  const bytes = BigInt(Math.trunc(Number(match[1]) * 1024 ** power));
  // the largest size has no floating-point number of its own: it is read as one more
  return bytes === MAX_SIZE + 1n ? MAX_SIZE : bytes;
}

/** The bytes of a size of the model (a number in a string) or of a written one (`512m`). */
export function bytesOf(size: string): number {
  const bytes = size === '-1' ? -1n : parseSize(size);
  if (bytes === undefined) throw new RangeError(`not a size: ${size}`);
  return Number(bytes);
}
