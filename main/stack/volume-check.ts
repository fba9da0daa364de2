import type { Engine } from '../docker/port.ts';
import { appError, type AppError } from '../errors.ts';
import type { Desired } from './desired.ts';
import type { Plan } from './plan-types.ts';
import { othersOf } from './volume-users.ts';

/**
 * Volumes that a plan would write while a running container of somebody else does, too. Nobody is asked about that: two
 * databases on one volume destroy it, each being process 1 of its own container and so blind to the other's lock. A
 * volume that a file declares `external` is shared on purpose (compose-spec 07-volumes, external).
 * @param leaving the project of a stack that is stopped for this one before
 * @returns `stack.volume-shared`, one for each volume
 */
export async function sharedVolumes(
  engine: Pick<Engine, 'containers'>,
  desired: Desired,
  plan: Plan,
  leaving?: string,
): Promise<readonly AppError[]> {
  const written = writtenVolumes(desired, plan);
  if (written.size === 0) return [];
  const own = [desired.project.name, ...(leaving === undefined ? [] : [leaving])];
  const running = await engine.containers.list({});
  return [...written].flatMap((name): AppError[] => {
    const writers = running.filter((c) =>
      c.Mounts.some((m) => m.Type === 'volume' && m.Name === name && m.RW !== false),
    );
    const by = othersOf(writers, own);
    return by.length > 0
      ? [appError('stack.volume-shared', { name, by, project: desired.project.name })]
      : [];
  });
}

/** Names of the volumes that what the plan makes or starts would write. */
function writtenVolumes({ project, services }: Desired, plan: Plan): Set<string> {
  const begun = plan.steps.flatMap((s) =>
    s.kind === 'create' || s.kind === 'start' || s.kind === 'restart' ? [s.container.service] : [],
  );
  const mounts = begun.flatMap((name) => services[name]?.volumes ?? []);
  return new Set(
    mounts.flatMap(({ type, source, read_only }) => {
      const volume = type === 'volume' && source !== undefined ? project.volumes[source] : undefined;
      return !volume || volume.external || read_only ? [] : [volume.name ?? source!];
    }),
  );
}
