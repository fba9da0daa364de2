/**
 * Puts a text of the page into the clipboard. The page has no permission for `navigator.clipboard`; a copy that the
 * user's click asks for needs none. Addresses and secrets of the stack are copied by main instead.
 */
export function copyText(text: string): Promise<void> {
  const fill = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  };
  document.addEventListener('copy', fill, { once: true });
  try {
    const done = document.execCommand('copy');
    return done ? Promise.resolve() : Promise.reject(new Error('The clipboard cannot be written.'));
  } finally {
    document.removeEventListener('copy', fill);
  }
}
