import { useEffect, useState } from 'react';
import type { HealthHistory } from '../main/channels.ts';
import { useConnection, useVisible } from './context.ts';
import { errorsOf, type SaidError } from './state.ts';

const AGAIN_MS = 60_000;

/** The last 24 hours: read at once, every minute while the window can be seen, and when the stack's state changes. */
export function useHealth(status: string): {
  readonly health: HealthHistory | undefined;
  readonly errors: readonly SaidError[];
} {
  const { call } = useConnection();
  const isVisible = useVisible();
  const [health, setHealth] = useState<HealthHistory>();
  const [errors, setErrors] = useState<readonly SaidError[]>([]);
  useEffect(() => {
    if (!isVisible) return undefined;
    let isOver = false;
    const read = async (): Promise<void> => {
      try {
        const answer = await call('health', {});
        if (isOver) return;
        setHealth(answer);
        setErrors([]);
      } catch (thrown) {
        if (!isOver) setErrors(errorsOf(thrown));
      }
    };
    void read();
    const timer = setInterval(() => void read(), AGAIN_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [call, status, isVisible]);
  return { health, errors };
}
