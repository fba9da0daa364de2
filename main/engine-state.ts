import type { EngineState } from './contract.ts';
import type { Engine } from './docker/port.ts';

/** An engine that answers, for terminal and window. */
export function engineState({ endpoint, info }: Engine): EngineState {
  const { url, source } = endpoint;
  return { reachable: true, url, source, version: info.version, product: info.product };
}
