import { useCallback, useEffect, useRef, useState } from 'react';
import type { CallInput, CallName, CallOutput } from '../main/channels.ts';
import { useConnection } from './context.ts';
import { errorsOf, type SaidError } from './state.ts';

export interface Answer<C extends CallName> {
  /** the latest; undefined until there is one */
  readonly answer: CallOutput<C> | undefined;
  readonly errors: readonly SaidError[];
  /** asks once more; resolves when that is shown */
  readonly again: () => Promise<void>;
}

/**
 * What main answers, asked when it is first shown and whenever `when` is another: a text of what the answer depends on.
 * With `when` undefined nothing is asked. Of two answers under way the later question counts.
 */
export function useAnswer<C extends CallName>(
  name: C,
  input: CallInput<C>,
  when: string | undefined,
): Answer<C> {
  const { call } = useConnection();
  const [answer, setAnswer] = useState<CallOutput<C>>();
  const [errors, setErrors] = useState<readonly SaidError[]>([]);
  const round = useRef(0);
  const asked = JSON.stringify(input);
  const again = useCallback(async (): Promise<void> => {
    round.current += 1;
    const mine = round.current;
    try {
      const got = await call(name, JSON.parse(asked) as CallInput<C>);
      if (mine !== round.current) return;
      setAnswer(() => got);
      setErrors([]);
    } catch (thrown) {
      if (mine === round.current) setErrors(errorsOf(thrown));
    }
  }, [call, name, asked]);
  useEffect(() => {
    if (when !== undefined) void again();
    return () => {
      round.current += 1;
    };
  }, [again, when]);
  return { answer, errors, again };
}
