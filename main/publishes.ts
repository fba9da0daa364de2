import type { StackState } from './contract.ts';
import { isUp } from './is-up.ts';

/** Whether a container of this stack that runs publishes the port of an address: else somebody else may answer there. */
export function publishes({ services }: { readonly services: StackState['services'] }, url: string): boolean {
  const { port, protocol } = new URL(url);
  const wanted = Number(port || (protocol === 'https:' ? 443 : 80));
  return services.some((s) => isUp(s) && s.ports.some((p) => p.protocol === 'tcp' && p.published === wanted));
}
