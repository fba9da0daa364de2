import type { AppSnapshot, View } from '../channels.ts';
import { isUp, type Operation, type ServiceState, type StackState, type StackStatus } from '../contract.ts';

/** Each is an icon of its own, distinct without colour. */
export type TrayIcon = 'stopped' | 'busy' | 'healthy' | 'degraded' | 'failed' | 'unreachable';

/** What a click on a menu entry asks for. */
export type TrayCommand =
  | { readonly do: 'up' | 'start' | 'stop' | 'restart'; readonly services: readonly string[] }
  | { readonly do: 'cancel' }
  | { readonly do: 'open-url' | 'copy-address'; readonly index: number }
  | { readonly do: 'show'; readonly view: View; readonly service?: string }
  | { readonly do: 'quit' };

export type TrayEntry =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'command'; readonly text: string; readonly command: TrayCommand }
  | { readonly kind: 'submenu'; readonly text: string; readonly entries: readonly TrayEntry[] };

export interface TrayModel {
  readonly icon: TrayIcon;
  readonly tooltip: string;
  readonly menu: readonly TrayEntry[];
}

const LONGEST = 80;
const SEPARATOR: TrayEntry = { kind: 'separator' };

/** Icon, tooltip and menu of the tray. Pure: the snapshot says everything. */
export function trayModel(snapshot: AppSnapshot): TrayModel {
  const { engine, isCurrent } = snapshot;
  const stack = snapshot.stacks.find((s) => s.project === snapshot.current);
  if (!isCurrent && !stack && engine.reachable) return startingModel;
  if (!engine.reachable || stack?.status === 'unknown') {
    const why = engine.error?.message ?? stack?.sentence ?? 'The engine does not answer.';
    return model('unreachable', `Engine unreachable: ${why}`, []);
  }
  if (!stack) return model('stopped', 'Not started yet', [commandEntry('Start', { do: 'up', services: [] })]);
  const [icon, word] = LOOKS[stack.status];
  const status = stack.operation ? busyWord(stack.operation) : `${word}: ${stack.sentence}`;
  return model(icon, status, [...mainEntries(stack), ...serviceEntries(stack), ...addressEntries(stack)]);
}

/** Until the engine was looked at. */
export const startingModel: TrayModel = model('busy', 'Looking …', []);

function model(icon: TrayIcon, status: string, entries: readonly TrayEntry[]): TrayModel {
  return {
    icon,
    tooltip: `Letta Stack – ${cut(status)}`,
    menu: [
      { kind: 'words', text: cut(status) },
      SEPARATOR,
      ...entries,
      ...(entries.length > 0 ? [SEPARATOR] : []),
      commandEntry('Open window', { do: 'show', view: 'overview' }),
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

/** What is being done, with how far it is: `Starting, 40 %`. */
export function busyWord(operation: Operation): string {
  const word = {
    up: 'Starting',
    start: 'Starting',
    stop: 'Stopping',
    down: 'Removing',
    restart: 'Restarting',
    pull: 'Pulling',
    build: 'Building',
    secrets: 'Changing secrets',
  }[operation.kind];
  return operation.fraction === undefined ? word : `${word}, ${Math.floor(operation.fraction * 100)} %`;
}

function mainEntries(stack: StackState): TrayEntry[] {
  if (stack.operation) return stack.operation.cancellable ? [commandEntry('Cancel', { do: 'cancel' })] : [];
  if (!stack.services.some(isUp)) return [commandEntry('Start', { do: 'up', services: [] })];
  const isWhole = stack.status === 'running';
  return [
    // what is missing can be started without stopping the rest
    ...(isWhole ? [] : [commandEntry('Start', { do: 'up', services: [] })]),
    commandEntry('Stop', { do: 'stop', services: [] }),
    commandEntry('Restart', { do: 'restart', services: [] }),
  ];
}

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
            ...(stack.operation ? [] : serviceCommands(s)),
            commandEntry('Show logs', { do: 'show', view: 'logs', service: s.name }),
          ],
        })),
      ];
}

function serviceCommands(s: ServiceState): TrayEntry[] {
  const services = [s.name];
  if (!isUp(s)) return [commandEntry('Start', { do: 'start', services })];
  return [
    commandEntry('Stop', { do: 'stop', services }),
    commandEntry('Restart', { do: 'restart', services }),
  ];
}

function addressEntries(stack: StackState): TrayEntry[] {
  const index = stack.urls.findIndex((u) => u.on === undefined);
  if (index < 0 || !stack.services.some(isUp)) return [];
  return [
    SEPARATOR,
    commandEntry('Open Letta', { do: 'open-url', index }),
    commandEntry('Copy address', { do: 'copy-address', index }),
  ];
}

function commandEntry(text: string, command: TrayCommand): TrayEntry {
  return { kind: 'command', text, command };
}

/** One line without control characters: names and outputs are whatever a container says. */
function plain(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
}

function cut(text: string): string {
  const one = plain(text.slice(0, 10 * LONGEST));
  return one.length <= LONGEST ? one : `${one.slice(0, LONGEST - 1).trimEnd()}…`;
}
