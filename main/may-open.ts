import type { StackUrl } from './contract.ts';

/**
 * Whether an address may go to the system to be opened, which starts whatever program its scheme is for: https, or one
 * of the stack's own that is plain http on this machine. A Compose file may have any text for an address.
 * @param own addresses of the stack that is shown
 */
export function mayOpen(url: string, own: readonly StackUrl[]): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol } = new URL(url);
  if (protocol === 'https:') return true;
  return protocol === 'http:' && own.some((o) => o.url === url && o.on === undefined);
}
