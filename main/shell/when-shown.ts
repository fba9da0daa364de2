/** What is needed of a window that is being opened. */
interface Opening {
  once(event: 'ready-to-show', then: () => void): unknown;
  once(event: 'closed', then: () => void): unknown;
  isDestroyed(): boolean;
  destroy(): void;
}

/**
 * Resolves when a window's page is there to be seen, or when it was closed before that.
 * @param loading rejects where the page cannot be loaded: then the window, which would stay hidden, is destroyed
 * @throws what `loading` rejects with
 */
export function whenShown(window: Opening, loading: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    window.once('ready-to-show', () => resolve());
    window.once('closed', () => resolve());
    loading.catch((error: unknown) => {
      // closed while it was loaded: nobody waits for it any more
      if (window.isDestroyed()) return;
      reject(error instanceof Error ? error : new Error(String(error)));
      window.destroy();
    });
  });
}
