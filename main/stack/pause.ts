/** Milliseconds, or until `until` is aborted, whichever is first; leaves no listener and keeps no process alive. */
export function pause(ms: number, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (until.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      until.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms).unref();
    until.addEventListener('abort', end);
  });
}
