// What `npm start`, `npm test` and `npm run stack` decide before anything of ours runs; they are plain JavaScript.
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const script = <T>(name: string): Promise<T> => import(path.join(ROOT, 'main', name)) as Promise<T>;

type Env = Readonly<Record<string, string | undefined>>;
interface Engine {
  readonly status: string;
  readonly code?: string;
  readonly detail: string;
  readonly fix?: string;
}

const WELL: Engine = { status: 'ok', detail: 'Docker' };
const NONE: Engine = {
  status: 'fail',
  code: 'engine.not-installed',
  detail: 'nothing found',
  fix: 'get one',
};
const DENIED: Engine = { status: 'fail', code: 'engine.permission-denied', detail: 'may not', fix: 'join' };
const NO_LAB = 'There is no container engine on this machine.';
const LAB = { DOCKER_HOST: 'unix:///lab' };

test.each<
  [what: string, env: Env, labIsUsed: boolean, engine: Engine, uses: Env | undefined, said: string[]]
>([
  ['an engine that is there', {}, false, WELL, {}, []],
  ['the lab that it used before', {}, true, NONE, LAB, []],
  [
    'the engine that is named, whatever it used before',
    { DOCKER_HOST: 'ssh://s' },
    true,
    WELL,
    { DOCKER_HOST: 'ssh://s' },
    [],
  ],
  ['the context that is named', { DOCKER_CONTEXT: 'c' }, true, WELL, { DOCKER_CONTEXT: 'c' }, []],
  [
    'no lab for a named engine that is away',
    { DOCKER_HOST: 'ssh://s' },
    true,
    DENIED,
    undefined,
    ['may not', 'join'],
  ],
  [
    'no lab for a named engine that cannot be found',
    { DOCKER_CONTEXT: 'c' },
    false,
    NONE,
    undefined,
    ['nothing found', 'get one'],
  ],
  [
    'no lab beside an engine that is there and does not answer',
    {},
    false,
    DENIED,
    undefined,
    ['may not', 'join'],
  ],
  [
    'the lab where no engine is installed',
    {},
    false,
    NONE,
    LAB,
    [NO_LAB, expect.stringContaining('the lab')],
  ],
])('npm start uses %s', async (_what, env, labIsUsed, engine, uses, said) => {
  const { findEngine } = await script<{
    findEngine: (edges: object) => Promise<{ env?: Env; inLab?: true; installed: boolean }>;
  }>('find-engine.mjs');
  const heard: string[] = [];
  const found = await findEngine({
    env,
    labIsUsed: () => labIsUsed,
    diagnose: () => Promise.resolve(engine),
    labCanRun: () => Promise.resolve(true),
    lab: () => Promise.resolve(LAB),
    say: (text: string) => heard.push(text),
  });
  expect(found.env).toEqual(uses);
  expect(found.inLab).toBe(uses === LAB ? true : undefined);
  expect(found.installed).toBe(engine !== NONE || labIsUsed || env['DOCKER_CONTEXT'] !== undefined);
  expect(heard).toEqual(said);
});

test.each<[env: Env, cwd: string, expected: string]>([
  [{ INIT_CWD: '/home/me/project' }, ROOT, '/home/me/project'],
  [{}, ROOT, ROOT],
  // called by its own name from a script of another package
  [{ INIT_CWD: '/home/me/other' }, '/home/me/project', '/home/me/project'],
])('npm run stack works in the folder of its caller: %o from %s', async (env, cwd, expected) => {
  const { callersFolder } = await script<{ callersFolder: (env: Env, cwd: string) => string }>('prepare.mjs');
  expect(callersFolder(env, cwd)).toBe(expected);
});

test('a machine without bash has no lab, and that is no error', async () => {
  const { labCanRun, labIsUp } = await script<{
    labCanRun: () => Promise<boolean>;
    labIsUp: (name: string) => Promise<boolean>;
  }>('lab.mjs');
  const before = process.env['PATH'];
  onTestFinished(() => void (process.env['PATH'] = before));
  process.env['PATH'] = '/nowhere';
  expect([await labCanRun(), await labIsUp('test')]).toEqual([false, false]);
});

test.each<[platform: string, env: Env, has: boolean]>([
  ['linux', {}, false],
  ['linux', { DISPLAY: '' }, false],
  ['linux', { DISPLAY: ':0' }, true],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
  ['darwin', {}, true],
  ['win32', {}, true],
])('npm start on %s with %j opens the app: %s', async (platform, env, has) => {
  const { hasDisplay } = await script<{ hasDisplay: (around: object) => boolean }>('electron.mjs');
  expect(hasDisplay({ platform, env })).toBe(has);
});
