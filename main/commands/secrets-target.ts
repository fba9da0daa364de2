import { Failure, hasCode } from '../errors.ts';
import type { Stack } from '../stack/stack-types.ts';
import type { Call, Context } from './command-types.ts';
import { askLine, canAsk } from './prompt.ts';
import { namesStack, stackOf } from './target.ts';
import { errorText } from './tell.ts';
import { say } from '../errors.ts';

/**
 * The stack whose secret is meant. Where none was started yet, or the current one is a file that takes no secrets, a
 * provider's key, which is the same for all, is that of any profile that takes it.
 */
export async function stackOfSecret(call: Call, context: Context, name: string): Promise<Stack> {
  const meant = await stackOf(call, context).catch((e: unknown) => {
    if (hasCode(e, 'stack.no-stack')) return e;
    throw e;
  });
  if (!(meant instanceof Failure) && (meant.block || namesStack(call))) return meant;
  const core = await context.core();
  const taker = (await core.profiles()).find(({ block }) =>
    block.secrets.some((s) => s.name === name && s.scope === 'global'),
  );
  if (taker) return core.stack({ profile: taker.id, directory: context.terminal.cwd });
  if (meant instanceof Failure) throw meant;
  return meant;
}

/** The stack that the command line names, else every stack there is. */
export const stacksOf = async (call: Call, context: Context): Promise<readonly Stack[]> =>
  namesStack(call) ? [await stackOf(call, context)] : allStacks(context);

async function allStacks(context: Context): Promise<readonly Stack[]> {
  const core = await context.core();
  const directory = context.terminal.cwd;
  const { settings } = await core.edges.settings.read();
  const bundled = await Promise.all(
    (await core.profiles()).map(({ id }) => core.stack({ profile: id, directory })),
  );
  const others = Object.keys(settings.stacks).filter((project) =>
    bundled.every((s) => s.project !== project),
  );
  return [...bundled, ...(await Promise.all(others.map((project) => core.stack({ project, directory }))))];
}

/**
 * Does what may make data unreadable: the core refuses first and says what; then the name must be typed.
 * @throws Failure `secrets.confirm-unreadable` where nobody can be asked or something else was typed
 */
export async function withTypedName<T>(
  context: Context,
  name: string,
  work: (confirmed?: string) => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (e) {
    const unreadable = e instanceof Failure && e.errors.find((x) => x.code === 'secrets.confirm-unreadable');
    if (!unreadable || !canAsk(context) || context.json) throw e;
    context.screen.note(errorText({ ...say(unreadable), next: '' }, 'warning', context.screen));
    const typed = await askLine(context, `Type ${name} to go on: `);
    if (typed?.trim() !== name) throw e;
    return work(name);
  }
}
