import type { MountPoint } from '../docker/port.ts';
import type { Project, ServiceVolume } from '../model/types.ts';
import { volumeNameOf, type NamedService } from './desired.ts';
import { boundFiles } from './files.ts';

/** Mounts of a container in the two forms of the Engine API. */
export interface ContainerMounts {
  readonly Binds: string[];
  readonly Mounts: Record<string, unknown>[];
}

/**
 * A service's volumes as `Binds` where the plain form will do, else as `Mounts`: the forms the CLI uses, so that
 * `docker inspect` shows the same (docker/compose, `buildContainerVolumes`). Anonymous volumes of the container that
 * is replaced go on: `inherit` has its mounts, `imageVolumes` the image's own VOLUME paths.
 */
export function mountsOf(
  project: Project,
  service: NamedService,
  inherit: readonly MountPoint[],
  imageVolumes: readonly string[],
): ContainerMounts {
  const declared = service.volumes ?? [];
  const inherited = inherit.filter((m) => m.Type !== 'tmpfs' && isAnonymous(m, declared, imageVolumes));
  const taken = new Set(inherited.map((m) => m.Destination));
  const result: ContainerMounts = { Binds: [], Mounts: [] };
  for (const m of inherited) {
    const Source = m.Type === 'volume' ? m.Name : m.Source;
    result.Mounts.push({ Type: m.Type, Source, Target: m.Destination, ReadOnly: m.RW === false });
  }
  for (const volume of declared) {
    const anonymous = volume.type === 'volume' && !volume.source;
    if (!(anonymous && taken.has(volume.target))) addVolume(result, project, volume);
  }
  for (const file of boundFiles(project, service)) {
    result.Mounts.push({
      Type: 'bind',
      Source: file.source,
      Target: file.target,
      ReadOnly: true,
      BindOptions: {},
    });
  }
  return result;
}

/** Made by the image or by a `volumes:` entry without a source. */
function isAnonymous(
  m: MountPoint,
  declared: readonly ServiceVolume[],
  imageVolumes: readonly string[],
): boolean {
  const own = declared.find((v) => v.target === m.Destination);
  return own
    ? own.type === 'volume' && !own.source
    : m.Type === 'volume' && imageVolumes.includes(m.Destination);
}

function addVolume(result: ContainerMounts, project: Project, volume: ServiceVolume): void {
  const source = sourceOf(project, volume);
  const plain =
    source !== undefined &&
    ((volume.type === 'bind' && isPlainBind(volume)) || (volume.type === 'volume' && isPlainVolume(volume)));
  if (plain) {
    const options = [volume.read_only ? 'ro' : 'rw', ...(volume.bind?.selinux ? [volume.bind.selinux] : [])];
    result.Binds.push(`${source}:${volume.target}:${options.join(',')}`);
    return;
  }
  result.Mounts.push({
    Type: volume.type,
    Source: source,
    Target: volume.target,
    ReadOnly: volume.read_only,
    Consistency: volume.consistency,
    BindOptions: volume.type === 'bind' ? bindOptions(volume) : undefined,
    VolumeOptions:
      volume.type === 'volume' && volume.volume
        ? { NoCopy: volume.volume.nocopy, Subpath: volume.volume.subpath, Labels: volume.volume.labels }
        : undefined,
    TmpfsOptions:
      volume.type === 'tmpfs' && volume.tmpfs
        ? {
            SizeBytes: volume.tmpfs.size === undefined ? undefined : Number(volume.tmpfs.size),
            Mode: volume.tmpfs.mode,
          }
        : undefined,
    ImageOptions: volume.type === 'image' && volume.image ? { Subpath: volume.image.subpath } : undefined,
  });
}

function sourceOf(project: Project, volume: ServiceVolume): string | undefined {
  if (volume.type !== 'volume' || !volume.source) return volume.source;
  return volumeNameOf(project, volume.source);
}

/** Only the plain form makes a missing host folder. */
function isPlainBind(volume: ServiceVolume): boolean {
  const { bind } = volume;
  return !bind || (bind.create_host_path === true && !bind.propagation && !bind.recursive);
}

function isPlainVolume(volume: ServiceVolume): boolean {
  const { volume: options } = volume;
  return !options || (!options.subpath && !options.nocopy && Object.keys(options.labels ?? {}).length === 0);
}

function bindOptions(volume: ServiceVolume): Record<string, unknown> | undefined {
  const { bind } = volume;
  if (!bind) return undefined;
  return {
    Propagation: bind.propagation,
    CreateMountpoint: bind.create_host_path,
    NonRecursive: bind.recursive === 'disabled' ? true : undefined,
    ReadOnlyNonRecursive: bind.recursive === 'writable' ? true : undefined,
    ReadOnlyForceRecursive: bind.recursive === 'readonly' ? true : undefined,
  };
}
