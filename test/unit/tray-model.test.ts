import { describe, expect, it } from 'vitest';
import type { AppSnapshot } from '../../main/channels.ts';
import type { Operation, ServiceStatus, StackState, StackStatus } from '../../main/contract.ts';
import { trayModel, type TrayEntry, type TrayIcon, type TrayModel } from '../../main/desktop/tray-model.ts';
import { appError, saidOf, type AppError } from '../../main/errors.ts';
import { appSnapshot, serviceState, stackState } from './helpers/snapshot.ts';

const service = (name: string, status: ServiceStatus): StackState['services'][number] =>
  serviceState(name, { status });
const operation = (more: Partial<Operation> = {}): Operation => ({
  id: 'o',
  kind: 'up',
  project: 'p',
  pid: 1,
  startedAt: '2026-01-01T00:00:00Z',
  tasks: [],
  cancellable: true,
  ...more,
});
const stack = (status: StackStatus, more: Partial<StackState> = {}): StackState =>
  stackState({
    status,
    services: [serviceState('db'), serviceState('web')],
    urls: [{ label: 'Letta', url: 'http://127.0.0.1:8283/' }],
    ...more,
  });
const snapshot = appSnapshot;

/** The menu as lines, a submenu's entries in brackets, without what is always there. */
function words(entries: readonly TrayEntry[]): string[] {
  const ALWAYS = ['Open window', 'Doctor', 'Settings', 'Quit'];
  return entries.flatMap((e) => {
    if (e.kind === 'separator' || ALWAYS.includes(e.text)) return [];
    return e.kind === 'submenu' ? [`${e.text} [${words(e.entries).join(', ')}]`] : [e.text];
  });
}

const SERVICES = ['db: healthy [Stop, Restart, Show logs]', 'web: healthy [Stop, Restart, Show logs]'];
const ADDRESS = ['Open Letta', 'Copy address'];
const absent = [service('db', 'absent'), service('web', 'absent')];
const SOCKET = 'unix:///var/run/docker.sock';
const GONE = { code: 'engine.not-running', data: {}, message: 'Docker does not run', next: 'Start it.' };

describe('what was not seen', () => {
  it.each<[unseen: string | null | undefined, hasNews: boolean]>([
    [undefined, false],
    [null, false],
    ['redis ended', true],
  ])('%j: on the icon, in the tooltip, in the menu', (unseen, hasNews) => {
    const shown = trayModel(snapshot(stack('running'), unseen === undefined ? {} : { unseen }));
    expect(shown.hasNews).toBe(hasNews);
    expect(shown.icon).toBe('healthy');
    expect(shown.tooltip.includes('redis ended')).toBe(hasNews);
    expect(words(shown.menu)[1] === 'Not seen yet: redis ended').toBe(hasNews);
  });

  it('is one short line, whatever a container says', () => {
    const { tooltip, menu } = trayModel(
      snapshot(stack('running'), { unseen: `\u001B[31m\n${'x'.repeat(1e6)}` }),
    );
    expect(tooltip.length).toBeLessThan(200);
    expect([tooltip, ...words(menu)].filter((line) => /\p{Cc}/u.test(line))).toEqual([]);
  });
});

describe('the tray', () => {
  it.each<[what: string, given: AppSnapshot, icon: TrayIcon, menu: string[]]>([
    ['nothing looked at yet', snapshot(undefined, { isCurrent: false }), 'busy', ['Looking …']],
    [
      'no engine',
      snapshot(undefined, { engine: { reachable: false, error: GONE } }),
      'unreachable',
      ['Engine unreachable: Docker does not run'],
    ],
    [
      'an engine that was lost',
      snapshot(stack('unknown', { sentence: 'The engine is gone.' })),
      'unreachable',
      ['Engine unreachable: The engine is gone.'],
    ],
    ['no stack yet', snapshot(undefined), 'stopped', ['Not started yet', 'Start']],
    [
      'never started',
      snapshot(stack('stopped', { services: absent })),
      'stopped',
      ['Stopped: So it is.', 'Start'],
    ],
    [
      'stopped',
      snapshot(stack('stopped', { services: [service('db', 'stopped')] })),
      'stopped',
      ['Stopped: So it is.', 'Start', 'db: stopped [Start, Show logs]'],
    ],
    [
      'healthy',
      snapshot(stack('running')),
      'healthy',
      ['Healthy: So it is.', 'Stop', 'Restart', ...SERVICES, ...ADDRESS],
    ],
    [
      'degraded',
      snapshot(stack('degraded', { services: [service('db', 'unhealthy')] })),
      'degraded',
      [
        'Degraded: So it is.',
        'Start',
        'Stop',
        'Restart',
        'db: unhealthy [Stop, Restart, Show logs]',
        ...ADDRESS,
      ],
    ],
    [
      'failed',
      snapshot(stack('failed', { services: [service('db', 'failed')] })),
      'failed',
      ['Failed: So it is.', 'Start', 'db: failed [Start, Show logs]'],
    ],
    [
      'busy',
      snapshot(stack('busy', { operation: operation({ fraction: 0.419 }), services: absent })),
      'busy',
      ['Starting', 'Cancel'],
    ],
    [
      'started by somebody else',
      snapshot(stack('busy', { services: [service('db', 'starting')] })),
      'busy',
      [
        'Starting: So it is.',
        'Start',
        'Stop',
        'Restart',
        'db: starting [Stop, Restart, Show logs]',
        ...ADDRESS,
      ],
    ],
    [
      'busy with what cannot be cancelled',
      snapshot(
        stack('busy', { operation: operation({ kind: 'secrets', cancellable: false }), services: absent }),
      ),
      'busy',
      ['Changing secrets'],
    ],
    [
      'busy beside running services',
      snapshot(stack('busy', { operation: operation({ kind: 'stop' }) })),
      'busy',
      ['Stopping', 'Cancel', 'db: healthy [Show logs]', 'web: healthy [Show logs]', ...ADDRESS],
    ],
    [
      'an address of another machine',
      snapshot(stack('running', { urls: [{ label: 'Letta', url: 'http://127.0.0.1:1/', on: 'far' }] })),
      'healthy',
      ['Healthy: So it is.', 'Stop', 'Restart', ...SERVICES],
    ],
    ['what was seen last time', snapshot(stack('running'), { isCurrent: false }), 'busy', ['Looking …']],
    [
      'an engine that was gone last time',
      snapshot(stack('unknown'), { isCurrent: false, engine: { reachable: false, error: GONE } }),
      'busy',
      ['Looking …'],
    ],
  ])('%s', (_what, given, icon, menu) => {
    const model = trayModel(given);
    expect(model.icon).toBe(icon);
    expect(words(model.menu)).toEqual(menu);
  });

  it('says how far it is without another menu', () => {
    const at = (fraction?: number): TrayModel =>
      trayModel(
        snapshot(
          stack('busy', {
            operation: operation(fraction === undefined ? {} : { fraction }),
            services: absent,
          }),
        ),
      );
    expect([at().tooltip, at(0.419).tooltip]).toEqual([
      'Letta Stack – Starting',
      'Letta Stack – Starting, 41 %',
    ]);
    expect(at(0.1).menu).toEqual(at(0.9).menu);
  });

  it.each<[line: string, error: AppError]>([
    [
      'Engine unreachable: The container engine is not running: there is no such socket',
      appError('engine.not-running', { endpoint: SOCKET, reason: 'there is no such socket' }),
    ],
    [
      'Engine unreachable: The container engine does not answer: EHOSTUNREACH',
      appError('engine.unreachable', { endpoint: 'tcp://192.0.2.1:2376', reason: 'EHOSTUNREACH' }),
    ],
    [
      'Engine unreachable: The container engine takes the connection and does not answ…',
      appError('engine.half-open', { endpoint: SOCKET, ms: 5_000 }),
    ],
    [
      'Engine unreachable: This user may not talk to the container engine',
      appError('engine.permission-denied', { endpoint: SOCKET }),
    ],
    [
      'Engine unreachable: ssh to the container engine failed: Host key verification f…',
      appError('engine.ssh', { endpoint: 'ssh://me@far', reason: 'Host key verification failed.' }),
    ],
  ])('%s', (line, error) => {
    const [said] = saidOf([error]);
    const given = snapshot(stack('running'), { engine: { reachable: false, error: said! } });
    expect(words(trayModel(given).menu)).toEqual([line]);
    expect(trayModel(given).tooltip).toBe(`Letta Stack – ${line}`);
  });

  it('says one short line, whatever a container said', () => {
    const sentence = `db\u0000 ends\u202e with\n\t${'x'.repeat(1_000_000)}`;
    const model = trayModel(snapshot(stack('failed', { sentence })));
    const [status] = words(model.menu);
    expect(status).toMatch(/^Failed: db ends with x+…$/);
    expect(status?.length).toBe(80);
    expect(model.tooltip.length).toBeLessThan(100);
  });

  it('always leads to the window and out', () => {
    for (const given of [snapshot(undefined), snapshot(stack('running'))]) {
      const commands = trayModel(given).menu.flatMap((e) => (e.kind === 'command' ? [e.command.do] : []));
      expect(commands.slice(-4)).toEqual(['open', 'show', 'show', 'quit']);
    }
  });
});
