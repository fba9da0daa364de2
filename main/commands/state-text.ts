import type { Cause, ProbeResult, ServiceState, StackState, StackUrl } from '../contract.ts';
import { isUp } from '../is-up.ts';
import { harmless, type Style } from './style.ts';
import { nameFor } from './target.ts';
import { ago, columns, span, table } from './text.ts';

type Format = Parameters<Style['paint']>[0];

type Status = ServiceState['status'] | StackState['status'];

/** Sign and colour of a state; the word stands beside it. */
const LOOKS: Readonly<
  Record<Status, readonly ['done' | 'failed' | 'warning' | 'waiting' | 'ellipsis', Format]>
> = {
  healthy: ['done', 'green'],
  running: ['done', 'green'],
  completed: ['done', 'green'],
  unhealthy: ['failed', 'red'],
  failed: ['failed', 'red'],
  restarting: ['failed', 'red'],
  degraded: ['warning', 'yellow'],
  paused: ['warning', 'yellow'],
  unknown: ['warning', 'yellow'],
  starting: ['ellipsis', 'cyan'],
  busy: ['ellipsis', 'cyan'],
  absent: ['waiting', 'dim'],
  created: ['waiting', 'dim'],
  stopped: ['waiting', 'dim'],
};

/** `✓ healthy` */
export function statusWord(status: Status, style: Style): string {
  const [sign, format] = LOOKS[status];
  return style.paint(format, `${style.signs[sign]} ${status}`);
}

/** `127.0.0.1:8283→80/tcp`, several separated by commas. */
export function portsText(ports: ServiceState['ports']): string {
  const host = (address: string): string => (address.includes(':') ? `[${address}]` : address);
  return ports.map((p) => `${host(p.address)}:${p.published}→${p.target}/${p.protocol}`).join(', ');
}

/** `letta-stack ps`: a line a container. */
export function psText(services: readonly ServiceState[], style: Style, now: number): string {
  return table(
    style,
    ['CONTAINER', 'SERVICE', 'STATUS', 'STARTED', 'PORTS', 'IMAGE'],
    services.map((s) => [
      s.containerName ?? '-',
      s.name,
      statusWord(s.status, style),
      started(s, now),
      portsText(s.ports) || '-',
      s.image,
    ]),
  );
}

const started = (s: ServiceState, now: number): string =>
  s.startedAt === undefined ? '-' : `${ago(now - Date.parse(s.startedAt))} ago`;

/** `letta-stack status`: how a stack is, and why. Ends with a newline. */
export function stateText(state: StackState, style: Style, now: number): string {
  const version = state.profileVersion === undefined ? '' : ` ${state.profileVersion}`;
  const parts = [
    `${style.paint('bold', state.project)}  ${statusWord(state.status, style)}  ${harmless(state.sentence)}\n`,
    ...(state.profile === undefined ? [] : [`profile ${state.profile}${version}\n`]),
    ...supportLine(state, style),
    ...(state.updateAvailable === undefined
      ? []
      : [
          `Version ${state.updateAvailable} of the profile is there: letta-stack plan ${nameFor(state)} shows what it changes.\n`,
        ]),
    '\n',
    table(
      style,
      ['SERVICE', 'STATUS', 'STARTED', 'PORTS'],
      state.services.map((s) => [
        s.name,
        statusWord(s.status, style),
        started(s, now),
        portsText(s.ports) || '-',
      ]),
    ),
    ...state.services.flatMap((s) => (s.cause ? [`\n${causeText(s.name, s.cause)}`] : [])),
    ...(state.probes.length > 0 ? [`\n${probesText(state.probes, style)}`] : []),
    ...(state.operation
      ? [`\n${state.operation.kind} is under way in process ${state.operation.pid}\n`]
      : []),
    ...(state.urls.length > 0 && state.services.some(isUp) ? [`\n${urlsText(state)}`] : []),
  ];
  return parts.join('');
}

/** Only a profile that is not simply current says so, in one line. */
export function supportLine({ support }: Pick<StackState, 'support'>, style: Style): string[] {
  if (!support || support.status === 'current') return [];
  return [style.paint('yellow', `${support.status}: ${support.reason}`), '\n'];
}

/** Why a service is as it is, with what it was read from. */
function causeText(service: string, cause: Cause): string {
  const detail = cause.detail?.trim();
  return [
    `${service}: ${harmless(cause.sentence)}\n`,
    ...(detail ? detail.split('\n').map((line) => `  ${harmless(line)}\n`) : []),
    ...(cause.log ?? []).map((line) => `  | ${harmless(line)}\n`),
  ].join('');
}

/** `status --deep`: each probe with its answer. */
function probesText(probes: readonly ProbeResult[], style: Style): string {
  return columns(
    probes.map((p) => [
      p.ok
        ? style.paint('green', `${style.signs.done} ok`)
        : style.paint('red', `${style.signs.failed} fail`),
      p.label,
      harmless(p.answer),
      style.paint('dim', span(p.tookMs)),
    ]),
  );
}

/** Where it answers, a line an address. */
export function urlsText({ urls }: Pick<StackState, 'urls'>): string {
  return columns(
    urls.map((u) => [u.label, `${u.url}${fromElsewhere(u)}`]),
    '  ',
  );
}

/** Where an address means something, and how to reach it from here; empty for one of this machine. */
export const fromElsewhere = ({ on, tunnel }: StackUrl): string =>
  on === undefined ? '' : ` on ${on}${tunnel === undefined ? '' : `; from here: ${tunnel}`}`;
