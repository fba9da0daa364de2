import type { CallInput, CallName, CallOutput, HealthHistory } from '../channels.ts';
import type { Core } from '../core-types.ts';
import { failure } from '../errors.ts';
import { requireSound } from '../system/settings-watch.ts';
import { secretValue } from '../secret-value.ts';
import type { Live } from './live.ts';
import type { Operations } from './operations.ts';
import { subjectOf } from './probe-watch.ts';
import { withOptions } from './options.ts';

/** What of the desktop the calls need. */
export interface CallEdges {
  readonly core: Core;
  readonly live: Live;
  readonly operations: Operations;
  readonly openExternal: (url: string) => Promise<void>;
  /** whether the window shows what the services use and what the probes answer */
  readonly watch: (on: boolean) => void;
  readonly health: (project: string) => HealthHistory;
  readonly openFolder: (folder: string) => Promise<void>;
  readonly copy: (text: string) => Promise<void>;
  /** something failed that nobody waits for */
  readonly report: (error: unknown) => void;
}

/** An answer for each call of the window; the tray uses the same. */
export type Calls = { readonly [C in CallName]: (input: CallInput<C>) => Promise<CallOutput<C>> };

export function makeCalls(edges: CallEdges): Calls {
  const { core, live, operations } = edges;

  /** One of the stack's own addresses; an index that names none is refused. */
  async function urlAt(index: number): Promise<string> {
    const stack = live.snapshot.stacks[0];
    const found = stack?.urls[index];
    if (!found) throw failure('cli.no-url', { project: live.snapshot.current ?? '' });
    // the browser here would open whatever has that address on this machine
    if (found.on !== undefined) throw failure('cli.url-elsewhere', { ...found, on: found.on });
    return found.url;
  }

  return {
    snapshot: () => Promise.resolve(live.snapshot),
    // it may be refused at once; its end is told with the snapshot
    operate: async (request) => {
      const begun = operations.begin(request);
      begun.catch(edges.report);
      return null;
    },
    cancel: async () => {
      await operations.cancel();
      return null;
    },
    preview: () => operations.preview(),
    probe: async () => {
      const [shown] = live.snapshot.stacks;
      const { probes } = await (await live.stack()).status({ deep: true });
      if (shown) live.probed(probes, subjectOf(shown));
      return [...probes];
    },
    doctor: async ({ only }) => {
      const stack = await live.stack();
      const ref =
        stack.profile === undefined
          ? { project: stack.project, directory: core.edges.home }
          : { profile: stack.profile, project: stack.project, directory: core.edges.home };
      return [...(await core.doctor({ ref, ...(only.length > 0 && { only }) }))];
    },
    logs: async ({ services, tail }) => {
      const stack = await live.stack();
      const lines: CallOutput<'logs'> = [];
      const signal = AbortSignal.timeout(LOGS_WITHIN_MS);
      for await (const { service, stream, at, text } of stack.logs({ services, tail, signal }))
        lines.push({ service, stream, at, text });
      return lines;
    },
    changeOptions: async (change) => {
      // by defaults that nobody chose nothing is written
      await requireSound(core.edges.settings, undefined);
      // the watch of the settings tells what they are then, whoever changed them
      await core.edges.settings.update((settings) => withOptions(settings, change));
      return null;
    },
    openLogs: async () => {
      await edges.openFolder(core.edges.folders.logs);
      return null;
    },
    watchUse: ({ on }) => {
      edges.watch(on);
      return Promise.resolve(null);
    },
    health: () => Promise.resolve(edges.health(live.snapshot.current ?? '')),
    openUrl: async ({ index }) => {
      await edges.openExternal(await urlAt(index));
      return null;
    },
    copyAddress: async ({ index }) => {
      await edges.copy(await urlAt(index));
      return null;
    },
    copySecret: async ({ name }) => {
      await edges.copy(await secretValue(core, await live.stack(), name));
      return null;
    },
  };
}

const LOGS_WITHIN_MS = 10_000;
