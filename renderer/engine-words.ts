import type { AppSnapshot } from '../main/channels.ts';
import type { EngineState, StackState } from '../main/contract.ts';

/** Product and version of the engine: `Docker Engine 28.5.1`. */
export function engineName({ product, version }: EngineState): string {
  return [product ?? 'Container engine', version].filter((part) => part !== undefined).join(' ');
}

/** Where the engine is, from its address; undefined while that is not known. */
export function enginePlace({ url }: EngineState): string | undefined {
  if (url === undefined) return undefined;
  if (/^(unix|npipe):/.test(url)) return 'on this computer';
  return URL.canParse(url) ? `on ${new URL(url).hostname}` : `at ${url}`;
}

/** Whether upstream still cares for the profile. */
export function supportWords(support: NonNullable<StackState['support']>): string {
  return { current: 'Supported upstream', retired: 'Retired upstream', community: 'Community profile' }[
    support.status
  ];
}

/** What the stack is called: its profile's title, or whatever names it. */
export function stackTitle(snapshot: AppSnapshot | undefined): string {
  return snapshot?.title ?? snapshot?.current ?? 'Letta Stack';
}
