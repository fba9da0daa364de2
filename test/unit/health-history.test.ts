import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { together } from '../../main/commands/history.ts';
import type { AppSnapshot } from '../../main/channels.ts';
import type { ServiceStatus } from '../../main/contract.ts';
import {
  healthEntries,
  healthHistory,
  incidentsNow,
  type HealthRecord,
  type Ill,
} from '../../main/system/health-history.ts';
import { BEAT_MS, HealthLog } from '../../main/system/health-log.ts';
import { openState, withStateLock } from '../../main/system/state.ts';
import type { Folders } from '../../main/system/types.ts';
import { appSnapshot, serviceState, stackState } from './helpers/snapshot.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-05-04T12:00:00Z');
const ago = (minutes: number): number => NOW - minutes * MINUTE;

type Health = HealthRecord['services'][string]['health'];
const record = (minutesAgo: number, db: Health, project = 'p'): HealthRecord => ({
  at: ago(minutesAgo),
  project,
  services: { db: { health: db, ...(db === 'ill' && { sentence: 'db fails its health check' }) } },
});
/** The app ended, or the engine was lost. */
const gone = (minutesAgo: number): HealthRecord => ({ at: ago(minutesAgo), project: 'p', services: {} });
/** The app ran: a record every five minutes. */
const ran = (from: number, to: number, db: Health): HealthRecord[] =>
  Array.from({ length: Math.floor((from - to) / 5) }, (_, i) => record(from - i * 5, db));

/** The bars as letters: well, ill, stopped, B for starting, - for unwatched; the last 8 of them. */
const bars = (records: HealthRecord[]): string =>
  (healthHistory(records, 'p', NOW, BEAT_MS).services[0]?.bars ?? [])
    .slice(-8)
    .map((b) => ({ unwatched: '-', starting: 'B' })[b as string] ?? b[0])
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
    ['never got well', ran(120, 0, 'starting'), 'BBBBBBBB'],
    ['came up', [...ran(120, 50, 'starting'), ...ran(50, 0, 'well')], 'BBBBBwww'],
    ['of another stack', [record(20, 'ill', 'other')], ''],
    ['the app ended', [...ran(120, 62, 'well'), gone(61), ...ran(30, 0, 'well')], 'wwww--ww'],
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
        done: 'itself',
      },
    ]);
  });

  const doing = (r: HealthRecord, kind: 'restart' | 'up'): HealthRecord => ({ ...r, doing: kind });
  it.each<[what: string, then: HealthRecord[], done: string | undefined]>([
    ['nothing was done', [record(22, 'ill'), record(20, 'well')], 'itself'],
    ['it was restarted', [doing(record(21, 'ill'), 'restart'), record(20, 'well')], 'restart'],
    ['it was well before the operation was over', [record(22, 'ill'), doing(record(20, 'well'), 'up')], 'up'],
    [
      'it came up again after what was done',
      [doing(record(21, 'ill'), 'restart'), record(20, 'starting'), record(19, 'well')],
      'restart',
    ],
    ['it starts, and is not well yet', [record(20, 'starting')], undefined],
    ['the app ended', [doing(record(21, 'ill'), 'restart'), gone(20), record(19, 'well')], undefined],
    [
      'what was done before helped not',
      [doing(record(25, 'ill'), 'restart'), record(24, 'ill'), doing(record(20, 'well'), 'up')],
      'up',
    ],
    ['somebody stopped it', [record(20, 'stopped')], undefined],
    ['it lasts', [], undefined],
  ])('says what ended an incident: %s', (_what, then, done) => {
    const records = [...ran(60, 30, 'well'), record(30, 'ill'), record(26, 'ill'), ...then];
    expect(healthHistory(records, 'p', ago(18), BEAT_MS).incidents).toMatchObject([
      done === undefined ? { service: 'db' } : { service: 'db', done },
    ]);
    expect(healthHistory(records, 'p', ago(18), BEAT_MS).incidents[0]?.done).toBe(done);
  });

  const SECOND = 1 / 60;
  it.each<[what: string, between: Health, seconds: number, incidents: number]>([
    ['starts', 'starting', 10, 1],
    ['starts for long', 'starting', 60, 1],
    ['is taken for well', 'well', 0.2, 1],
    ['is well', 'well', 3, 5],
    ['is stopped', 'stopped', 0.2, 5],
  ])('a service that ends again and again and %s in between: %s for %d s', (_what, between, s, count) => {
    const loop = Array.from({ length: 4 }, (_, i) => [
      record(20 - i * 3, between),
      record(20 - i * 3 - s * SECOND, 'ill'),
    ]);
    const records = [record(21, 'ill'), ...loop.flat(), record(8, 'well')];
    expect(healthHistory(records, 'p', NOW, BEAT_MS).incidents).toHaveLength(count);
    let ill: Ill = new Map();
    const begun = records.flatMap(({ services, at }) => {
      const seen = incidentsNow(ill, services, at);
      ill = seen.ill;
      return seen.begun;
    });
    expect(begun).toHaveLength(count);
  });

  it('is entries of the history of the terminal, with the time that nobody watched', () => {
    const records = [...ran(120, 90, 'well'), ...ran(40, 30, 'ill'), ...ran(30, 0, 'well')];
    const entries = healthEntries('p', healthHistory(records, 'p', NOW, BEAT_MS));
    expect(
      entries.toSorted((a, b) => (a.at < b.at ? -1 : 1)).map((entry) => ({ ...entry, diff: undefined })),
    ).toEqual([
      { at: '2026-05-03T12:00:00.000Z', until: '2026-05-04T10:00:00.000Z', kind: 'unwatched', project: 'p' },
      { at: '2026-05-04T10:45:00.000Z', until: '2026-05-04T11:15:00.000Z', kind: 'unwatched', project: 'p' },
      {
        at: '2026-05-04T11:20:00.000Z',
        until: '2026-05-04T11:30:00.000Z',
        kind: 'health',
        project: 'p',
        title: 'db fails its health check',
        done: 'itself',
      },
    ]);
    expect(healthEntries('p', healthHistory([], 'p', NOW, BEAT_MS))).toEqual([]);
  });

  it('claims no end that nobody saw', () => {
    const records = [record(300, 'ill'), ...ran(60, 0, 'well')];
    expect(healthHistory(records, 'p', NOW, BEAT_MS).incidents).toEqual([
      {
        service: 'db',
        from: '2026-05-04T07:00:00.000Z',
        to: '2026-05-04T07:05:30.000Z',
        sentence: 'db fails its health check',
      },
    ]);
  });
});

const snapshot = (status: ServiceStatus, more: Partial<AppSnapshot> = {}): AppSnapshot =>
  appSnapshot(stackState({ services: [serviceState('db', { status })] }), more);

describe('the log of it', () => {
  function place(content = ''): Pick<Folders, 'state' | 'runtime'> & { file: string } {
    const folder = mkdtempSync(join(tmpdir(), 'health-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'health.jsonl');
    if (content) writeFileSync(file, content);
    return { state: folder, runtime: folder, file };
  }
  const open = (): HealthLog => new HealthLog(place());
  const projectsIn = (file: string): string[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as HealthRecord).project);

  it('notes nothing of a stack that is removed, until something of it runs again', () => {
    const log = open();
    log.seen(snapshot('healthy'), ago(300));
    log.leave('p');
    expect(log.seen(snapshot('stopped'), ago(290))).toEqual([]);
    expect(log.seen(snapshot('absent'), ago(280))).toEqual([]);
    const noted = (): string[] => log.read('p', NOW).services.flatMap((s) => s.bars);
    expect(noted()).not.toContain('stopped');
    log.seen(snapshot('healthy'), ago(200));
    log.seen(snapshot('stopped'), ago(180));
    expect(noted()).toContain('stopped');
  });

  it('is written at a change and as a sign of life, and not of what is not sure', () => {
    const log = open();
    expect(log.seen(snapshot('healthy'), ago(30))).toEqual([]);
    expect(log.seen(snapshot('healthy'), ago(29))).toEqual([]);
    expect(log.seen(snapshot('unhealthy'), ago(28))).toEqual([
      { at: new Date(ago(28)).toISOString(), service: 'db', sentence: 'db is unhealthy' },
    ]);
    log.beat(ago(25));
    log.seen(snapshot('healthy'), ago(21));
    expect(log.read('p', NOW).incidents).toEqual([
      {
        done: 'itself',
        service: 'db',
        from: new Date(ago(28)).toISOString(),
        to: new Date(ago(21)).toISOString(),
        sentence: 'db is unhealthy',
      },
    ]);
  });

  it.each<[what: string, end: (log: HealthLog, at: number) => unknown]>([
    ['the app ended', (log, at) => log.end(at)],
    ['the engine is gone', (log, at) => log.seen(snapshot('healthy', { engine: { reachable: false } }), at)],
    ['another stack is shown', (log, at) => log.seen(snapshot('healthy', { current: 'q' }), at)],
    ['nothing is known', (log, at) => log.seen(snapshot('healthy', { isCurrent: false }), at)],
  ])('says that nobody watches from now on: %s', (_what, end) => {
    const log = open();
    log.seen(snapshot('healthy'), ago(31));
    log.seen(snapshot('unhealthy'), ago(30));
    end(log, ago(29));
    log.beat(ago(28));
    // it was ill when we came: nobody knows since when
    expect(log.seen(snapshot('unhealthy'), ago(24))).toEqual([]);
    log.seen(snapshot('healthy'), ago(23));
    expect(log.read('p', NOW).incidents.map(({ from, to, done }) => [from, to, done])).toEqual(
      [
        [ago(24), ago(23), 'itself'],
        [ago(30), ago(29), undefined],
      ].map(([from, to, done]) => [
        new Date(from as number).toISOString(),
        new Date(to as number).toISOString(),
        done,
      ]),
    );
  });

  it('is told with its length in the history, and not a second time as what was noted of it', async () => {
    const here = place();
    const [log, state] = [new HealthLog(here), openState(here)];
    await state.addIncident('p', { at: new Date(ago(60)).toISOString(), service: 'db', sentence: 'old' });
    await state.addIncident('p', { at: new Date(ago(27)).toISOString(), sentence: 'up: no room' });
    log.seen(snapshot('healthy'), ago(30));
    for (const incident of log.seen(snapshot('unhealthy'), ago(28))) await state.addIncident('p', incident);
    log.seen(snapshot('healthy'), ago(27));
    const watched = healthEntries('p', log.read('p', NOW)).filter((entry) => entry.kind === 'health');
    expect(together(state.history(), watched).map(({ kind, title }) => [kind, title])).toEqual([
      ['incident', 'up: no room'],
      ['health', 'db is unhealthy'],
      ['incident', 'db: old'],
    ]);
  });

  it('keeps what comes up apart from what is well, and calls it no incident', async () => {
    const here = place();
    const log = new HealthLog(here);
    expect(log.seen(snapshot('healthy'), ago(60))).toEqual([]);
    expect(log.seen(snapshot('starting'), ago(10))).toEqual([]);
    await log.write();
    expect(new HealthLog(here).read('p', NOW).services[0]?.bars.at(-1)).toBe('starting');
  });

  it('forgets what is older than a day, and takes lines that are none', async () => {
    const old = { at: ago(30 * 60), project: 'p', services: { old: { health: 'ill' } } };
    const here = place(`${JSON.stringify(old)}\nnot json\n{"at":"x"}\n`);
    const log = new HealthLog(here);
    await log.tidy(NOW);
    expect(readFileSync(here.file, 'utf8')).toBe('');
    log.seen(snapshot('healthy'), NOW - MINUTE);
    expect(log.read('p', NOW).services.map((s) => s.service)).toEqual(['db']);
  });

  it('loses no line to who rewrites it meanwhile, and is read before it is written', async () => {
    const old = { ...record(30 * 60, 'well'), project: 'old' };
    const here = place(`${JSON.stringify(old)}\n`);
    const log = new HealthLog(here);
    let done: Promise<unknown> | undefined;
    // as the removal of another stack does in another process: it reads, and writes what stays
    await withStateLock(here, () => {
      const there = readFileSync(here.file, 'utf8');
      log.seen(snapshot('healthy'), ago(2));
      log.seen(snapshot('unhealthy'), ago(1));
      done = Promise.all([log.tidy(NOW), log.write(), log.write()]);
      expect(log.read('p', NOW).incidents).toHaveLength(1);
      writeFileSync(here.file, `${there}${JSON.stringify(record(3, 'well', 'q'))}\n`);
    });
    await done;
    expect(projectsIn(here.file)).toEqual(['q', 'p', 'p']);
    expect(log.read('p', NOW).incidents).toHaveLength(1);
    await openState(here).forget('q');
    expect(projectsIn(here.file)).toEqual(['p', 'p']);
  });

  it('keeps what could not be written for the next time, but for a stack that is removed', async () => {
    const here = place();
    const log = new HealthLog(here);
    mkdirSync(here.file);
    log.seen(snapshot('healthy', { current: 'gone' }), ago(3));
    log.seen(snapshot('healthy'), ago(2));
    await expect(log.write()).rejects.toThrow('EISDIR');
    rmSync(here.file, { recursive: true });
    log.leave('gone');
    await log.write();
    await log.write();
    expect(projectsIn(here.file)).toEqual(['p']);
  });
});
