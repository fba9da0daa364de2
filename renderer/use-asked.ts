import { useEffect, useEffectEvent } from 'react';

/** Requests that were met: whatever is mounted anew with the same one, of another stack say, does not meet it again. */
const met = new WeakSet<object>();

/** Does once what is asked for from elsewhere; each request is an object of its own. */
export function useAsked(asked: object | undefined, act: () => void): void {
  const begin = useEffectEvent(act);
  useEffect(() => {
    if (!asked || met.has(asked)) return;
    met.add(asked);
    begin();
  }, [asked]);
}
