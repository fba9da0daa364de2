import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SetupStack } from '../../main/channels.ts';
import { setupCalls } from '../../main/desktop/setup-calls.ts';
import { foundStacks, isEnough, needsOf, withRecommended } from '../../main/desktop/setup-stacks.ts';
import { optionsOf, withOptions } from '../../main/desktop/options.ts';
import type { Live } from '../../main/desktop/live.ts';
import type { ContainerSummary, Engine } from '../../main/docker/port.ts';
import { LABEL } from '../../main/stack/labels.ts';
import { reservedRangeOf, reservedRanges } from '../../main/system/reserved-ports.ts';
import type { Settings } from '../../main/system/types.ts';
import { coreHome } from './helpers/core.ts';

const GB = 1_000_000_000;

const stack = (project: string, change: Partial<SetupStack> = {}): SetupStack => ({
  project,
  profile: project,
  title: project,
  problems: [],
  needs: [],
  containers: 0,
  running: 0,
  isForeign: false,
  ...change,
});
const tooMuch = [{ what: 'memory' as const, needed: 2 * GB, has: GB }];

describe('which stack is recommended', () => {
  const current = { status: 'current', reason: '' } as const;
  it.each<[string, SetupStack[], string | undefined]>([
    ['the usual one', [stack('app-server', { support: current }), stack('production')], 'production'],
    [
      'what is there, running before stopped',
      [stack('production'), stack('a', { containers: 2 }), stack('b', { containers: 1, running: 1 })],
      'b',
    ],
    [
      'what is there, of another program too',
      [stack('production'), stack('x', { isForeign: true, containers: 1 })],
      'x',
    ],
    [
      'a supported one that fits, where the usual one does not',
      [stack('production', { needs: tooMuch }), stack('app-server', { support: current })],
      'app-server',
    ],
    [
      'none, where nothing fits',
      [stack('production', { needs: tooMuch }), stack('app-server', { support: current, needs: tooMuch })],
      undefined,
    ],
    [
      'never one that cannot be read',
      [stack('production', { problems: [{ code: '', data: {}, message: '', next: '' }] })],
      undefined,
    ],
  ])('%s', (_, stacks, expected) => {
    const made = withRecommended(stacks);
    expect(made.filter((s) => s.recommended !== undefined).map((s) => s.project)).toEqual(
      expected === undefined ? [] : [expected],
    );
    if (expected !== undefined) expect(made[0]?.project).toBe(expected);
    expect(made.map((s) => s.project).toSorted()).toEqual(stacks.map((s) => s.project).toSorted());
  });

  it('what cannot be seen is not missing', () => {
    const needs = needsOf({ disk: 6 * GB, memory: 2 * GB }, { memory: 4 * GB });
    expect(needs).toEqual([
      { what: 'disk', needed: 6 * GB },
      { what: 'memory', needed: 2 * GB, has: 4 * GB },
    ]);
    expect(isEnough(needs)).toBe(true);
    expect(isEnough(tooMuch)).toBe(false);
    expect(needsOf({}, {})).toEqual([]);
  });
});

const container = (
  labels: Record<string, string>,
  change: Partial<ContainerSummary> = {},
): ContainerSummary => ({
  Id: 'c',
  Names: [],
  Image: 'redis:7',
  ImageID: '',
  Created: 0,
  State: 'running',
  Status: '',
  Labels: labels,
  Ports: [],
  Mounts: [],
  ...change,
});

describe('stacks that an engine has', () => {
  const labels = {
    [LABEL.project]: 'mine',
    [LABEL.workingDir]: '/home/me/letta',
    [LABEL.configFiles]: '/home/me/letta/compose.yaml,/home/me/letta/more.yaml',
    [LABEL.environmentFile]: '/home/me/letta/prod.env',
  };
  // an earlier `up`, which the later one did not have to repeat for this container
  const before = { ...labels, [LABEL.configFiles]: '/home/me/letta/compose.yaml' };
  it.each([
    ['letta/letta:0.16.8', true],
    ['docker.example/letta/letta', true],
    ['ghcr.io/letta-ai/letta-code:1', true],
    ['letta/letta@sha256:00', true],
    ['me/not-letta:1', false],
    ['me/letta/lettax:1', false],
  ])('%s is of Letta: %s', (Image, isLetta) => {
    expect(foundStacks([container(labels, { Image })])).toMatchObject([{ isLetta }]);
  });

  it('are told by their labels; one-off containers and those of nobody are none', () => {
    const found = foundStacks([
      container(before, { Created: 1 }),
      container(labels, { Created: 2, State: 'exited' }),
      container({ ...labels, [LABEL.oneoff]: 'True' }),
      container({}),
      container({ [LABEL.project]: 'bare' }),
    ]);
    expect(found).toEqual([
      {
        project: 'mine',
        containers: 2,
        running: 1,
        files: ['/home/me/letta/compose.yaml', '/home/me/letta/more.yaml'],
        folder: '/home/me/letta',
        envFiles: ['/home/me/letta/prod.env'],
        isLetta: false,
      },
      { project: 'bare', containers: 1, running: 1, files: [], envFiles: [], isLetta: false },
    ]);
  });
});

describe('the stacks of a setup', () => {
  function rig(containers: ContainerSummary[]) {
    const made = coreHome();
    cpSync(join(import.meta.dirname, '../fixtures/light-stack'), join(made.profiles, 'light'), {
      recursive: true,
    });
    const core = made.core();
    const engine = {
      endpoint: { local: false },
      info: { memory: 8 * GB },
      containers: {
        list: () => Promise.resolve(containers),
        // gone since it was listed
        inspect: () => Promise.resolve(undefined),
      },
    } as unknown as Engine;
    const calls = setupCalls({ core: { ...core, engine: async () => engine }, live: {} as Live });
    const file = join(made.folder, 'compose.yaml');
    const labels = { [LABEL.project]: 'mine', [LABEL.configFiles]: file };
    return { core, calls, file, labels };
  }

  it('are the bundled ones, those of the settings, and those of Letta that another program made', async () => {
    const labels = { [LABEL.project]: 'mine', [LABEL.configFiles]: '/x/compose.yaml' };
    const { calls } = rig([
      container(labels, { Image: 'letta/letta:0.16.8' }),
      container({ [LABEL.project]: 'other' }),
      container({ [LABEL.project]: 'letta-light' }, { State: 'exited' }),
    ]);
    const found = await calls.setupStacks({});
    expect(found.map((s) => [s.project, s.containers, s.running, s.isForeign])).toEqual([
      ['mine', 1, 1, true],
      ['letta-light', 1, 0, false],
    ]);
  });

  it('one of another program is made known as its files have it, and becomes not the current one', async () => {
    const { core, calls, file, labels } = rig([]);
    await expect(calls.adoptStack({ project: 'mine' })).rejects.toMatchObject({
      errors: [{ code: 'app.not-adopted', data: { reason: 'the engine has no container of it' } }],
    });
    const again = rig([container(labels)]);
    await expect(again.calls.adoptStack({ project: 'mine' })).rejects.toMatchObject({
      errors: [{ code: 'app.not-adopted', data: { reason: expect.stringContaining(file) } }],
    });
    writeFileSync(file, 'services: { a: { image: "letta/letta:0.16.8" } }\n');
    expect((await core.edges.settings.read()).settings.stacks).toEqual({});
    await again.calls.adoptStack({ project: 'mine' });
    const { settings } = await again.core.edges.settings.read();
    expect(settings.stacks).toEqual({ mine: { files: [file], variables: {} } });
    expect(settings.current).toBeUndefined();
  });

  it('what its containers do not say cannot be taken over', async () => {
    const { calls } = rig([container({ [LABEL.project]: 'mine' })]);
    await expect(calls.adoptStack({ project: 'mine' })).rejects.toMatchObject({
      errors: [{ data: { reason: 'its containers do not say which file they were made from' } }],
    });
  });
});

describe('how far a setup is', () => {
  const settings = (change: Partial<Settings> = {}): Settings => ({ version: 1, stacks: {}, ...change });
  const stacks = { a: { profile: 'production', variables: {} } };
  it.each<[string, Settings, unknown]>([
    ['begins where there was never a stack', settings(), { step: 'engine' }],
    ['is none where there is one', settings({ stacks }), null],
    ['is none where one was chosen', settings({ current: 'a' }), null],
    [
      'stays where it was left',
      settings({ stacks, app: { setup: { step: 'keys', project: 'a' } } }),
      { step: 'keys', project: 'a' },
    ],
    ['is over', settings({ app: { setup: null } }), null],
    [
      'begins anew from a step that is not known',
      settings({ app: { setup: { step: 'x', project: 'a' } } }),
      { step: 'engine', project: 'a' },
    ],
  ])('%s', (_, given, setup) => expect(optionsOf(given).setup).toEqual(setup));

  it('is kept with the other settings of the app', () => {
    const kept = withOptions(settings({ app: { theme: 'dark' } }), {
      setup: { step: 'place', project: 'a' },
    });
    expect(kept.app).toEqual({ theme: 'dark', setup: { step: 'place', project: 'a' } });
    expect(withOptions(kept, { setup: null }).app).toEqual({ theme: 'dark', setup: null });
    expect(withOptions(kept, { theme: 'light' }).app?.setup).toEqual({ step: 'place', project: 'a' });
  });
});

describe('ports that Windows keeps', () => {
  const ENGLISH = [
    '',
    'Protocol tcp Port Exclusion Ranges',
    '',
    'Start Port    End Port      ',
    '----------    --------      ',
    '      5357        5357      ',
    '      8230        8329      ',
    '     50000       50059     *',
    '',
    '* - Administered port exclusions.',
    '',
  ].join('\r\n');
  const GERMAN =
    'Ausschlussbereiche für Protokoll tcp\r\n\r\nStartport     Endport\r\n-----  -----\r\n 80   80\r\n';
  it.each([
    [
      ENGLISH,
      [
        [5357, 5357],
        [8230, 8329],
        [50_000, 50_059],
      ],
    ],
    [GERMAN, [[80, 80]]],
    ['Es wurde kein Bereich gefunden.', []],
    ['', []],
    ['  9000  100\n 70000 70001\n 1 2 3\n', []],
  ])('%#', (output, ranges) =>
    expect(reservedRanges(output)).toEqual(ranges.map(([from, to]) => ({ from, to }))),
  );

  it('are asked of netsh for the protocol, on Windows alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'netsh-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(
      join(folder, 'netsh'),
      '#!/bin/sh\n[ "$*" = "int ipv4 show excludedportrange protocol=tcp" ] && printf "  8230  8329\\r\\n"\n',
      { mode: 0o700 },
    );
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
    const { platform } = process;
    onTestFinished(() => void Object.defineProperty(process, 'platform', { value: platform }));
    expect(await reservedRangeOf(8283, 'tcp')).toBeUndefined();
    Object.defineProperty(process, 'platform', { value: 'win32' });
    expect(await reservedRangeOf(8283, 'tcp')).toEqual({ from: 8230, to: 8329 });
    expect(await reservedRangeOf(8330, 'tcp')).toBeUndefined();
    expect(await reservedRangeOf(8283, 'udp')).toBeUndefined();
  });
});
