import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AppSnapshot } from '../../main/channels.ts';
import type { ServiceStatus } from '../../main/contract.ts';
import { healthHistory, type HealthRecord } from '../../main/desktop/health-history.ts';
import { BEAT_MS, HealthLog } from '../../main/desktop/health-log.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-05-04T12:00:00Z');
const ago = (minutes: number): number => NOW - minutes * MINUTE;

type Health = 'well' | 'ill' | 'stopped';
const record = (minutesAgo: number, db: Health, project = 'p'): HealthRecord => ({
  at: ago(minutesAgo),
  project,
  services: { db: { health: db, ...(db === 'ill' && { sentence: 'db fails its health check' }) } },
});
/** The app ran: a record every five minutes. */
const ran = (from: number, to: number, db: Health): HealthRecord[] =>
  Array.from({ length: Math.floor((from - to) / 5) }, (_, i) => record(from - i * 5, db));

/** The bars as letters: well, ill, stopped, - for unwatched; the last 8 of them. */
const bars = (records: HealthRecord[]): string =>
  (healthHistory(records, 'p', NOW, BEAT_MS).services[0]?.bars ?? [])
    .slice(-8)
    .map((b) => (b === 'unwatched' ? '-' : b[0]))
    .join('');

describe('the last 24 hours', () => {
  it.each<[what: string, records: HealthRecord[], bars: string]>([
    ['nothing was watched', [], ''],
    ['well all the time', ran(24 * 60, 0, 'well'), 'wwwwwwww'],
    [
      'ill for a moment shows',
      [...ran(120, 40, 'well'), record(40, 'ill'), record(39, 'well'), ...ran(35, 0, 'well')],
      'wwwwwiww',
    ],
    ['not watched in between', [...ran(120, 90, 'well'), ...ran(30, 0, 'well')], 'www---ww'],
    ['stopped', [...ran(120, 60, 'well'), ...ran(60, 0, 'stopped')], 'wwwwssss'],
    ['of another stack', [record(20, 'ill', 'other')], ''],
  ])('%s', (_what, records, expected) => {
    expect(bars(records)).toBe(expected);
  });

  it('has 96 bars, of which the last is going on', () => {
    const history = healthHistory(ran(60, 0, 'well'), 'p', NOW + 4 * MINUTE, BEAT_MS);
    expect(history.from).toBe('2026-05-03T12:15:00.000Z');
    expect(history.services[0]?.bars).toHaveLength(96);
    expect(history.services[0]?.bars.at(-1)).toBe('well');
  });

  it('names incidents: when, how long, why; one that lasts has no end', () => {
    const records = [
      ...ran(120, 60, 'well'),
      ...ran(60, 50, 'ill'),
      ...ran(50, 10, 'well'),
      ...ran(10, 0, 'ill'),
    ];
    expect(healthHistory(records, 'p', NOW, BEAT_MS).incidents).toEqual([
      { service: 'db', from: '2026-05-04T11:50:00.000Z', sentence: 'db fails its health check' },
      {
        service: 'db',
        from: '2026-05-04T11:00:00.000Z',
        to: '2026-05-04T11:10:00.000Z',
        sentence: 'db fails its health check',
      },
    ]);
  });

  it('claims no end that nobody saw', () => {
    const records = [record(300, 'ill'), ...ran(60, 0, 'well')];
    expect(healthHistory(records, 'p', NOW, BEAT_MS).incidents).toEqual([
      {
        service: 'db',
        from: '2026-05-04T07:00:00.000Z',
        to: '2026-05-04T07:10:00.000Z',
        sentence: 'db fails its health check',
      },
    ]);
  });
});

const snapshot = (status: ServiceStatus, more: Partial<AppSnapshot> = {}): AppSnapshot => ({
  contract: 1,
  revision: 1,
  engine: { reachable: true },
  isCurrent: true,
  current: 'p',
  stacks: [
    {
      project: 'p',
      status: 'running',
      sentence: '',
      services: [{ name: 'db', status, image: 'a', restarts: 0, ports: [] }],
      probes: [],
      urls: [],
    },
  ],
  ...more,
});

describe('the log of it', () => {
  function open(content = ''): HealthLog {
    const folder = mkdtempSync(join(tmpdir(), 'health-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    if (content) writeFileSync(join(folder, 'health.jsonl'), content);
    return new HealthLog(folder);
  }

  it('is written at a change and as a sign of life, and not of what is not sure', () => {
    const log = open();
    const ILL = [{ service: 'db', sentence: 'db is unhealthy' }];
    expect(log.seen(snapshot('healthy'), ago(30))).toEqual([]);
    expect(log.seen(snapshot('healthy'), ago(29))).toEqual([]);
    expect(log.seen(snapshot('unhealthy'), ago(28))).toEqual(ILL);
    log.seen(snapshot('healthy', { engine: { reachable: false } }), ago(27));
    log.seen(snapshot('healthy', { isCurrent: false }), ago(26));
    expect(log.seen(snapshot('unhealthy'), ago(22))).toEqual([]);
    log.seen(snapshot('healthy'), ago(20));
    expect(log.read('p', NOW).incidents).toEqual([
      {
        service: 'db',
        from: new Date(ago(28)).toISOString(),
        to: new Date(ago(20)).toISOString(),
        sentence: 'db is unhealthy',
      },
    ]);
  });

  it('forgets what is older than a day, and takes lines that are none', () => {
    const old = { at: ago(30 * 60), project: 'p', services: { old: { health: 'ill' } } };
    const log = open(`${JSON.stringify(old)}\nnot json\n{"at":"x"}\n`);
    log.tidy(NOW);
    log.seen(snapshot('healthy'), NOW - MINUTE);
    expect(log.read('p', NOW).services.map((s) => s.service)).toEqual(['db']);
  });
});
