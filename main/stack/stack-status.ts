import type { Cause, Connect, Operation, ProbeResult, StackState } from '../contract.ts';
import { redactor } from '../system/redact.ts';
import { imageOf, scaleOf, type NamedService } from './desired.ts';
import { serviceStates, stackStatus, withoutSentence, type ServiceFacts } from './derive.ts';
import { hostOf, placeOf, type Elsewhere } from './elsewhere.ts';
import { LABEL } from './labels.ts';
import type { ObservedContainer } from './observed.ts';
import type { ProfileBlock } from './profile.ts';
import { fillSettings, urlsOf, type Chosen } from './profile-settings.ts';
import type { Project } from '../model/types.ts';

/** What of each service the state needs; one-shot: it is not restarted and something waits for its end. */
export function factsOf(project: Project, services: Readonly<Record<string, NamedService>>): ServiceFacts[] {
  const awaited = new Set(
    Object.values(services).flatMap((s) =>
      Object.entries(s.depends_on ?? {})
        .filter(([, d]) => d.condition === 'service_completed_successfully')
        .map(([name]) => name),
    ),
  );
  return Object.values(services).map((s) => ({
    name: s.name,
    image: imageOf(project, s),
    oneShot: awaited.has(s.name),
    dependsOn: Object.keys(s.depends_on ?? {}),
    canLack: Object.entries(s.depends_on ?? {}).flatMap(([name, d]) => (d.required ? [] : [name])),
    scale: scaleOf(s),
  }));
}

/** The same from the labels of containers, for a stack whose model we do not have. */
export function factsFromLabels(containers: readonly ObservedContainer[]): ServiceFacts[] {
  const byService = Map.groupBy(
    containers.filter((c) => !c.oneoff),
    (c) => c.service,
  );
  return [...byService].map(([name, list]) => ({
    name,
    image: list[0]?.image ?? '',
    oneShot: false,
    dependsOn: dependsOnLabel(list[0]).map((d) => d.name),
    canLack: [],
    scale: list.length,
  }));
}

/**
 * Services as far as stopping and removing needs them, from the labels that the CLI and we write; where their `names`
 * are known, these and no others.
 */
export function servicesFromLabels(
  containers: readonly ObservedContainer[],
  names?: readonly string[],
): Record<string, NamedService> {
  // a service may be called `__proto__`
  const services = new Map<string, NamedService>();
  for (const name of names ?? []) services.set(name, { name, command: null, entrypoint: null });
  for (const c of containers) {
    if (c.oneoff || (names ? !names.includes(c.service) : services.has(c.service))) continue;
    const depends_on = Object.fromEntries(
      dependsOnLabel(c).map(({ name, restart }) => [
        name,
        { condition: 'service_started' as const, required: true, restart },
      ]),
    );
    services.set(c.service, { name: c.service, command: null, entrypoint: null, depends_on });
  }
  return Object.fromEntries(services);
}

function dependsOnLabel(c: ObservedContainer | undefined): { name: string; restart: boolean }[] {
  return (c?.labels[LABEL.dependsOn] ?? '')
    .split(',')
    .filter((d) => d !== '')
    .map((d) => {
      const [name = '', , restart] = d.split(':');
      return { name, restart: restart === 'true' };
    });
}

export interface StateInput {
  readonly project: string;
  readonly profile?: string;
  readonly block?: ProfileBlock;
  readonly chosen: Chosen;
  readonly facts: readonly ServiceFacts[];
  readonly containers: readonly ObservedContainer[];
  readonly probes: readonly ProbeResult[];
  /** milliseconds since 1970 */
  readonly now: number;
  readonly operation?: Operation;
  /** version of the applied profile, and of the bundled one */
  readonly appliedVersion?: string;
  readonly bundledVersion?: string;
  /** the engine's machine, where it is not this one */
  readonly there?: Elsewhere;
}

/** The stack's state for terminal and window. Pure. */
export function stackState(input: StateInput): StackState {
  const services = serviceStates(input.facts, input.containers, input.now);
  const { block, operation } = input;
  const overall = stackStatus(services);
  const without = withoutSentence(input.facts, services, block?.provides ?? {});
  const state: StackState = {
    project: input.project,
    ...(input.profile !== undefined && { profile: input.profile }),
    ...(input.appliedVersion !== undefined && { profileVersion: input.appliedVersion }),
    ...overall,
    ...(without !== undefined && { sentence: `${overall.sentence} ${without}` }),
    services,
    probes: [],
    urls: block ? urlsOf(block, input.chosen, input.there) : publishedUrls(input.containers, input.there),
    ...(block?.connect && { connect: connectOf(block, block.connect, input) }),
    ...(block?.support && { support: { status: block.support.status, reason: block.support.reason } }),
    ...(input.bundledVersion !== undefined &&
      input.appliedVersion !== undefined &&
      input.bundledVersion !== input.appliedVersion && { updateAvailable: input.bundledVersion }),
  };
  return withOperation(withProbes(state, input.probes), operation);
}

/** The state while something is done with the stack. What is done says nothing of an engine that does not answer. */
export function withOperation(state: StackState, operation: Operation | undefined): StackState {
  if (!operation || state.status === 'unknown') return state;
  return { ...state, status: 'busy', operation };
}

/** The state while the engine does not answer: what was known, and why nothing is now. */
export function unknownState(state: StackState, sentence: string): StackState {
  const { operation: _operation, cause: _cause, ...rest } = state;
  return { ...rest, status: 'unknown', sentence, cause: { kind: 'engine', sentence } };
}

/** The state with what the probes answered: a stack that looks well and has a probe that fails is degraded. */
export function withProbes(state: StackState, probes: readonly ProbeResult[]): StackState {
  const failed = state.status === 'running' ? probes.find((p) => !p.ok) : undefined;
  if (!failed) return { ...state, probes: [...probes] };
  const sentence = `${failed.label}: ${failed.answer}`;
  return { ...state, status: 'degraded', sentence, cause: { kind: 'probe', sentence }, probes: [...probes] };
}

/**
 * A state without secrets in what containers and the engine said. `values` is asked only where there is such a text,
 * so that a status of a stack that is well opens no store.
 */
export async function redactState(
  state: StackState,
  values: () => Promise<readonly string[]>,
): Promise<StackState> {
  const causes = [state.cause, ...state.services.map((s) => s.cause)];
  if (causes.every((c) => c?.detail === undefined)) return state;
  const secretless = redactor(await values());
  const redacted = <T extends { cause?: Cause | undefined }>(of: T): T =>
    of.cause?.detail === undefined
      ? of
      : { ...of, cause: { ...of.cause, detail: secretless.text(of.cause.detail) } };
  return redacted({ ...state, services: state.services.map(redacted) });
}

/** The test goes to the published address, which means something on the engine's machine alone. */
function connectOf(
  block: ProfileBlock,
  { api, secret, test }: NonNullable<ProfileBlock['connect']>,
  { chosen, there }: StateInput,
): Connect {
  return { api, secret, ...(there === undefined && { test: fillSettings(block, chosen, test) }) };
}

function publishedUrls(
  containers: readonly ObservedContainer[],
  there: Elsewhere | undefined,
): StackState['urls'] {
  const seen = new Map<string, string>();
  for (const c of containers) {
    for (const p of c.ports.filter((x) => x.protocol === 'tcp' && !x.address.includes(':')))
      seen.set(`http://${hostOf(p.address, there)}:${p.published}/`, c.service);
  }
  return [...seen].map(([url, label]) => ({ label, ...placeOf(url, there) }));
}
