import { watchFile } from '../system/watch-folder.ts';
import type { ContextFiles } from './docker-context.ts';
import { dockerContexts } from './endpoint.ts';
import type { Surroundings } from './well-known.ts';

/**
 * Tells when the Docker CLI's current context is another one, two seconds after the switch at most; returns the way to
 * stop. What else is written into Docker's config (a login) tells nothing.
 */
export function watchContext(around: Surroundings, files: ContextFiles, changed: () => void): () => void {
  const contexts = dockerContexts(around, files);
  let last = contexts.current();
  return watchFile(contexts.configFile, () => {
    const before = last;
    last = contexts.current();
    void Promise.all([before, last]).then(([was, is]) => {
      if (is !== was) changed();
    });
  });
}
