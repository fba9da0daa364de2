import { appError, type AppError } from '../errors.ts';
import { imageOf, type NamedService } from './desired.ts';
import { LABEL } from './labels.ts';
import type { ObservedNetwork, ObservedVolume } from './observed.ts';
import { isAlive, refOf } from './plan-steps.ts';
import type { UpContext } from './plan-context.ts';

/** Images to pull or to build; gives each service the id of the step that makes its image ready. */
export function planImages(context: UpContext, names: readonly string[]): Map<string, string> {
  const { desired, options, steps } = context;
  const stepOf = new Map<string, string>();
  if (options.imagesDone) return stepOf;
  const builders = new Map(
    Object.values(desired.services).flatMap((s) => (s.build ? [[imageOf(desired.project, s), s]] : [])),
  );
  for (const name of names) {
    const service = desired.services[name]!;
    const ref = imageOf(desired.project, service);
    // an image that another service builds is not in any registry
    const builder = builders.get(ref);
    const cause = imageCause(context, builder ?? service);
    if (cause === undefined) continue;
    const platform = service.platform === undefined ? {} : { platform: service.platform };
    const action = builder
      ? ({ kind: 'buildImage', service: builder.name, ref } as const)
      : ({ kind: 'pullImage', ref, ...platform } as const);
    stepOf.set(name, steps.add(`image:${ref}`, cause, action));
  }
  return stepOf;
}

/** Why an image is pulled or built (compose-spec, `pull_policy`); undefined when what is there will do. */
function imageCause(context: UpContext, service: NamedService): string | undefined {
  const there = context.observed.images.has(imageOf(context.desired.project, service));
  // what was asked for on the command line wins over the file, as with the CLI
  const asked = context.options.pull === 'missing' ? undefined : context.options.pull;
  const policy = asked ?? service.pull_policy;
  if (service.build) {
    if (context.options.build || policy === 'build') return 'asked for';
    return there ? undefined : 'the image is not built yet';
  }
  if (policy === 'never') return undefined;
  if (policy === 'always') return 'pulled every time';
  return there ? undefined : 'the image is not here';
}

interface Resources {
  /** ids of the steps that make ready what a service uses */
  readonly stepsOf: (service: NamedService) => (string | undefined)[];
  readonly warnings: readonly AppError[];
}

/** Networks that the services use: created where missing, made anew where their definition differs. */
export function planNetworks(context: UpContext, names: readonly string[]): Resources {
  const { desired, observed, steps } = context;
  const stepOf = new Map<string, string>();
  const warnings: AppError[] = [];
  for (const key of used(context, names, (s) => Object.keys(s.networks ?? {}))) {
    const network = desired.project.networks[key];
    if (!network || network.external) continue;
    const name = network.name ?? key;
    const there = observed.networks.get(name) ?? [];
    const ours = there.find(
      (n) => n.labels[LABEL.project] === desired.project.name && n.labels[LABEL.network] === key,
    );
    if (!ours && there.length > 0) warnings.push(appError('stack.network-foreign', { name }));
    if (ours ? !isDiverged(context, key, ours) : there.length > 0) continue;
    const outsiders = ours ? aliveOutsiders(context, ours, names) : [];
    if (outsiders.length > 0) {
      warnings.push(appError('stack.network-differs', { name, containers: outsiders }));
      continue;
    }
    const cause = ours ? 'its definition changed' : 'not there';
    const before = ours ? planNetworkRemoval(context, ours) : [];
    stepOf.set(key, steps.add(`network:${name}`, cause, { kind: 'createNetwork', key, name }, before));
  }
  return { stepsOf: (s) => Object.keys(s.networks ?? {}).map((k) => stepOf.get(k)), warnings };
}

/** A network without a hash is kept, as the CLI does (docker/compose, `resolveOrCreateNetwork`). */
function isDiverged(context: UpContext, key: string, network: ObservedNetwork): boolean {
  const hash = network.labels[LABEL.hash];
  return hash !== undefined && hash !== '' && hash !== context.desired.networkHashOf(key);
}

/** Running containers on a network that this `up` has nothing to do with: they would lose their connection. */
function aliveOutsiders(context: UpContext, network: ObservedNetwork, names: readonly string[]): string[] {
  const going = context.options.removeOrphans ? context.orphans : [];
  const own = context.observed.containers;
  const others = (network.users ?? []).filter((name) => !own.some((c) => c.name === name));
  const outside = own
    .filter((c) => isAlive(c) && c.networks.some((n) => n.id === network.id))
    .filter((c) => (c.oneoff || !names.includes(c.service)) && !going.includes(c));
  return [...outside.map((c) => c.name), ...others];
}

/** Containers keep a network as long as they live; afterwards they are made anew, since they know it by its id. */
function planNetworkRemoval(context: UpContext, network: ObservedNetwork): string[] {
  const { steps, observed } = context;
  const cause = `network ${network.name} is made anew`;
  const attached = observed.containers.filter((c) => c.networks.some((n) => n.id === network.id));
  const stops = attached
    .filter(isAlive)
    .map((c) => steps.add(`stop:${c.name}`, cause, { kind: 'stop', container: refOf(c) }));
  for (const c of attached) context.detached.set(c, cause);
  const remove = { kind: 'removeNetwork', name: network.name, networkId: network.id } as const;
  return [steps.add(`remove-network:${network.name}`, cause, remove, stops)];
}

/**
 * Volumes that the services use: created where missing, never made anew. One that differs is told; secrets that belong
 * to a volume are made before it.
 */
export function planVolumes(
  context: UpContext,
  names: readonly string[],
): Resources & { readonly used: readonly string[] } {
  const { desired, observed, steps } = context;
  const stepOf = new Map<string, string>();
  const warnings: AppError[] = [];
  const keys = used(context, names, volumeKeys);
  for (const key of keys) {
    const volume = desired.project.volumes[key];
    if (!volume || volume.external) continue;
    const name = volume.name ?? key;
    const there = observed.volumes.get(name);
    if (there) {
      const differences = volumeDifferences(volume, there);
      if (differences.length > 0) warnings.push(appError('stack.volume-differs', { name, differences }));
      continue;
    }
    const generate = desired.generate.find((g) => g.volume === key);
    const secrets =
      generate && generate.names.length > 0
        ? steps.add(`secrets:${key}`, `they belong to volume ${name}, which is new`, {
            kind: 'generateSecrets',
            names: generate.names,
            volume: name,
          })
        : undefined;
    stepOf.set(key, steps.add(`volume:${name}`, 'not there', { kind: 'createVolume', key, name }, [secrets]));
  }
  return { stepsOf: (s) => volumeKeys(s).map((k) => stepOf.get(k)), warnings, used: [...keys] };
}

function volumeKeys(service: NamedService): string[] {
  return (service.volumes ?? []).flatMap((v) => (v.type === 'volume' && v.source ? [v.source] : []));
}

function volumeDifferences(
  wanted: { driver?: string; driver_opts?: Readonly<Record<string, string>> },
  there: ObservedVolume,
): string[] {
  const driver = wanted.driver ?? 'local';
  const options = Object.entries(wanted.driver_opts ?? {}).filter(([k, v]) => there.options[k] !== v);
  return [
    ...(driver === there.driver ? [] : [`driver ${there.driver}, the file says ${driver}`]),
    ...options.map(([k, v]) => `option ${k} is ${there.options[k] ?? 'not set'}, the file says ${v}`),
  ];
}

function used(
  context: UpContext,
  names: readonly string[],
  keysOf: (service: NamedService) => readonly string[],
): Set<string> {
  return new Set(names.flatMap((n) => keysOf(context.desired.services[n]!)));
}
