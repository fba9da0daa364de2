import { CALLS, type CallName, type Reply } from '../channels.ts';
import { appError, errorsOf, saidOf, type AppError } from '../errors.ts';
import type { Calls } from './calls.ts';

/**
 * Answers one call of the window. Nothing is believed: its name must be one of the channels, its input must parse, and
 * what is answered is parsed too, which drops every field that the contract does not name.
 */
export async function answerCall(calls: Calls, name: unknown, input: unknown): Promise<Reply> {
  if (typeof name !== 'string' || !Object.hasOwn(CALLS, name)) {
    return refused([appError('ipc.unknown-call', { name: String(name).slice(0, 100) })]);
  }
  const call = name as CallName;
  const parsed = CALLS[call].input.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const problem = [issue?.path.join('.'), issue?.message]
      .filter((x) => x !== undefined && x !== '')
      .join(': ');
    return refused([appError('ipc.bad-input', { name: call, problem })]);
  }
  try {
    const run = calls[call] as (given: unknown) => Promise<unknown>;
    return { ok: true, value: CALLS[call].output.parse(await run(parsed.data)) };
  } catch (thrown) {
    const { data } = parsed;
    // the setup asks of another stack than the current one
    const project = data && 'project' in data ? data.project : undefined;
    return refused(errorsOf(thrown), project);
  }
}

/** Answers the calls of our own page, and refuses those of any other. */
export const answerTo =
  (calls: Calls) =>
  (name: unknown, input: unknown, asker: Parameters<typeof isOurPage>[0]): Promise<Reply> =>
    isOurPage(asker) ? answerCall(calls, name, input) : Promise.resolve(REFUSED);

/** Who may call: the main frame of a page of our own. Electron, "Security", 17: validate the sender of all IPC messages. */
export function isOurPage(frame: { readonly url: string; readonly isMain: boolean } | undefined): boolean {
  if (!frame?.isMain) return false;
  return (
    URL.canParse(frame.url) && new URL(frame.url).protocol === 'app:' && new URL(frame.url).host === 'window'
  );
}

/** The answer to somebody who may not ask. */
const REFUSED: Reply = refused([appError('ipc.wrong-sender', {})]);

function refused(errors: readonly AppError[], project?: string): Reply {
  return { ok: false, errors: saidOf(errors, project) };
}
