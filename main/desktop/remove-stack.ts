import type { RemovalShape, RemoveStack } from '../channels.ts';
import type { Core } from '../core-types.ts';
import { failure, hasCode } from '../errors.ts';
import { stackOfProject } from '../known-stacks.ts';
import type { Removal } from '../stack/plan-remove.ts';
import { agreementOf, type Operations } from './operations.ts';

/** What a removal would take away, for the window. */
export function removalOf({ plan, keeps, engine, store, sizes }: Removal): RemovalShape {
  const { project, steps } = plan;
  return {
    project,
    engine,
    store,
    containers: steps.flatMap((s) => (s.kind === 'remove' ? [s.container.name] : [])),
    networks: steps.flatMap((s) => (s.kind === 'removeNetwork' ? [s.name] : [])),
    volumes: steps.flatMap((s) => {
      if (s.kind !== 'removeVolume') return [];
      const size = sizes.get(s.name);
      return [
        {
          name: s.name,
          ...(s.createdAt !== undefined && { createdAt: s.createdAt }),
          ...(size !== undefined && { size }),
        },
      ];
    }),
    nameless: steps.flatMap((s) =>
      s.kind === 'remove' ? (s.nameless ?? []).map((name) => ({ name, container: s.container.name })) : [],
    ),
    secrets: steps.flatMap((s) => (s.kind === 'removeSecret' ? [s.name] : [])),
    isKnown: steps.some((s) => s.kind === 'forgetStack'),
    keeps: keeps.map((k) => ({ ...k })),
    agreement: agreementOf(plan),
  };
}

/**
 * Removes everything of a stack; answers when it is begun. The word is the project's name, and it is for the list that
 * was shown: what came to be since is asked anew.
 * @throws Failure `stack.removal-not-confirmed`, `stack.removal-changed`, `stack.busy`
 */
export async function removeStack(
  { core, operations, report }: { core: Core; operations: Operations; report: (error: unknown) => void },
  { project, typed, agreement }: RemoveStack,
): Promise<void> {
  if (typed !== project) throw failure('stack.removal-not-confirmed', { project });
  const stack = await stackOfProject(core, project);
  // at once, where it can be shown anew; the list is compared again when it is done
  if (agreementOf((await stack.removal()).plan) !== agreement)
    throw failure('stack.removal-changed', { project });
  operations
    .course('remove', project, async (course) => {
      try {
        await stack.remove(course.io(agreement));
      } catch (error) {
        if (!hasCode(error, 'stack.confirmation-needed') || error.errors.length > 1) throw error;
        throw failure('stack.removal-changed', { project }, error);
      }
    })
    .catch(report);
}
