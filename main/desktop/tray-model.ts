import type { AppSnapshot, View } from '../channels.ts';
import type { Operation, ServiceState, StackState, StackStatus } from '../contract.ts';
import { isUp } from '../is-up.ts';

/** Each is an icon of its own, distinct without colour. */
export type TrayIcon = 'stopped' | 'busy' | 'healthy' | 'degraded' | 'failed' | 'unreachable';

/** `project` is the stack that was shown when the menu, or the notification, was made: no other is meant. */
export interface OperateCommand {
  readonly do: 'up' | 'start' | 'stop' | 'restart';
  readonly project: string;
  readonly services: readonly string[];
}

/** What the desktop carries out. */
export type DesktopCommand =
  | OperateCommand
  | { readonly do: 'cancel'; readonly project: string }
  | { readonly do: 'open-url' | 'copy-address'; readonly project: string; readonly index: number }
  | {
      readonly do: 'show';
      readonly view: View;
      readonly service?: string;
      /** with the search at hand; only the logs have one */
      readonly isFinding?: boolean;
    };

/** What a click on a menu entry asks for; the window and the end of the app are not the desktop's. */
export type TrayCommand = DesktopCommand | { readonly do: 'open' } | { readonly do: 'quit' };

export type TrayEntry =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'command'; readonly text: string; readonly command: TrayCommand }
  | { readonly kind: 'submenu'; readonly text: string; readonly entries: readonly TrayEntry[] };

export interface TrayModel {
  readonly icon: TrayIcon;
  /** something was not seen: the icon has a dot */
  readonly hasNews: boolean;
  readonly tooltip: string;
  readonly menu: readonly TrayEntry[];
}

const LONGEST = 80;
const SEPARATOR: TrayEntry = { kind: 'separator' };

/** Icon, tooltip and menu of the tray. Pure: the snapshot says everything. */
export function trayModel(snapshot: AppSnapshot): TrayModel {
  const { unseen } = snapshot;
  const shown = stateModel(snapshot);
  if (unseen === undefined || unseen === null) return shown;
  const [status, ...rest] = shown.menu;
  const news: TrayEntry = { kind: 'words', text: cut(`Not seen yet: ${unseen}`) };
  return {
    ...shown,
    hasNews: true,
    tooltip: `${shown.tooltip} – ${cut(unseen)}`,
    menu: [...(status ? [status] : []), news, ...rest],
  };
}

function stateModel(snapshot: AppSnapshot): TrayModel {
  const { engine, isCurrent } = snapshot;
  const stack = snapshot.stacks.find((s) => s.project === snapshot.current);
  // what was seen last time is for the window, which says so: here it would be taken for the truth
  if (!isCurrent) return startingModel;
  if (!engine.reachable || stack?.status === 'unknown') {
    const why = engine.error?.message ?? stack?.sentence ?? 'The engine does not answer.';
    return model('unreachable', `Engine unreachable: ${withoutAddress(why)}`, []);
  }
  const project = snapshot.current;
  if (!stack) return model('stopped', 'Not started yet', project === undefined ? [] : [startEntry(project)]);
  const [icon, word] = LOOKS[stack.status];
  const entries = [...mainEntries(stack), ...serviceEntries(stack), ...addressEntries(stack)];
  if (!stack.operation) return model(icon, `${word}: ${stack.sentence}`, entries);
  const doing = DOING[stack.operation.kind];
  const { fraction } = stack.operation;
  // not in the menu: it would be made anew under the user's hand, and a click on the one before comes to nothing
  const far = fraction === undefined ? '' : `, ${Math.floor(fraction * 100)} %`;
  return model(icon, doing, entries, `${doing}${far}`);
}

/** Until the engine was looked at. */
export const startingModel: TrayModel = model('busy', 'Looking …', []);

function model(icon: TrayIcon, status: string, entries: readonly TrayEntry[], pointedAt = status): TrayModel {
  return {
    icon,
    hasNews: false,
    tooltip: `Letta Stack – ${cut(pointedAt)}`,
    menu: [
      { kind: 'words', text: cut(status) },
      SEPARATOR,
      ...entries,
      ...(entries.length > 0 ? [SEPARATOR] : []),
      commandEntry('Open window', { do: 'open' }),
      commandEntry('Doctor', { do: 'show', view: 'doctor' }),
      commandEntry('Settings', { do: 'show', view: 'settings' }),
      SEPARATOR,
      commandEntry('Quit', { do: 'quit' }),
    ],
  };
}

const LOOKS: Readonly<Record<StackStatus, readonly [TrayIcon, string]>> = {
  busy: ['busy', 'Starting'],
  running: ['healthy', 'Healthy'],
  degraded: ['degraded', 'Degraded'],
  failed: ['failed', 'Failed'],
  stopped: ['stopped', 'Stopped'],
  unknown: ['unreachable', 'Engine unreachable'],
};

const DOING: Readonly<Record<Operation['kind'], string>> = {
  up: 'Starting',
  start: 'Starting',
  stop: 'Stopping',
  down: 'Removing',
  remove: 'Removing everything',
  restart: 'Restarting',
  pull: 'Pulling',
  build: 'Building',
  secrets: 'Changing secrets',
};

function mainEntries(stack: StackState): TrayEntry[] {
  const { project, operation } = stack;
  if (operation) return operation.cancellable ? [commandEntry('Cancel', { do: 'cancel', project })] : [];
  if (!stack.services.some(isUp)) return [startEntry(project)];
  const isWhole = stack.status === 'running';
  return [
    // what is missing can be started without stopping the rest
    ...(isWhole ? [] : [startEntry(project)]),
    commandEntry('Stop', { do: 'stop', project, services: [] }),
    commandEntry('Restart', { do: 'restart', project, services: [] }),
  ];
}

const startEntry = (project: string): TrayEntry => commandEntry('Start', { do: 'up', project, services: [] });

function serviceEntries(stack: StackState): TrayEntry[] {
  const there = stack.services.filter((s) => s.status !== 'absent');
  return there.length === 0
    ? []
    : [
        SEPARATOR,
        ...there.map((s): TrayEntry => ({
          kind: 'submenu',
          text: `${plain(s.name)}: ${s.status}`,
          entries: [
            ...(stack.operation ? [] : serviceCommands(stack.project, s)),
            commandEntry('Show logs', { do: 'show', view: 'logs', service: s.name }),
          ],
        })),
      ];
}

function serviceCommands(project: string, s: ServiceState): TrayEntry[] {
  const services = [s.name];
  if (!isUp(s)) return [commandEntry('Start', { do: 'start', project, services })];
  return [
    commandEntry('Stop', { do: 'stop', project, services }),
    commandEntry('Restart', { do: 'restart', project, services }),
  ];
}

function addressEntries(stack: StackState): TrayEntry[] {
  const { project } = stack;
  const index = stack.urls.findIndex((u) => u.on === undefined);
  if (index < 0 || !stack.services.some(isUp)) return [];
  return [
    SEPARATOR,
    commandEntry('Open Letta', { do: 'open-url', project, index }),
    commandEntry('Copy address', { do: 'copy-address', project, index }),
  ];
}

function commandEntry(text: string, command: TrayCommand): TrayEntry {
  return { kind: 'command', text, command };
}

/** One line without control characters: names and outputs are whatever a container says. */
function plain(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
}

/** The cause stands behind the engine's address, and would be cut off; where the engine is, the window says. */
const withoutAddress = (why: string): string => why.replaceAll(/ at [a-z]+:\/\/\S+/g, '');

function cut(text: string): string {
  const one = plain(text.slice(0, 10 * LONGEST));
  return one.length <= LONGEST ? one : `${one.slice(0, LONGEST - 1).trimEnd()}…`;
}
