import { useEffect } from 'react';
import { useConnection, useVisible } from './context.ts';

/** Has what the services use told for as long as this component is there and the window can be seen. */
export function useWatchedUse(): void {
  const { call } = useConnection();
  const isVisible = useVisible();
  useEffect(() => {
    if (!isVisible) return undefined;
    // what cannot be watched is not shown; how the stack is comes with the snapshot, and says why
    const watch = (on: boolean): void => void call('watchUse', { on }).catch(() => {});
    watch(true);
    return () => watch(false);
  }, [call, isVisible]);
}
