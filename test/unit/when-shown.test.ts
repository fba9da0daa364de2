import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { whenShown } from '../../main/shell/when-shown.ts';

class Window extends EventEmitter {
  #isDestroyed = false;
  isDestroyed = (): boolean => this.#isDestroyed;
  destroy = (): void => {
    this.#isDestroyed = true;
    this.emit('closed');
  };
}

it('a window whose page cannot be loaded is destroyed, and who waits for it is told', async () => {
  const window = new Window();
  const loading = Promise.reject(new Error('ERR_FILE_NOT_FOUND'));
  await expect(whenShown(window, loading)).rejects.toThrow('ERR_FILE_NOT_FOUND');
  expect(window.isDestroyed()).toBe(true);
});

it('one that is closed while it loads is waited for no longer, and no fault', async () => {
  const window = new Window();
  const loading = Promise.withResolvers<void>();
  const shown = whenShown(window, loading.promise);
  window.destroy();
  loading.reject(new Error('ERR_ABORTED'));
  await expect(shown).resolves.toBeUndefined();
});

it('one whose page is there is shown', async () => {
  const window = new Window();
  const shown = whenShown(window, Promise.resolve());
  window.emit('ready-to-show');
  await expect(shown).resolves.toBeUndefined();
  expect(window.isDestroyed()).toBe(false);
});
