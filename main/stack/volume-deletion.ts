import type { Engine } from '../docker/port.ts';
import { appError, Failure, type AppError } from '../errors.ts';
import { LABEL } from './labels.ts';
import type { Observed } from './observed.ts';
import { othersOf } from './volume-users.ts';

/**
 * Refuses to delete what is not this stack's: a volume without its label, or one that another stack's container uses.
 * @throws Failure `stack.no-such-volume`, `stack.volume-in-use`, all of them at once
 */
export async function checkDeletion(
  engine: Engine,
  project: string,
  observed: Observed,
  names: readonly string[],
): Promise<void> {
  const known = [...observed.volumes.values()]
    .filter((v) => v.labels[LABEL.project] === project)
    .map((v) => v.name);
  const errors = await Promise.all(
    names.map(async (name): Promise<AppError[]> => {
      if (!known.includes(name)) return [appError('stack.no-such-volume', { name, known })];
      const users = await engine.containers.list({ volume: [name] }, { all: true });
      const others = othersOf(users, [project]);
      return others.length > 0 ? [appError('stack.volume-in-use', { name, by: others })] : [];
    }),
  );
  if (errors.flat().length > 0) throw new Failure(errors.flat());
}
