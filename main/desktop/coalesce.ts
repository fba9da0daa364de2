/** A value is pushed at once and no more often than this, in milliseconds; the newest always arrives. */
const AT_MOST_EVERY_MS = 100;

/** Gives a function that passes values on at most 10 times a second; those in between are left out. */
export function coalesced<T>(pass: (value: T) => void): (value: T) => void {
  let timer: NodeJS.Timeout | undefined;
  let waiting: { value: T } | undefined;
  const flush = (): void => {
    timer = undefined;
    if (!waiting) return;
    const { value } = waiting;
    waiting = undefined;
    timer = setTimeout(flush, AT_MOST_EVERY_MS);
    pass(value);
  };
  return (value) => {
    waiting = { value };
    if (!timer) flush();
  };
}
