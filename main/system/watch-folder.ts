import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** How often it is said that something may have changed where the system does not tell, in milliseconds. */
const POLL_MS = 2_000;

/**
 * Tells which file of a folder may have changed, undefined for any of them; returns the way to stop. Where the system
 * cannot watch (its watches are used up, the folder is gone for a moment) it is said every two seconds.
 */
export function watchFolder(folder: string, changed: (name: string | undefined) => void): () => void {
  let stop = (): void => {};
  const poll = (): void => {
    stop();
    const timer = setInterval(() => changed(undefined), POLL_MS).unref();
    stop = () => clearInterval(timer);
  };
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => changed(name ?? undefined));
    stop = () => watcher.close();
    watcher.on('error', poll);
  } catch {
    poll();
  }
  return () => stop();
}

/** Tells when a file may have changed, one that is replaced rather than written too; a burst of events is told once. */
export function watchFile(path: string, changed: () => void): () => void {
  let soon: NodeJS.Timeout | undefined;
  const stop = watchFolder(dirname(path), (name) => {
    if (name !== undefined && name !== basename(path)) return;
    clearTimeout(soon);
    soon = setTimeout(changed, 50).unref();
  });
  return () => {
    clearTimeout(soon);
    stop();
  };
}
