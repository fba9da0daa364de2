import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { excerptsOf } from '../../main/desktop/excerpts.ts';
import { shownLines } from '../../main/desktop/shown-lines.ts';
import { lookAtOwnFiles, openOwnFile } from '../../main/desktop/own-files.ts';
import type { Core } from '../../main/core-types.ts';
import type { AppError } from '../../main/errors.ts';
import { marksOf, noteText, soundText } from '../../renderer/excerpt-marks.ts';
import { codesOf } from '../engine/real-engine.ts';
import { coreHome } from './helpers/core.ts';

const LIGHT = join(import.meta.dirname, '../fixtures/light-stack/compose.yaml');
const SOUND = 'name: mine\nservices:\n  web:\n    image: "nginx:1"\n';
const BROKEN =
  'name: mine\nservices:\n  web:\n    image: "nginx:1"\n    hostnam: x\n    ports: ["99999:80"]\n';

describe('a Compose file of the user’s', () => {
  function home() {
    const made = coreHome();
    const file = join(made.folder, 'own', 'compose.yaml');
    mkdirSync(join(made.folder, 'own'));
    const core = made.core();
    const settings = async () => (await core.edges.settings.read()).settings;
    const open = (which: string = file, of: Core = core) =>
      openOwnFile(of, which, (change) => of.edges.settings.update(change));
    return { ...made, file, core, settings, open };
  }

  it('is remembered by its name, without being shown or started', async () => {
    const { file, open, settings } = home();
    writeFileSync(file, SOUND);
    expect(await open()).toEqual({
      files: [file],
      project: 'mine',
      services: ['web'],
      problems: [],
      warnings: [],
      excerpts: [],
    });
    const now = await settings();
    expect([now.current, now.stacks]).toEqual([undefined, { mine: { files: [file], variables: {} } }]);
    expect((await open()).project).toBe('mine'); // again is no other stack
  });

  it('with a block of its own has the block’s title', async () => {
    const { core } = home();
    expect(await openOwnFile(core, LIGHT, (change) => core.edges.settings.update(change))).toMatchObject({
      title: 'Light stack',
      problems: [],
    });
  });

  it('that is wrong changes nothing, and says where and why all at once', async () => {
    const { file, open, settings } = home();
    writeFileSync(file, BROKEN);
    const { problems, excerpts, project } = await open();
    expect(project).toBe('mine');
    expect(problems.map((p) => [p.code, p.data['line'], p.data['column']])).toEqual([
      ['model.unknown-key', 5, 5],
      ['model.bad-port', 6, 13],
    ]);
    expect(excerpts).toEqual([
      { file, from: 2, lines: BROKEN.replace('hostnam: x', 'hostnam: •••').split('\n').slice(1) },
    ]);
    expect((await settings()).stacks).toEqual({});
    writeFileSync(file, SOUND);
    expect((await open()).problems).toEqual([]);
    expect((await settings()).stacks).toHaveProperty('mine');
  });

  it.each([
    ['that is no YAML', 'services: [\n', 'model.not-yaml'],
    ['that is empty', '', 'model.empty-file'],
    ['of too many containers', `${SOUND}    scale: 300000\n`, 'stack.cannot-carry-out'],
    ['whose block is wrong', `${SOUND}x-letta-stack: { title: 1 }\n`, 'stack.profile-block'],
  ])('%s is told, not thrown', async (_name, text, code) => {
    const { file, open, settings } = home();
    writeFileSync(file, text);
    expect((await open()).problems[0]?.code).toBe(code);
    expect((await settings()).stacks).toEqual({});
  });

  it('that is gone by now is told', async () => {
    const { file, open } = home();
    expect((await open()).problems[0]).toMatchObject({ code: 'model.not-found', data: { file } });
  });

  it('does not take the name of another stack, bundled or not', async () => {
    const { file, folder, profiles, open, settings } = home();
    writeFileSync(file, SOUND);
    await open();
    const other = join(folder, 'other.yaml');
    writeFileSync(other, SOUND);
    expect(await codesOf(open(other))).toEqual(['stack.name-taken']);
    mkdirSync(join(profiles, 'light'));
    writeFileSync(join(profiles, 'light', 'compose.yaml'), readFileSync(LIGHT));
    writeFileSync(other, SOUND.replace('mine', 'letta-light'));
    expect(await codesOf(open(other))).toEqual(['stack.name-taken']);
    expect((await settings()).stacks).toEqual({ mine: { files: [file], variables: {} } });
  });

  it('may have a name that every object has something of', async () => {
    const { file, open, core, settings } = home();
    writeFileSync(file, SOUND.replace('mine', 'constructor'));
    await open();
    expect((await settings()).stacks).toEqual({ constructor: { files: [file], variables: {} } });
    expect((await lookAtOwnFiles(core, 'constructor')).services).toEqual(['web']);
  });

  it('leaves a stack of its name that a terminal made since it was looked at', async () => {
    const { file, core, settings } = home();
    writeFileSync(file, SOUND);
    const theirs = { files: ['/theirs/compose.yaml'], variables: { PORT: '1' } };
    const opening = openOwnFile(core, file, async (change) => {
      await core.edges.settings.update((now) => ({ ...now, stacks: { mine: theirs } }));
      await core.edges.settings.update(change);
    });
    expect(await codesOf(opening)).toEqual(['stack.name-taken']);
    expect((await settings()).stacks).toEqual({ mine: theirs });
  });

  it('that is known is looked at again, also when it became wrong', async () => {
    const { file, core, open } = home();
    writeFileSync(file, SOUND);
    await open();
    expect((await lookAtOwnFiles(core, 'mine')).problems).toEqual([]);
    writeFileSync(file, BROKEN);
    expect((await lookAtOwnFiles(core, 'mine')).problems).toHaveLength(2);
  });
});

describe('an excerpt', () => {
  const at = (file: string, line?: number): AppError => ({
    code: 'x',
    data: { file, ...(line !== undefined && { line }) },
  });
  const hundred = Array.from({ length: 100 }, (_, i) => `line ${i + 1}`).join('\r\n');

  it.each<[string, number[], [number, number][]]>([
    ['around one line', [50], [[47, 7]]],
    ['at the beginning', [1], [[1, 4]]],
    ['at the end', [100], [[97, 4]]],
    ['near ones are one piece', [10, 17], [[7, 14]]],
    [
      'far ones are two',
      [10, 18],
      [
        [7, 7],
        [15, 7],
      ],
    ],
    ['beyond the file', [999], []],
    ['one beyond the file beside one in it', [100, 102], [[97, 4]]],
  ])('%s', (_name, lines, pieces) => {
    const found = excerptsOf(
      lines.map((line) => at('/a.yaml', line)),
      () => hundred,
    );
    expect(found.map((p) => [p.from, p.lines.length])).toEqual(pieces);
  });

  it('is of YAML files that can be read, and of places that have a line', () => {
    const read = (file: string): string | undefined => (file === '/gone.yaml' ? undefined : 'A=1');
    expect(excerptsOf([at('/.env', 1), at('/gone.yaml', 1), at('/a.yaml')], read)).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      '/a.yaml:3:3 (services.a): no image',
      { line: 3, column: 3, path: 'services.a' },
      'services.a: no image',
    ],
    ['/a.yaml:3:3: a tab is used', { line: 3, column: 3 }, 'a tab is used'],
    ['/a.yaml:3: not valid', { line: 3 }, 'not valid'],
    ['/b.yaml:3: included', { line: 3 }, '/b.yaml:3: included'],
  ])('says without its place what stands at it: %s', (message, place, expected) => {
    const said = { code: 'x', data: { file: '/a.yaml', ...place }, message, next: '' };
    expect(noteText(said)).toBe(expected);
  });

  it('that is sound says how much there is to look at', () => {
    expect([0, 1, 3].map(soundText)).toEqual([
      'Nothing is wrong with it.',
      'It can be used, with one thing to look at.',
      'It can be used, with 3 things to look at.',
    ]);
  });

  it('has each problem at its line, marks the word there, and loses none', () => {
    const said = (line: number | undefined, column?: number) => ({
      code: 'x',
      data: { file: '/a.yaml', ...(line && { line }), ...(column && { column }) },
      message: `at ${line}`,
      next: '',
    });
    const problems = [said(2, 5), said(2), said(9), said(undefined)];
    const { pieces, rest } = marksOf(
      [{ file: '/a.yaml', from: 1, lines: ['a:', '    imagee: x'] }],
      problems,
    );
    expect(pieces[0]?.rows).toEqual([
      { number: 1, before: 'a:', marked: '', after: '', problems: [] },
      { number: 2, before: '    ', marked: 'imagee', after: ': x', problems: [problems[0], problems[1]] },
    ]);
    expect(rest).toEqual([problems[2], problems[3]]);
  });
});

describe('what is shown of a file', () => {
  const FILE = `name: mine
services:
  web: # the front
    image: nginx:1.27-alpine
    imagee: hunter2
    command: redis-server --requirepass hunter2
    ports: ["99999:80"]
    secrets: [nope]
    environment: &env
      LETTA_ENCRYPTION_KEY: hunter2
      DB_PASS: hunter2
      DATABASE_URL: postgres://letta:hunter2@db
      DB_PASSWORD: |
        hunter2
        more: hunter2
    # API_KEY=hunter2
    build:
      context: https://me:hunter2@git.example/x.git
      args:
        - TOKEN=hunter2
    enviroment: { A: hunter2 }
    depends_on: { db: { condition: service_healthy } }
    healthcheck:
      test: ["CMD", "curl", "-u", "me:hunter2", "localhost"]
      interval: 5 s
    this is no key
    volumes:
      - data:/data
      - type: bind
        source: /srv
    labels:
      - "auth=hunter2"
x-mine: hunter2
secrets:
  nope:
    environment: hunter2
    file: ./nope.txt`;

  it('has no value of an environment, an argument, a command, a comment or a key that nobody knows', () => {
    const lines = shownLines(FILE.split('\n'));
    expect(lines.join('\n')).not.toContain('hunter2');
    expect(lines.join('\n')).toBe(`name: mine
services:
  web:
    image: nginx:1.27-alpine
    imagee: •••
    command: •••
    ports: ["99999:80"]
    secrets: [nope]
    environment: &env
      LETTA_ENCRYPTION_KEY: •••
      DB_PASS: •••
      DATABASE_URL: •••
      DB_PASSWORD: |
        •••
        more: •••
    # •••
    build:
      context: https://•••@git.example/x.git
      args:
        - •••
    enviroment: •••
    depends_on: •••
    healthcheck:
      test: •••
      interval: 5 s
    this is no key
    volumes:
      - data:/data
      - type: bind
        source: /srv
    labels:
      - •••
x-mine: •••
secrets:
  nope:
    environment: •••
    file: ./nope.txt`);
  });

  it('is cut where a line has no end', () => {
    expect(shownLines([`name: ${'x'.repeat(1000)}`])[0]).toHaveLength(401);
  });
});
