/** Durations: `1h30m`, `1.5s`, `2d`. */

const NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};
const LONGEST = 2n ** 63n - 1n;

/**
 * The nanoseconds of a duration such as `1h30m`, `1.5s`, `2d` (compose-spec, section "specifying
 * durations"; the CLI also takes days and weeks); undefined when it is not one.
 */
export function parseDuration(value: string): bigint | undefined {
  if (/^[-+]?0$/.test(value)) return 0n;
  const whole = /^([-+]?)((?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w))+$/.exec(value);
  if (!whole) return undefined;
  let total = 0n;
  for (const [, amount = '', unit = ''] of value.matchAll(/(\d*\.?\d*)(ns|us|µs|μs|ms|s|m|h|d|w)/g)) {
    const [integer = '', fraction = ''] = amount.split('.');
    const one = NANOSECONDS[unit] ?? 0n;
    total += BigInt(integer || '0') * one;
    if (fraction !== '') total += (BigInt(fraction) * one) / 10n ** BigInt(fraction.length);
  }
  if (total > LONGEST) return undefined;
  return whole[1] === '-' ? -total : total;
}

/** A duration as Go prints it: `1m30s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const rest = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (rest < 1_000n) return `${sign}${rest}ns`;
  if (rest < 1_000_000n) return `${sign}${decimal(rest, 3)}µs`;
  if (rest < 1_000_000_000n) return `${sign}${decimal(rest, 6)}ms`;
  const minutes = rest / 60_000_000_000n;
  const seconds = `${decimal(rest % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return `${sign}${hours === 0n ? '' : `${hours}h`}${minutes % 60n}m${seconds}`;
}

/** `value` with its last `places` digits behind the point, without trailing zeros. */
function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}

/** The nanoseconds of a duration of the model (`1m30s`), as a number: exact up to 104 days. */
export function durationToNanoseconds(duration: string): number {
  const nanoseconds = parseDuration(duration);
  if (nanoseconds === undefined) throw new RangeError(`not a duration: ${duration}`);
  return Number(nanoseconds);
}
