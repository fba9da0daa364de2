import type { BuildOptions, Engine } from '../docker/port.ts';
import { imageOf, type Desired } from './desired.ts';

/** Builds a service's image and tags it as the CLI would (compose-spec, `build`). */
export async function buildService(
  engine: Engine,
  desired: Desired,
  name: string,
  onOutput: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const service = desired.services[name]!;
  const build = service.build!;
  const options: BuildOptions = {
    context: build.context ?? desired.workingDir,
    tags: [imageOf(desired.project, service), ...(build.tags ?? [])],
    onOutput,
    signal,
    ...(build.dockerfile !== undefined && { dockerfile: build.dockerfile }),
    ...(build.dockerfile_inline !== undefined && { dockerfileInline: build.dockerfile_inline }),
    ...(build.target !== undefined && { target: build.target }),
    ...(build.args && { args: build.args }),
    ...(build.labels && { labels: build.labels }),
    ...(service.platform !== undefined && { platform: service.platform }),
    ...(build.no_cache && { noCache: true }),
    ...(build.pull && { pull: true }),
    ...(build.network !== undefined && { network: build.network }),
    ...(build.extra_hosts && { extraHosts: build.extra_hosts.map((h) => h.replace('=', ':')) }),
    ...(build.cache_from && { cacheFrom: build.cache_from }),
    ...(build.shm_size !== undefined && { shmSize: Number(build.shm_size) }),
  };
  await engine.images.build(options);
}
