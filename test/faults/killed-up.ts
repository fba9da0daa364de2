/**
 * A process that runs an `up` and is killed by SIGKILL right after the first thing that it changed and that is not in
 * `before`. It prints what that was; it ends with 0 when there was no such thing and everything is well.
 */
import { writeSync } from 'node:fs';
import { makeCore } from '../engine/helpers/core-box.ts';
import { hookedEngine, inspected, isChange, type Hook } from './hooked-engine.ts';

/** The one argument, as JSON. */
export interface KilledUp {
  readonly home: string;
  readonly host: string;
  readonly profilesFolder: string;
  readonly profile: string;
  readonly project: string;
  /** where it runs */
  readonly folder: string;
  /** what processes before it were killed after */
  readonly before: readonly string[];
  /** the one thing to be killed after, where it is not the first */
  readonly only?: string;
}

const what = JSON.parse(process.argv[2] ?? '') as KilledUp;

function dieAfter(step: string): void {
  if (what.before.includes(step) || (what.only !== undefined && what.only !== step)) return;
  writeSync(1, `${step}\n`);
  process.kill(process.pid, 'SIGKILL');
}

/**
 * Dies after a change, or the end of a wait: a container is healthy that was seen starting. One change at a time, so that
 * it dies after each of them, whichever came first.
 */
function watchCalls(): Hook {
  const starting = new Set<unknown>();
  let turn = Promise.resolve();
  let ended = (): void => {};
  return async (call) => {
    if (call.phase === 'before' && isChange(call.name)) {
      const mine = turn;
      const { promise, resolve } = Promise.withResolvers<void>();
      turn = promise;
      await mine;
      ended = resolve;
      return;
    }
    if (call.phase === 'failed' && isChange(call.name)) ended();
    const health = inspected(call)?.Health?.Status;
    if (health === 'starting') starting.add(call.args[0]);
    if (health === 'healthy' && starting.has(call.args[0])) dieAfter(`wait ${call.service}`);
    if (call.phase !== 'after' || !isChange(call.name)) return;
    const [made] = call.args as [{ Name?: string }];
    dieAfter(`${call.name.replace('containers.', '')} ${call.service ?? made.Name}`);
    ended();
  };
}

const core = makeCore(what);
const watch = watchCalls();
const engine = hookedEngine(await core.engine(), () => watch);
core.engine = async () => engine;
const store = await core.secretStore();
core.secretStore = async () => ({
  ...store,
  get: (entry) => store.get(entry),
  delete: (entry) => store.delete(entry),
  set: async (entry, value) => {
    await store.set(entry, value);
    dieAfter(`secret ${entry.name}`);
  },
});
const stack = await core.stack({ directory: what.folder, profile: what.profile, project: what.project });
await stack.up({}, { signal: new AbortController().signal, confirm: async () => false });
engine.close();
process.exit(0);
