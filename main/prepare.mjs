// What `npm start`, `npm test` and `npm run stack` share: they must work in a fresh clone, where there is the system's
// Node (20 or newer) and nothing else. So this is plain JavaScript without dependencies.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const MODULES = path.join(ROOT, 'node_modules');

/** The Node that the project is written for; it comes with the dependencies. */
export const NODE = path.join(MODULES, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const CLI = path.join(ROOT, 'out', 'main', 'cli.js');
const BUILT_FROM = path.join(ROOT, 'out', 'built-from');

/** What the build is made from. */
const SOURCES = [
  'main',
  'renderer',
  'compose',
  'package.json',
  'package-lock.json',
  'vite.config.ts',
  'vite.window.config.ts',
];

export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** The folder in which the user called us; npm runs a script in the package's, and says in INIT_CWD where it was. */
export function callersFolder(env = process.env, cwd = process.cwd()) {
  return cwd === ROOT ? (env.INIT_CWD ?? cwd) : cwd;
}

/**
 * Runs a program with our terminal and waits for it. A Ctrl-C reaches it directly, so we only wait for how it ends.
 * @returns {Promise<number>} its exit code; 128 + the signal's usual number if a signal ended it
 */
export function run(program, args, options = {}) {
  const ignore = () => {};
  process.on('SIGINT', ignore);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', ...options });
    const terminate = () => child.kill('SIGTERM');
    process.on('SIGTERM', terminate);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', terminate);
      resolve(code ?? { SIGINT: 130, SIGKILL: 137, SIGTERM: 143 }[signal] ?? 1);
    });
  });
}

/** Runs a program and gives {code, stdout}; its errors go to our terminal. */
export async function capture(program, args, options = {}) {
  let stdout = '';
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], ...options });
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });
  return { code, stdout };
}

/** Runs a tool of node_modules (`vite/bin/vite.js`) under the project's Node. */
export function runTool(script, args, options = {}) {
  return run(NODE, [path.join(MODULES, script), ...args], options);
}

/** The command line of `letta-stack`: [program, arguments]. */
export function cli(...args) {
  return [NODE, [CLI, ...args]];
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const [wantMajor, wantMinor] = engines.node.match(/\d+/g).map(Number);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  throw new Error(
    `This is Node ${process.versions.node}; Letta Stack needs ${engines.node}. Install a newer one, then run this again.`,
  );
}

/**
 * Whether node_modules holds exactly what package-lock.json says. npm keeps a lock file of what it installed; packages
 * for other platforms are missing there.
 */
function isInstalled() {
  const installedLock = path.join(MODULES, '.package-lock.json');
  if (!existsSync(installedLock) || !existsSync(NODE)) return false;
  const { packages: wanted } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
  const { packages: installed } = JSON.parse(readFileSync(installedLock, 'utf8'));
  const same = ([name, { version, integrity, optional }]) =>
    name in installed
      ? installed[name].version === version && installed[name].integrity === integrity
      : Boolean(optional);
  return (
    Object.entries(wanted)
      .filter(([name]) => name !== '')
      .every(same) && Object.keys(installed).every((name) => name in wanted)
  );
}

async function install() {
  say('Installing the locked dependencies (npm ci) …');
  // `npm start` puts node_modules/.bin first on the PATH, and npm ci removes that folder with the Node in it.
  const entries = (process.env.PATH ?? '').split(path.delimiter);
  const env = {
    ...process.env,
    PATH: entries.filter((entry) => !entry.startsWith(MODULES)).join(path.delimiter),
  };
  const { npm_node_execpath: node, npm_execpath: npm } = process.env;
  // with the system's Node npm warns of tools that want a newer one: they run under the project's own
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const code =
    node && npm && !node.startsWith(MODULES)
      ? await run(node, [npm, ...args], { env })
      : await run('npm', args, { env, shell: process.platform === 'win32' });
  if (code !== 0) throw new Error(`npm ci failed with exit code ${code}; its output above says why.`);
}

function* filesOf(entry) {
  const file = path.join(ROOT, entry);
  if (!statSync(file).isDirectory()) {
    yield entry;
    return;
  }
  for (const name of readdirSync(file).toSorted()) yield* filesOf(path.join(entry, name));
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((entry) => [...filesOf(entry)])) {
    hash.update(`${file}\0`).update(readFileSync(path.join(ROOT, file)));
  }
  return hash.digest('hex');
}

async function build() {
  const hash = hashOfSources();
  if (existsSync(CLI) && existsSync(BUILT_FROM) && readFileSync(BUILT_FROM, 'utf8') === hash) return;
  say('Building …');
  for (const what of [[], ['--app', '-c', 'vite.window.config.ts']]) {
    const code = await runTool('vite/bin/vite.js', ['build', '--logLevel', 'warn', ...what]);
    if (code !== 0) throw new Error(`The build failed with exit code ${code}; its output above says why.`);
  }
  mkdirSync(path.dirname(BUILT_FROM), { recursive: true });
  writeFileSync(BUILT_FROM, hash);
}

/** Brings a clone to where `letta-stack` can run; does nothing when nothing changed. Throws with what the user does. */
export async function prepare() {
  checkNode();
  if (!isInstalled()) await install();
  await build();
}
