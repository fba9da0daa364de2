import type { ProbeResult } from '../contract.ts';
import type { Engine } from '../docker/port.ts';
import { httpStatus } from '../system/http-status.ts';
import { redactor } from '../system/redact.ts';
import type { ObservedContainer } from './observed.ts';
import { execVerdict, httpVerdict, probesOf, type Verdict } from './probes.ts';
import type { Probe, ProfileBlock } from './profile.ts';
import type { Chosen } from './profile-settings.ts';

/** How long one probe may take, in milliseconds. */
const PROBE_TIMEOUT_MS = 20_000;

export interface ProbeEdges {
  readonly engine: Engine;
  readonly block: ProfileBlock;
  readonly chosen: Chosen;
  /** values to take out of the answers; got while the probes run */
  readonly secrets: () => Promise<readonly string[]>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One run of a profile's probes: execs in the services' containers, requests to the published address. What is asked
 * in a container can be asked as soon as that one is ready, while others are still waited for.
 */
export class ProbeRun {
  readonly #edges: ProbeEdges;
  readonly #probes: readonly Probe[];
  readonly #early = new Map<string, { container: string; result: Promise<ProbeResult> }>();
  #secrets: Promise<readonly string[]> | undefined;

  constructor(edges: ProbeEdges) {
    this.#edges = edges;
    this.#probes = probesOf(edges.block, edges.chosen, edges.engine.capabilities.hostPaths);
  }

  /** A service is ready in this container: asks what is to be asked there. */
  ready(service: string, container: string): void {
    for (const probe of this.#probes) {
      if (probe.kind !== 'exec' || probe.service !== service) continue;
      if (this.#early.get(probe.id)?.container === container) continue; // a plan made anew waits for it again
      this.#early.set(probe.id, { container, result: this.#ask(probe, container) });
    }
  }

  /** All results, in the order of the block. A probe that failed before the other services were ready is run again. */
  async results(containers: readonly ObservedContainer[]): Promise<ProbeResult[]> {
    return Promise.all(
      this.#probes.map(async (probe) => {
        const container =
          probe.kind === 'exec'
            ? containers.find((c) => c.service === probe.service && c.state === 'running')?.id
            : undefined;
        const early = this.#early.get(probe.id);
        const before = early && early.container === container ? await early.result : undefined;
        return before?.ok ? before : this.#ask(probe, container);
      }),
    );
  }

  async #ask(probe: Probe, container: string | undefined): Promise<ProbeResult> {
    this.#secrets ??= this.#edges.secrets();
    const begun = performance.now();
    const { ok, answer } = await this.#verdict(probe, container).catch((e: unknown) => ({
      ok: false,
      answer: e instanceof Error ? e.message : String(e),
    }));
    const tookMs = Math.round(performance.now() - begun);
    return {
      id: probe.id,
      label: probe.label,
      ...(probe.kind === 'exec' && { service: probe.service }),
      ok,
      answer: redactor(await this.#secrets).text(answer),
      tookMs,
      at: new Date().toISOString(),
    };
  }

  async #verdict(probe: Probe, container: string | undefined): Promise<Verdict> {
    const { engine, signal } = this.#edges;
    if (probe.kind === 'http') {
      const limit = AbortSignal.timeout(PROBE_TIMEOUT_MS);
      return httpVerdict(await httpStatus(probe.url, signal ? AbortSignal.any([signal, limit]) : limit));
    }
    if (container === undefined) return { ok: false, answer: `${probe.service} is not running` };
    const options = { cmd: probe.command, timeoutMs: PROBE_TIMEOUT_MS, ...(signal && { signal }) };
    return execVerdict(probe, await engine.containers.exec(container, options));
  }
}
