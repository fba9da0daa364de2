import { setTimeout as sleep } from 'node:timers/promises';
import type { AppOptions, AppSnapshot, Notifying, Operate, PushName, PushValue } from '../channels.ts';
import type { StackUrl } from '../contract.ts';
import { createCore } from '../core.ts';
import type { CoreEdges } from '../core-types.ts';
import { secretsFileIn } from '../system/secrets-file.ts';
import type { AskPassphrase } from '../system/types.ts';
import { makeCalls, type CallEdges, type Calls } from './calls.ts';
import { coalesced } from './coalesce.ts';
import { BEAT_MS, HealthLog } from '../system/health-log.ts';
import { LastSeen } from './last-seen.ts';
import { Live } from './live.ts';
import type { AppLog } from './log.ts';
import { LogFollow } from './log-follow.ts';
import { LogSaver } from './log-save.ts';
import { Notifier } from './notifier.ts';
import type { Note } from './notify-words.ts';
import { Operations } from './operations.ts';
import { noteSettings, optionsOf } from './options.ts';
import { KeyImports } from './key-imports.ts';
import { Passphrase } from './passphrase.ts';
import { ProbeWatch } from './probe-watch.ts';
import { Quit, type Question } from './quit.ts';
import { SecretClipboard } from './secret-clipboard.ts';
import { saidOf } from '../errors.ts';
import { trayModel, type DesktopCommand, type OperateCommand, type TrayModel } from './tray-model.ts';
import { UseWatch } from './use-watch.ts';

/** What the desktop needs of Electron. */
export interface DesktopEdges {
  readonly core: CoreEdges;
  readonly log: AppLog;
  readonly onTray: (model: TrayModel) => void;
  /** whether notifications are shown here, as far as that can be known before */
  readonly canNotify: () => Promise<Notifying>;
  /** `failed` is told, with why, where the system refuses it */
  readonly showNote: (
    note: Note,
    run: (command: DesktopCommand) => void,
    failed: (why: string) => void,
  ) => void;
  readonly isWindowInFront: () => boolean;
  readonly handleCalls: (calls: Calls) => void;
  /** opens the window or brings it to the front; resolves when its page is there */
  readonly showWindow: () => Promise<void>;
  /** whether something shows tray icons here; undefined where that cannot be known */
  readonly hasTrayHost: () => Promise<boolean | undefined>;
  /** the window came before the user's eyes */
  readonly onWindowSeen: (seen: () => void) => void;
  readonly onWindowClosed: (closed: () => void) => void;
  readonly push: <P extends PushName>(name: P, value: PushValue<P>) => void;
  readonly openFolder: (folder: string) => Promise<void>;
  /** asks where a file is to be written; undefined: the user wants none */
  readonly chooseFile: (name: string) => Promise<string | undefined>;
  /** asks which file is to be read, hidden ones too; undefined: none */
  readonly chooseToRead: () => Promise<string | undefined>;
  readonly choosePath: CallEdges['choosePath'];
  /** theme and start at login, each time they may have changed */
  readonly follow: (options: AppOptions) => void;
  /** `own` are the addresses of the stack that is shown: no other one is opened, but https */
  readonly openExternal: (url: string, own: readonly StackUrl[]) => Promise<void>;
  readonly copy: (text: string) => Promise<void>;
  /** what is in the clipboard */
  readonly copied: () => Promise<string>;
  readonly clearClipboard: () => Promise<void>;
  readonly zoom: CallEdges['zoom'];
  /** index of the answer */
  readonly ask: (question: Question) => Promise<number>;
  readonly quit: () => void;
  /** tells an error that came of a click in the tray, where there is no other place for it */
  readonly tell: (error: unknown) => void;
}

/** The running app: the core with its picture of the stack, for tray and window. */
export interface Desktop {
  readonly run: (command: DesktopCommand) => Promise<void>;
  readonly report: (text: string, error?: unknown) => void;
  /** looks at everything anew: the computer slept */
  readonly slept: () => void;
  /** asks where it must be asked, and stops the stack where that is wanted; the user may stay */
  readonly quit: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Puts the app together: the terminal's core on the app's edges. */
export function openDesktop(edges: DesktopEdges): Desktop {
  const { log } = edges;
  const passphrase = new Passphrase(secretsFileIn(edges.core.folders.config));
  const askPassphrase: AskPassphrase = async (purpose) => {
    const given = await passphrase.ask(purpose);
    log.secrets.note(given);
    return given;
  };
  const core = createCore({ ...edges.core, askPassphrase, onSecret: log.secrets.note });
  const report = (error: unknown): void => log.write('error', 'something failed', error);
  const lastSeen = new LastSeen(edges.core.folders.state);
  const tellWindow = coalesced<AppSnapshot>((snapshot) => edges.push('snapshot', snapshot));
  const healthLog = new HealthLog(edges.core.folders);
  /** A disk that is full costs the history, and nothing else. */
  const noteHealth = (snapshot: AppSnapshot): void =>
    attempt(() => {
      const project = snapshot.current ?? '';
      if (snapshot.stacks[0]?.operation?.kind === 'remove') {
        healthLog.leave(project);
        return;
      }
      // for the terminal's `history`
      for (const incident of healthLog.seen(snapshot, Date.now()))
        core.edges.state.addIncident(project, incident).catch(report);
      healthLog.write().catch(report);
    });
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      report(error);
    }
  };
  healthLog.tidy(Date.now()).catch(report);
  const live = new Live({
    core,
    last: lastSeen.read(),
    // each for itself: a fault of one must not end the watch
    seen: (snapshot) => {
      attempt(() => edges.onTray(trayModel(snapshot)));
      attempt(() => tellWindow(snapshot));
      attempt(() => notifier.seen(snapshot));
      noteHealth(snapshot);
      attempt(() => probes.seen(snapshot));
      attempt(() => logs.seen(snapshot));
    },
  });
  const logs: LogFollow = new LogFollow({
    stack: (project) => live.stack(project),
    push: (value) => edges.push('logs', value),
  });
  const probes: ProbeWatch = new ProbeWatch({
    stack: () => live.stack(),
    told: (results, of) => live.probed(results, of),
    report,
  });
  const notifier: Notifier = new Notifier({
    show: (note) => void notify(note).catch(report),
    isWindowInFront: edges.isWindowInFront,
    settings: () => noteSettings(options),
  });
  /** What cannot be shown is marked on the tray's icon until somebody looks. */
  async function notify(note: Note): Promise<void> {
    const notifications = await edges.canNotify();
    const untold = (how: Notifying): void => live.tell({ notifications: how, unseen: note.title });
    if (notifications !== 'shown') return untold(notifications);
    live.tell({ notifications });
    edges.showNote(
      note,
      (command) => void run(command).catch(edges.tell),
      (why) => {
        report(new Error(`a notification could not be shown: ${why}`));
        untold('denied');
      },
    );
  }
  const operations = new Operations(live, (project, kind) => {
    const asked = kind === 'restart' ? { restarted: project } : { previewed: project };
    show({ view: 'overview', ...asked }).catch(edges.tell);
  });
  const use = new UseWatch(core, live, (value) => edges.push('use', value));
  const watch = (on: boolean): void => {
    use.set(on);
    probes.lookedAt(on);
  };
  edges.onWindowClosed(() => {
    watch(false);
    logs.close();
  });
  edges.onWindowSeen(() => {
    live.tell({ unseen: null });
    void lookForNotifications().catch(report);
  });
  const saver = new LogSaver();
  const { openFolder, copy, chooseFile, choosePath, chooseToRead, copied } = edges;
  const clipboard = new SecretClipboard({ copy, copied, clear: edges.clearClipboard, report });
  const imports = new KeyImports();
  const calls = makeCalls({
    core,
    live,
    operations,
    watch,
    health: (project) => healthLog.read(project, Date.now()),
    logs,
    chooseFile,
    choosePath,
    saver,
    openExternal: (url) => edges.openExternal(url, live.snapshot.stacks[0]?.urls ?? []),
    openFolder,
    zoom: edges.zoom,
    quit: () => void quit.run().catch(report),
    copy,
    clipboard,
    passphrase,
    imports,
    chooseToRead,
    report,
  });
  edges.handleCalls(calls);
  const quit: Quit = new Quit({
    operations,
    seen: () => live.snapshot.stacks[0],
    look: async () => (await live.stack()).status(),
    onQuit: () => options.onQuit,
    ask: edges.ask,
    show: () => show({ view: 'overview' }),
    tell: edges.tell,
    quit: edges.quit,
  });
  edges.onTray(trayModel(live.snapshot));
  let settingsSeen = 0;
  let options = optionsOf({ version: 1, stacks: {} });
  const { folders, settings, state } = core.edges;
  const readOptions = async (): Promise<void> => {
    settingsSeen += 1;
    live.tell({ settingsSeen });
    const { settings: now, warning } = await settings.read();
    const [said] = warning ? saidOf([warning]) : [];
    const places = { settings: settings.path, state: folders.state, logs: folders.logs };
    live.tell({ warning: said ?? null, places });
    // defaults that nobody chose are not followed
    if (warning) return;
    options = optionsOf(now);
    edges.follow(options);
    live.tell({ options });
  };
  const readAgain = (): void => void readOptions().catch(report);
  readAgain();
  const lookForTrayHost = async (): Promise<void> => {
    // at login it may come later than we
    for (let tries = 5; (await edges.hasTrayHost()) === false; tries -= 1) {
      if (tries === 0) {
        live.tell({ trayMissing: true });
        // else nothing of the app would be seen
        return show();
      }
      await sleep(1_000);
    }
  };
  void lookForTrayHost().catch(report);
  async function lookForNotifications(): Promise<void> {
    const notifications = await edges.canNotify();
    // that the system refused one is not unsaid by what can be known before
    if (live.snapshot.notifications !== 'denied') live.tell({ notifications });
  }
  let stateSeen = 0;
  const watches = [
    settings.watch(readAgain),
    state.watch(() => {
      stateSeen += 1;
      live.tell({ stateSeen });
    }),
  ];
  // says that it still watches while nothing changes; what ends without a word is to leave no old picture
  const beat = setInterval(() => {
    attempt(() => lastSeen.write(live.snapshot));
    healthLog.beat(Date.now());
    healthLog.write().catch(report);
  }, BEAT_MS);
  const running = live.run().catch(report);
  log.write('info', `started ${edges.core.version}`);

  const show = async (place?: PushValue<'show'>): Promise<void> => {
    await edges.showWindow();
    if (place) edges.push('show', place);
  };

  async function run(command: DesktopCommand): Promise<void> {
    switch (command.do) {
      case 'show': {
        const { do: _do, ...place } = command;
        return show(place);
      }
      case 'cancel':
        await operations.cancel(command.project);
        return;
      case 'open-url':
        await calls.openUrl({ project: command.project, index: command.index });
        return;
      case 'copy-address':
        await calls.copyAddress({ project: command.project, index: command.index });
        return;
      case 'up':
      case 'start':
      case 'stop':
      case 'restart':
        // what it failed with, or what it asks, is said in the window
        if ((await operations.begin(requestOf(command))) === 'failed') await show({ view: 'overview' });
    }
  }

  return {
    run: (command) => run(command).catch(edges.tell),
    report: (text, error) => log.write('error', text, error),
    slept: () => live.slept(),
    quit: () => quit.run(),
    close: async () => {
      // where nobody could be asked, an operation of ours is cancelled, so that nothing is left half told
      await operations.end();
      for (const stop of watches) stop();
      live.close();
      notifier.close();
      watch(false);
      logs.close();
      await saver.close();
      await clipboard.close().catch(report);
      imports.close();
      probes.close();
      clearInterval(beat);
      await running;
      attempt(() => lastSeen.write(live.snapshot));
      healthLog.end(Date.now());
      await healthLog.write().catch(report);
      core.close();
      log.write('info', 'ended');
    },
  };
}

const requestOf = ({ do: kind, project, services }: OperateCommand): Operate => ({
  project,
  kind,
  services: [...services],
});
