import type { ContainerCreate, MountPoint } from '../../main/docker/port.ts';
import { refuse } from './refuse.ts';
import type { FakeContainer, World } from './world.ts';

/** Refuses a name that is no name or is taken. */
export function assertFree(world: World, call: string, name: string): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name))
    throw refuse(call, 400, `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  const holder = [...world.containers.values()].find((c) => c.name === name);
  if (!holder) return;
  const text = `Conflict. The container name "/${name}" is already in use by container "${holder.id}". You have to remove (or rename) that container to be able to reuse that name.`;
  throw refuse(call, 409, text);
}

/** `POST /containers/create`: the image must be there; volumes that are missing come to be. */
export function createContainer(world: World, name: string, body: ContainerCreate): FakeContainer {
  const call = 'POST /containers/create';
  assertFree(world, call, name);
  const image = world.findImage(body.Image);
  if (!image) throw refuse(call, 404, `No such image: ${body.Image}`);
  const id = world.newId();
  const networks = new Map(Object.entries(body.NetworkingConfig.EndpointsConfig));
  const mode = (body.HostConfig['NetworkMode'] as string | undefined) ?? 'default';
  if (networks.size === 0 && !/^(none|host|container:)/.test(mode))
    networks.set(mode === 'default' ? 'bridge' : mode, {});
  const container: FakeContainer = {
    id,
    name,
    body,
    imageId: image.Id,
    created: new Date().toISOString(),
    mounts: mountsOf(world, body, Object.keys(image.Config.Volumes ?? {})),
    networks,
    networkIds: new Map(),
    files: new Map(),
    log: [],
    status: 'created',
    exitCode: 0,
    oomKilled: false,
    error: '',
    startedAt: '0001-01-01T00:00:00Z',
    finishedAt: '0001-01-01T00:00:00Z',
    restarts: 0,
    run: 0,
    stoppedByUs: false,
    waiters: new Set(),
  };
  world.containers.set(id, container);
  world.emitContainer(container, 'create');
  return container;
}

interface MountSpec {
  readonly Type: string;
  readonly Source?: string;
  readonly Target: string;
  readonly ReadOnly?: boolean;
}

/** Volumes that are named come to be when they are missing; an image's volume that nothing covers is anonymous. */
function mountsOf(world: World, body: ContainerCreate, ofImage: readonly string[]): readonly MountPoint[] {
  const binds = ((body.HostConfig['Binds'] ?? []) as readonly string[]).map((bind): MountSpec => {
    const [Source = '', Target = '', mode = 'rw'] = bind.split(':');
    return {
      Type: /^[/.~]/.test(Source) ? 'bind' : 'volume',
      Source,
      Target,
      ReadOnly: mode.split(',').includes('ro'),
    };
  });
  const specs = [...binds, ...((body.HostConfig['Mounts'] ?? []) as readonly MountSpec[])];
  const covered = new Set(specs.map((s) => s.Target));
  const anonymous = [...ofImage, ...Object.keys(body['Volumes'] ?? {})].filter(
    (target) => !covered.has(target),
  );
  return [...specs, ...new Set(anonymous)].map((spec): MountPoint => {
    const s: MountSpec = typeof spec === 'string' ? { Type: 'volume', Target: spec } : spec;
    const common = { Type: s.Type, Destination: s.Target, RW: s.ReadOnly !== true };
    if (s.Type !== 'volume') return { ...common, Source: s.Source ?? '' };
    const Name = s.Source || world.newId();
    const Mountpoint = `/fake/volumes/${Name}/_data`;
    if (!world.volumes.has(Name)) {
      const Labels = s.Source ? null : { 'com.docker.volume.anonymous': '' };
      const CreatedAt = new Date().toISOString();
      world.volumes.set(Name, {
        Name,
        Driver: 'local',
        Mountpoint,
        Labels,
        Options: null,
        CreatedAt,
        Scope: 'local',
      });
    }
    return { ...common, Name, Source: Mountpoint };
  });
}

/** What `docker rm -v` takes away too. */
export function removeAnonymous(world: World, c: FakeContainer): void {
  for (const { Name } of c.mounts) {
    const volume = Name === undefined ? undefined : world.volumes.get(Name);
    if (volume?.Labels && 'com.docker.volume.anonymous' in volume.Labels) world.volumes.delete(volume.Name);
  }
}
