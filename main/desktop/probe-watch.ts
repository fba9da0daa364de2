import type { AppSnapshot } from '../channels.ts';
import type { ProbeResult, StackState } from '../contract.ts';
import type { Stack } from '../stack/stack-types.ts';

/** How often the probes run while somebody looks at them, and while nobody does, in milliseconds. */
const LOOKED_AT_MS = 15_000;
const OTHERWISE_MS = 5 * 60_000;
/** So much later than what asked for them: several containers change at once. */
const SOON_MS = 500;

export interface ProbeWatchEdges {
  readonly stack: () => Promise<Stack>;
  /** what they answered, and of which containers */
  readonly told: (probes: readonly ProbeResult[], of: string) => void;
  readonly report: (error: unknown) => void;
}

/**
 * Runs the profile's probes after a start, when a service's health changes, and now and then: Docker's HEALTHCHECK is
 * the steady poller. Not while the stack is worked on, and not while nothing runs.
 */
export class ProbeWatch {
  readonly #edges: ProbeWatchEdges;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;
  #isLookedAt = false;
  #services = '';
  #canRun = false;

  constructor(edges: ProbeWatchEdges) {
    this.#edges = edges;
  }

  seen({ stacks, isCurrent, engine }: AppSnapshot): void {
    const [stack] = stacks;
    this.#canRun = isCurrent && engine.reachable && stack !== undefined && isUp(stack);
    const services = stack && this.#canRun ? subjectOf(stack) : '';
    if (services === this.#services) return;
    this.#services = services;
    this.#after(SOON_MS);
  }

  /** Whether the window shows them. */
  lookedAt(isLookedAt: boolean): void {
    if (isLookedAt === this.#isLookedAt) return;
    this.#isLookedAt = isLookedAt;
    this.#after(isLookedAt ? SOON_MS : OTHERWISE_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#canRun = false;
  }

  #after(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#canRun) this.#timer = setTimeout(() => void this.#run(), ms);
  }

  async #run(): Promise<void> {
    if (this.#isRunning || !this.#canRun) return;
    this.#isRunning = true;
    const of = this.#services;
    try {
      const stack = await this.#edges.stack();
      const { probes } = await stack.status({ deep: true });
      if (of === this.#services) this.#edges.told(probes, of);
    } catch (error) {
      this.#edges.report(error);
    } finally {
      this.#isRunning = false;
    }
    this.#after(of === this.#services ? (this.#isLookedAt ? LOOKED_AT_MS : OTHERWISE_MS) : SOON_MS);
  }
}

const isUp = ({ status, operation }: StackState): boolean =>
  operation === undefined && (status === 'running' || status === 'degraded');

/** What the probes are about: containers and their health. Answers of others say nothing of these. */
export const subjectOf = ({ services }: StackState): string =>
  services.map((s) => `${s.name} ${s.containerId ?? ''} ${s.startedAt ?? ''} ${s.status}`).join('\n');
