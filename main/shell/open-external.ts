import { shell } from 'electron';
import type { StackUrl } from '../contract.ts';
import { failure } from '../errors.ts';
import { mayOpen } from '../may-open.ts';

/**
 * Opens an address in the browser (Electron, "Security", 15).
 * @param own addresses of the stack that is shown
 * @throws Failure `cli.not-opened` for what is neither https nor one of them
 */
export async function openExternal(url: string, own: readonly StackUrl[]): Promise<void> {
  if (!mayOpen(url, own)) throw failure('cli.not-opened', { url });
  await shell.openExternal(url);
}
