import type { CallInput, CallName, CallOutput, HealthHistory } from '../channels.ts';
import type { Core } from '../core-types.ts';
import { failure, nameStack, saidOf, type AppError } from '../errors.ts';
import { publishes } from '../publishes.ts';
import { stackOfProject } from '../known-stacks.ts';
import type { Stack, StackRef } from '../stack/stack-types.ts';
import { requireSound } from '../system/settings-watch.ts';
import { secretValue } from '../secret-value.ts';
import { keyCalls } from './key-calls.ts';
import type { Live } from './live.ts';
import { testConnection } from './test-connection.ts';
import { requestOf, type LogFollow } from './log-follow.ts';
import type { LogSaver } from './log-save.ts';
import { previewOf, type Operations } from './operations.ts';
import { subjectOf } from './probe-watch.ts';
import { withOptions } from './options.ts';
import { importCalls } from './import-calls.ts';
import type { KeyImports } from './key-imports.ts';
import type { Passphrase } from './passphrase.ts';
import type { SecretClipboard } from './secret-clipboard.ts';
import { settingsCalls, type SettingsCallEdges } from './settings-calls.ts';
import { setupCalls } from './setup-calls.ts';
import { vaultCalls } from './vault-calls.ts';

/** What of the desktop the calls need. */
export interface CallEdges extends Pick<SettingsCallEdges, 'choosePath'> {
  readonly core: Core;
  readonly live: Live;
  readonly operations: Operations;
  readonly openExternal: (url: string) => Promise<void>;
  /** whether the window shows what the services use and what the probes answer */
  readonly watch: (on: boolean) => void;
  readonly health: (project: string) => HealthHistory;
  readonly logs: LogFollow;
  /** where the user wants a file to be; undefined: nowhere */
  readonly chooseFile: (name: string) => Promise<string | undefined>;
  readonly saver: LogSaver;
  readonly openFolder: (folder: string) => Promise<void>;
  readonly zoom: (by: -1 | 0 | 1) => void;
  readonly quit: () => void;
  readonly copy: (text: string) => Promise<void>;
  /** for what must not stay in the clipboard */
  readonly clipboard: SecretClipboard;
  readonly passphrase: Passphrase;
  readonly imports: KeyImports;
  /** which file is to be read; undefined: none */
  readonly chooseToRead: () => Promise<string | undefined>;
  /** something failed that nobody waits for */
  readonly report: (error: unknown) => void;
}

/** An answer for each call of the window; the tray uses the same. */
export type Calls = { readonly [C in CallName]: (input: CallInput<C>) => Promise<CallOutput<C>> };

export function makeCalls(edges: CallEdges): Calls {
  const { core, live, operations, logs } = edges;

  /** One of the stack's own addresses; an index that names none is refused. */
  async function urlAt({ project, index }: CallInput<'openUrl'>): Promise<string> {
    const found = live.shown(project)?.urls[index];
    if (!found) throw failure('cli.no-url', { project });
    // the browser here would open whatever has that address on this machine
    if (found.on !== undefined) throw failure('cli.url-elsewhere', { ...found, on: found.on });
    return found.url;
  }

  const refOf = ({ profile, project }: Stack): StackRef => ({
    ...(profile !== undefined && { profile }),
    project,
    directory: core.edges.home,
  });

  return {
    ...settingsCalls(edges),
    ...setupCalls(edges),
    ...keyCalls(edges),
    ...vaultCalls(edges),
    ...importCalls(edges),
    snapshot: () => Promise.resolve(live.snapshot),
    // it may be refused at once; its end is told with the snapshot
    operate: async (request) => {
      const begun = operations.begin(request, true);
      begun.catch(edges.report);
      return null;
    },
    cancel: async ({ project }) => {
      await operations.cancel(project);
      return null;
    },
    preview: async ({ project }) => {
      const stack = await stackOfProject(core, project);
      const diskNeeded = stack.block?.needs.disk;
      return { ...previewOf(await stack.plan({})), ...(diskNeeded !== undefined && { diskNeeded }) };
    },
    downloads: async ({ project }) => {
      const stack = await stackOfProject(core, project);
      return stack.downloads(await stack.plan({}), new AbortController().signal);
    },
    probe: async ({ project }) => {
      const shown = live.shown(project);
      const { probes } = await (await live.stack(project)).status({ deep: true });
      if (shown) live.probed(probes, subjectOf(shown));
      return [...probes];
    },
    testConnection: async ({ project }) => {
      const connect = live.shown(project)?.connect;
      if (connect?.test === undefined) throw failure('cli.no-url', { project });
      const stack = await live.stack(project);
      // as it is now: the secret is for our own server, and not for whoever has its port while it does not run
      if (!publishes(await stack.status(), connect.test))
        throw failure('app.not-published', { project, url: connect.test });
      return testConnection(connect.test, await secretValue(core, stack, connect.secret), connect.api);
    },
    doctor: async ({ project, only, stops }) => {
      // a setup asks of a stack that is not shown yet
      const stack = project === undefined ? await live.stack() : await stackOfProject(core, project);
      const found = await core.doctor({ ref: refOf(stack), ...(only.length > 0 && { only }), stops });
      const words = stack.profile ?? `--project ${stack.project}`;
      return found.map((f) => (f.fix === undefined ? f : { ...f, fix: nameStack(f.fix, words) }));
    },
    repair: async ({ project, id }) => {
      await requireSound(core.edges.settings, undefined);
      const { signal } = new AbortController();
      // what would ask for more than the repair said is not done here: the preview of a start shows it
      const io = { signal, confirm: () => Promise.resolve(false) };
      await core.repair({ ref: refOf(await live.stack(project)), id, io });
      return null;
    },
    openFinding: async ({ project, id }) => {
      const [found] = await core.doctor({ ref: refOf(await live.stack(project)), only: [id] });
      // the page does not choose the folder
      if (found?.remedy?.do === 'open-folder') await edges.openFolder(found.remedy.folder);
      return null;
    },
    followLogs: ({ session, ...choice }) => logs.open(session, choice),
    logsTaken: ({ session }) => {
      logs.taken(session);
      return Promise.resolve(null);
    },
    unfollowLogs: ({ session }) => {
      logs.close(session);
      return Promise.resolve(null);
    },
    olderLogs: ({ before, ...choice }) => logs.older(choice, before),
    saveLogs: async (choice) => {
      const stack = await live.stack(choice.project);
      const file = await edges.chooseFile(`${stack.project}-logs.txt`);
      if (file === undefined) return null;
      let unredacted: readonly AppError[] = [];
      const request = { ...requestOf(choice), onUnredacted: (why: typeof unredacted) => (unredacted = why) };
      const lines = await edges.saver.save(stack, request, file);
      return { lines, file, unredacted: saidOf(unredacted) };
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
    zoom: ({ by }) => {
      edges.zoom(by);
      return Promise.resolve(null);
    },
    quit: () => {
      edges.quit();
      return Promise.resolve(null);
    },
    watchUse: ({ on }) => {
      edges.watch(on);
      return Promise.resolve(null);
    },
    health: () => Promise.resolve(edges.health(live.snapshot.current ?? '')),
    gpu: (request) => core.gpu(request),
    openUrl: async (address) => {
      await edges.openExternal(await urlAt(address));
      return null;
    },
    copyAddress: async (address) => {
      await edges.copy(await urlAt(address));
      return null;
    },
    copySecret: async ({ project, name }) => {
      await edges.clipboard.copy(await secretValue(core, await live.stack(project), name));
      return null;
    },
  };
}
