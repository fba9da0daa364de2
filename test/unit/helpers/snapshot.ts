import type { AppSnapshot } from '../../../main/channels.ts';
import type { ServiceState, StackState } from '../../../main/contract.ts';

/** A service that is well. */
export const serviceState = (name: string, more: Partial<ServiceState> = {}): ServiceState => ({
  name,
  status: 'healthy',
  image: 'app:1',
  restarts: 0,
  ports: [],
  ...more,
});

/** A stack `p` that runs, with a service `db`. */
export const stackState = (more: Partial<StackState> = {}): StackState => ({
  project: 'p',
  status: 'running',
  sentence: 'So it is.',
  services: [serviceState('db')],
  probes: [],
  urls: [],
  ...more,
});

/** What the app shows of it, seen now on an engine that answers. */
export const appSnapshot = (stack: StackState | undefined, more: Partial<AppSnapshot> = {}): AppSnapshot => ({
  contract: 1,
  revision: 1,
  engine: { reachable: true },
  stacks: stack ? [stack] : [],
  isCurrent: true,
  current: 'p',
  ...more,
});
