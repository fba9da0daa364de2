/** Taking over a stack that another program made: read as it was made, or left alone. */
import type { Core } from '../core-types.ts';
import type { ContainerInspect, Engine } from '../docker/port.ts';
import { errorsOf, failure, saidOf } from '../errors.ts';
import type { Loaded, Project, Service } from '../model/types.ts';
import { imageOf, volumeNameOf } from '../stack/desired.ts';
import { LABEL } from '../stack/labels.ts';
import { containerFacts } from '../stack/observe.ts';
import type { StackSettings } from '../system/types.ts';
import type { Found } from './setup-stacks.ts';

/**
 * How a stack's files are to be read so that they mean what its containers are. Which Compose profiles were active no
 * label tells: they are taken from the services that have containers. What the environment of a shell gave cannot be
 * found again, so what the files say is compared with what the containers have.
 * @throws Failure `app.not-adopted` with the reason
 */
export async function adopted(core: Core, engine: Engine, found: Found): Promise<StackSettings> {
  const { project, files, folder, envFiles } = found;
  const refuse = (reason: string, cause?: unknown): never => {
    throw failure('app.not-adopted', { project, reason }, cause);
  };
  if (files.length === 0) return refuse('its containers do not say which file they were made from');
  const label = [`${LABEL.project}=${project}`];
  const listed = await engine.containers.list({ label }, { all: true });
  const inspected = await Promise.all(listed.map((c) => engine.containers.inspect(c.Id)));
  const containers = inspected.filter((c) => c !== undefined).filter((c) => !containerFacts(c).oneoff);
  const read = async (composeProfiles: readonly string[]): Promise<Loaded> => {
    const stack = await core.stack({
      files,
      project,
      directory: core.edges.home,
      ...(folder !== undefined && { projectDirectory: folder }),
      envFiles,
      composeProfiles,
    });
    return stack.load();
  };
  const readOrRefuse = (composeProfiles: readonly string[]): Promise<Loaded> =>
    read(composeProfiles).catch((error: unknown) =>
      refuse(
        saidOf(errorsOf(error))
          .map((e) => e.message)
          .join('; '),
        error,
      ),
    );
  let loaded = await readOrRefuse([]);
  const composeProfiles = activeProfiles(
    loaded.project,
    containers.map((c) => containerFacts(c).service),
  );
  if (composeProfiles.length > 0) loaded = await readOrRefuse(composeProfiles);
  const differences = await Promise.all(
    containers.map(async (c) => {
      const image = await engine.images.inspect(c.Image);
      return differencesOf(loaded.project, c, image && (image.Config.Env ?? []));
    }),
  );
  const said = [...new Set(differences.flat())];
  if (said.length > 0)
    return refuse(`its files would make it otherwise than it is:\n${said.map((d) => `  ${d}`).join('\n')}`);
  return {
    files,
    ...(folder !== undefined && { directory: folder }),
    ...(envFiles.length > 0 && { envFiles }),
    ...(composeProfiles.length > 0 && { composeProfiles }),
    variables: {},
  };
}

/** Compose profiles without which services that have containers would be none of the stack's. Pure. */
export function activeProfiles(
  { disabledServices }: Pick<Project, 'disabledServices'>,
  services: readonly string[],
): string[] {
  const off = Object.entries(disabledServices);
  const isHere = (name: string): boolean => services.includes(name);
  const whole = (profile: string): boolean =>
    off.every(([name, s]) => isHere(name) || !s.profiles?.includes(profile));
  // one of which every service is here was active; of a service that is here alone, its first will do
  const active = off.flatMap(([name, { profiles = [] }]) => {
    if (!isHere(name)) return [];
    const sure = profiles.filter(whole);
    return sure.length > 0 ? sure : profiles.slice(0, 1);
  });
  return [...new Set(active)].toSorted();
}

/**
 * What a container has otherwise than the files say, of what its data or its keys depend on: image, folders and
 * volumes, variables (by name: a value may be a secret). `imageEnv` is undefined where its image is gone: then only the
 * variables that the files name can be compared. Pure.
 */
export function differencesOf(
  project: Project,
  inspected: ContainerInspect,
  imageEnv: readonly string[] | undefined,
): string[] {
  const { service: name, mounts, image } = containerFacts(inspected);
  const found = Object.hasOwn(project.services, name) ? project.services[name] : undefined;
  // one that no service has is told by every plan
  if (!found) return [];
  const service = { ...found, name };
  const wanted = imageOf(project, service);
  return [
    ...(image === wanted ? [] : [`${name} has the image ${image}, and would have ${wanted}`]),
    ...mountDifferences(project, service, mounts),
    ...variableDifferences(service, inspected.Config.Env ?? [], imageEnv).map(
      (variable) => `${name} would have another value of the variable ${variable}, or none`,
    ),
  ];
}

function mountDifferences(
  project: Project,
  { name, volumes = [] }: Service & { readonly name: string },
  mounts: ReturnType<typeof containerFacts>['mounts'],
): string[] {
  const wanted = new Map(
    volumes.flatMap(({ type, source, target }) =>
      (type === 'bind' || type === 'volume') && source
        ? [[target, type === 'bind' ? source : `volume ${volumeNameOf(project, source)}`] as const]
        : [],
    ),
  );
  const has = new Map(
    mounts.flatMap(({ Type, Source, Name, Destination, RW }) => {
      if (Type === 'bind') {
        // secrets and configs are files that Compose mounts read-only
        return RW === false && !wanted.has(Destination) ? [] : [[Destination, Source] as const];
      }
      const isNamed = Name !== undefined && !/^[0-9a-f]{64}$/.test(Name);
      return Type === 'volume' && (isNamed || wanted.has(Destination))
        ? [[Destination, `volume ${Name ?? ''}`] as const]
        : [];
    }),
  );
  return [...new Set([...wanted.keys(), ...has.keys()])].flatMap((target) => {
    const [is, would] = [has.get(target), wanted.get(target)];
    if (is === would) return [];
    return [`${name} has ${is ?? 'nothing'} at ${target}, and would have ${would ?? 'nothing'}`];
  });
}

function variableDifferences(
  { environment = {} }: Service,
  env: readonly string[],
  imageEnv: readonly string[] | undefined,
): string[] {
  const has = entriesOf(env);
  const would = new Map([...entriesOf(imageEnv ?? []), ...Object.entries(environment)]);
  const known = imageEnv ? [...has.keys(), ...would.keys()] : would.keys();
  return [...new Set(known)]
    .filter((variable) => (has.get(variable) ?? null) !== (would.get(variable) ?? null))
    .toSorted();
}

const entriesOf = (env: readonly string[]): Map<string, string> =>
  new Map(
    env.map((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
