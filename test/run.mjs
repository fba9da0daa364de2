// `npm test [-- unit|component|engine|e2e [VITEST ARGUMENTS]]`: from a fresh clone, everything that the tests need and all of them.
// Without arguments also the types, the linter and the format. The last line is "N passed, N failed, N skipped".
//
// The engine tests get a lab of their own ("test", or LAB_NAME), so they never meet the stacks of `npm start`; it is
// ended again unless it was up before. TEST_DOCKER_HOST names another engine, to be used with the real images.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { labCanRun, labDown, labIsUp, labUp } from '../main/lab.mjs';
import { capture, prepare, ROOT, runTool, say } from '../main/prepare.mjs';

const LAB = process.env.LAB_NAME ?? 'test';

const CHECKS = {
  types: ['typescript/bin/tsc', []],
  'types of the window': ['typescript/bin/tsc', ['-p', 'renderer']],
  lint: ['oxlint/bin/oxlint', ['--type-aware']],
  format: ['prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']],
};

/** node_modules/.bin first: tests and their children run the project's Node. */
const BASE = {
  ...process.env,
  PATH: `${path.join(ROOT, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}`,
};

/** @returns {Promise<string[]>} the names of the checks that failed */
async function runChecks() {
  const failed = [];
  for (const [name, [script, args]] of Object.entries(CHECKS)) {
    const code = await runTool(script, args, { env: BASE });
    say(`${name}: ${code === 0 ? 'ok' : 'FAILED'}`);
    if (code !== 0) failed.push(name);
  }
  return failed;
}

/** A program that tests run on, found or installed by a script of theirs; without it they skip themselves. */
async function programFor(what, variable, ...script) {
  if (process.platform !== 'linux') {
    say(`The tests of ${what} are skipped: they need a Debian.`);
    return {};
  }
  const { code, stdout } = await capture('bash', [path.join(ROOT, 'test', ...script)], { env: BASE });
  if (code !== 0) {
    say(`The tests of ${what} are skipped; the lines above say why.`);
    return {};
  }
  say(`The tests of ${what} run on ${stdout.trim()}`);
  return { [variable]: stdout.trim() };
}

/** The environment of the engine tests; without an engine they skip themselves and say why. */
async function engineEnvironment() {
  if (process.env.TEST_DOCKER_HOST) {
    say(`Engine tests run on TEST_DOCKER_HOST=${process.env.TEST_DOCKER_HOST} with the real images.`);
    return { ...BASE, DOCKER_HOST: process.env.TEST_DOCKER_HOST };
  }
  if (!(await labCanRun())) {
    say(
      'Engine tests are skipped. TEST_DOCKER_HOST=unix:///… npm test runs them on an engine that you name.',
    );
    return BASE;
  }
  const lab = await labUp(LAB);
  return { ...BASE, ...lab, PATH: `${path.join(ROOT, 'node_modules', '.bin')}${path.delimiter}${lab.PATH}` };
}

/** Sums up vitest's report: {passed, failed, skipped}. A file that failed before its first test counts as one. */
function count(report) {
  const broken = report.testResults.filter(
    (f) => f.status === 'failed' && f.assertionResults.length === 0,
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

async function runTests(projects, args, env) {
  const folder = mkdtempSync(path.join(tmpdir(), 'letta-stack-test-'));
  const file = path.join(folder, 'report.json');
  try {
    const code = await runTool(
      'vitest/vitest.mjs',
      [
        'run',
        ...projects.map((name) => `--project=${name}`),
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${file}`,
        ...args,
      ],
      { env },
    );
    return { code, ...count(JSON.parse(readFileSync(file, 'utf8'))) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main([first, ...rest]) {
  const all = ['unit', 'component', 'engine', 'e2e'];
  const projects = first === undefined ? all : [first];
  if (!projects.every((name) => all.includes(name))) {
    throw new Error('usage: npm test [-- unit|component|engine|e2e [vitest arguments]]');
  }
  await prepare();
  const failedChecks = first === undefined ? await runChecks() : [];

  const wantsApp = projects.includes('e2e');
  const wantsEngine = projects.includes('engine') || wantsApp;
  const wasUp = wantsEngine && (await labIsUp(LAB));
  let result;
  try {
    const programs = {
      ...(projects.includes('component') &&
        (await programFor('the page', 'CHROMIUM_PATH', 'component', 'chromium.sh'))),
      ...(wantsApp && (await programFor('the app', 'LETTA_STACK_TEST_ELECTRON', 'e2e', 'electron.sh'))),
    };
    const env = wantsEngine ? await engineEnvironment() : BASE;
    result = await runTests(projects, rest, { ...env, ...programs });
  } finally {
    if (wantsEngine && !wasUp && (await labIsUp(LAB))) await labDown(LAB);
  }
  const { code, passed, failed, skipped } = result;
  if (failedChecks.length > 0) say(`Failed before the tests: ${failedChecks.join(', ')}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return code === 0 && failed === 0 && passed > 0 && failedChecks.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
