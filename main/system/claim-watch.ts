import { watchFolder } from './watch-folder.ts';

/** A claimant is seen before it has the name: after each change it is looked again so much later, in milliseconds. */
const AGAIN_AFTER_MS = [20, 100, 500];
/** Pipes have no files: how often it is looked on Windows, in milliseconds. */
const PIPES_EVERY_MS = 2_000;

/**
 * Tells when somebody may have taken a name of `claim` or given it up, at once and a few times after; returns the way
 * to stop.
 */
export function watchClaims(runtime: string, name: string, changed: () => void): () => void {
  if (process.platform === 'win32') {
    const timer = setInterval(changed, PIPES_EVERY_MS).unref();
    return () => clearInterval(timer);
  }
  let timers: NodeJS.Timeout[] = [];
  const forget = (): void => {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
  };
  const stop = watchFolder(runtime, (file) => {
    if (file !== undefined && !file.startsWith(`${name}-`)) return;
    changed();
    forget();
    timers = AGAIN_AFTER_MS.map((wait) => setTimeout(changed, wait).unref());
  });
  return () => {
    stop();
    forget();
  };
}
