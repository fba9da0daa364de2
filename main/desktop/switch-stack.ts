import type { SwitchStack } from '../channels.ts';
import type { Core } from '../core-types.ts';
import { isUp } from '../is-up.ts';
import { blockOrProblem, stackOfProject } from '../known-stacks.ts';
import { filesOf, stackSettingsOf } from '../stack/stack-settings.ts';
import type { Settings, StackSettings } from '../system/types.ts';
import type { Live } from './live.ts';
import { isAgreed, type Operations } from './operations.ts';

interface Edges {
  readonly core: Core;
  readonly live: Live;
  readonly operations: Operations;
  readonly report: (error: unknown) => void;
}

/**
 * Shows another stack. With `isStarted` the present one is stopped first (nothing of it is removed) and the other is
 * started, as one course: where the stop fails the present one stays, and a start that fails is told of the other.
 * What keeps the other from starting is found before anything is stopped, as far as it can be known. Answers when it is
 * begun.
 * @throws Failure `stack.busy`, `stack.not-applied`; what keeps the other from starting
 */
export async function switchStack(edges: Edges, request: SwitchStack): Promise<void> {
  const { core, live, operations, report } = edges;
  const { from, to, isStarted, agreement } = request;
  operations.requireFree();
  const other = await stackOfProject(core, to);

  const choose = async (): Promise<void> => {
    const { settings } = await core.edges.settings.read();
    const files = filesOf(other, settings);
    await core.edges.settings.update((before) => withCurrent(before, to, files));
    live.show(other);
  };
  if (!isStarted) return choose();

  await other.rehearse(from, (plan) => isAgreed(plan.confirmations, plan, agreement));
  operations
    .course('stop', from, async (course) => {
      const present = await stackOfProject(core, from);
      const ran = (await present.status()).services.some(isUp);
      await present.stop([], course.io(undefined));
      if (ran) course.stopped = { project: from, title: blockOrProblem(present).block?.title ?? from };
      // from here on what fails is of the other
      course.turnTo('up', to);
      await choose();
      await other.up({}, course.io(agreement));
    })
    .catch(report);
}

/** The settings with this stack as the one that is shown. */
export function withCurrent(
  settings: Settings,
  project: string,
  files: Pick<StackSettings, 'profile' | 'files'>,
): Settings {
  const stack = stackSettingsOf(settings, project) ?? { ...files, variables: {} };
  return { ...settings, current: project, stacks: { ...settings.stacks, [project]: stack } };
}
