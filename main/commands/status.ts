import { CONTRACT_VERSION, type EngineState, type Snapshot, type StackState } from '../contract.ts';
import type { Core } from '../core-types.ts';
import { engineState } from '../engine-state.ts';
import { exitCodeOf, Failure, say } from '../errors.ts';
import type { Stack } from '../stack/stack-types.ts';
import type { Context, RunCommand } from './command-types.ts';
import { stateText } from './state-text.ts';
import { withProbes } from '../stack/stack-status.ts';
import { stackOf } from './target.ts';
import { print, printJson, printJsonLine } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, screen, json } = context;
  const core = await context.core();
  const stack = await stackOf(call, context);
  const deep = call.flag('deep');
  const engine = await lookAtEngine(core);
  if (!engine.state.reachable) {
    // a script that reads JSON is told in the same shape; a person as of every error
    if (!json || !engine.failure)
      throw engine.failure ?? new TypeError('an engine that is not there said nothing');
    await printJson(terminal, snapshot(1, engine.state, []));
    return exitCodeOf(engine.failure.errors);
  }
  if (call.flag('watch')) return watch(context, stack, engine.state, deep);
  const state = await stack.status({ deep });
  if (json) await printJson(terminal, snapshot(1, engine.state, [state]));
  else await print(terminal, stateText(state, screen.style, terminal.now()));
  return 0;
};

const snapshot = (revision: number, engine: EngineState, stacks: StackState[]): Snapshot => ({
  contract: CONTRACT_VERSION,
  revision,
  engine,
  stacks,
});

async function lookAtEngine(core: Core): Promise<{ state: EngineState; failure?: Failure }> {
  try {
    return { state: engineState(await core.engine()) };
  } catch (e) {
    const first = e instanceof Failure ? e.errors[0] : undefined;
    if (!(e instanceof Failure) || !first) throw e;
    const { code, data, message, next } = say(first);
    return { state: { reachable: false, error: { code, data: { ...data }, message, next } }, failure: e };
  }
}

/** Until Ctrl-C: drawn over itself on a terminal, a picture a change elsewhere, a line a change as JSON. */
async function watch(context: Context, stack: Stack, engine: EngineState, deep: boolean): Promise<number> {
  const { terminal, screen, json } = context;
  let revision = 0;
  let probed = '';
  let probes: StackState['probes'] = [];
  for await (const seen of stack.watch(new AbortController().signal)) {
    // probes run when containers or their health changed, not for every word of a health check
    const services = JSON.stringify(seen.services.map((s) => [s.containerId, s.status]));
    if (deep && services !== probed) [probed, probes] = [services, (await stack.status({ deep })).probes];
    const state = deep ? withProbes(seen, probes) : seen;
    revision += 1;
    if (json) {
      await printJsonLine(terminal, snapshot(revision, engine, [state]));
      continue;
    }
    const text = stateText(state, screen.style, terminal.now());
    if (terminal.stdout.isTTY) screen.redraw(text.trimEnd().split('\n'), terminal.stdout);
    else await print(terminal, `${revision > 1 ? '\n' : ''}${text}`);
  }
  return 0;
}
