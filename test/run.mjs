// `npm test [-- unit|component|engine|e2e [VITEST ARGUMENTS]]`: from a fresh clone, everything that the tests need and all of them.
// Without arguments also the types, the linter and the format. The last line is "N passed, N failed, N skipped".
//
// The engine tests get a lab of their own ("test", or LAB_NAME), so they never meet the stacks of `npm start`; it is
// ended again unless it was up before. TEST_DOCKER_HOST names another engine, to be used with the real images. What
// waits for most of its time has company: the window is tested while the labs are made and the source is checked, and on
// a second lab run the app's tests and then a part of the engine's, beside the rest. The unit tests are alone, since some
// of them measure.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { labCanRun, labDown, labIsUp, labUp } from '../main/lab.mjs';
import { capture, prepare, ROOT, runTool, say } from '../main/prepare.mjs';

const LAB = process.env.LAB_NAME ?? 'test';
/** Small enough that two labs end at about the same time. */
const ENGINE_PARTS = 8;
const PROJECTS = ['unit', 'engine', 'component', 'e2e'];

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

/** The environment of tests on an engine: with the variables of a lab where there is one. */
const onLab = (lab) => ({
  ...BASE,
  ...(process.env.TEST_DOCKER_HOST && { DOCKER_HOST: process.env.TEST_DOCKER_HOST }),
  ...lab,
  ...(lab && { PATH: `${path.join(ROOT, 'node_modules', '.bin')}${path.delimiter}${lab.PATH}` }),
});

/** Names of the labs to test on; none: tests that need one skip themselves and say why. */
async function labsFor(projects) {
  if (!projects.includes('engine') && !projects.includes('e2e')) return [];
  if (process.env.TEST_DOCKER_HOST) {
    say(`Engine tests run on TEST_DOCKER_HOST=${process.env.TEST_DOCKER_HOST} with the real images.`);
    return [];
  }
  if (!(await labCanRun())) {
    say(
      'Engine tests are skipped. TEST_DOCKER_HOST=unix:///… npm test runs them on an engine that you name.',
    );
    return [];
  }
  return projects.length > 1 ? [LAB, `${LAB}-app`] : [LAB];
}

/** A file that failed before its first test. */
const isBroken = ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0;

/** Sums up vitest's report: {passed, failed, skipped}. A broken file counts as one. */
function count(report) {
  const broken = report.testResults.filter(isBroken).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** What failed, with the first words of its last try: whoever reads only the end of a long output is told. */
function failures({ testResults }) {
  return testResults.flatMap((tested) => {
    const file = path.relative(ROOT, tested.name);
    if (isBroken(tested)) return [`${file}: ${firstLine(tested.message)}`];
    return tested.assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => `${file} > ${test.fullName}: ${firstLine(test.failureMessages.at(-1))}`);
  });
}

const firstLine = (text = '') => stripVTControlCharacters(text).split('\n', 1)[0].slice(0, 300);

/** Where the time went: the whole of a part, and its longest files. */
function duration(name, begun, { testResults }) {
  const files = testResults
    .map(({ name: file, startTime, endTime }) => [path.basename(file, '.test.ts'), endTime - startTime])
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 8)
    .map(([file, ms]) => `${file} ${Math.round(ms / 1000)}`);
  return `${name}: ${Math.round((Date.now() - begun) / 1000)} s, of it ${files.join(', ')}`;
}

/**
 * Runs vitest, with its output on our terminal or, where another runs at the same time, at once when it has ended.
 * @returns {Promise<{ code, passed, failed, skipped, failures, time }>}
 */
async function runTests(projects, args, env, isBeside = false) {
  const begun = Date.now();
  const folder = mkdtempSync(path.join(tmpdir(), 'letta-stack-test-'));
  const report = path.join(folder, 'report.json');
  const output = path.join(folder, 'output');
  const fd = isBeside ? openSync(output, 'w') : undefined;
  try {
    const code = await runTool(
      'vitest/vitest.mjs',
      [
        'run',
        ...projects.map((name) => `--project=${name}`),
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...args,
      ],
      { env, ...(isBeside && { stdio: ['ignore', fd, fd] }) },
    );
    if (isBeside) process.stdout.write(readFileSync(output));
    const told = JSON.parse(readFileSync(report, 'utf8'));
    const time = duration([...projects, ...args].join(' '), begun, told);
    return { code, ...count(told), failures: failures(told), time };
  } finally {
    if (isBeside) closeSync(fd);
    rmSync(folder, { recursive: true });
  }
}

/** Everything, in the order that the head of this file tells. */
async function runAll(labs, programs) {
  const page = await runTests(['component'], [], { ...BASE, ...programs });
  const [engine, app] = await labs;
  // the CLI of the lab is the oracle of some
  const unit = await runTests(['unit'], [], onLab(engine));
  const env = { ...onLab(app), ...programs };
  if (!engine) return [page, unit, await runTests(['engine', 'e2e'], [], env)];
  // whichever lab is free takes the next part of the engine's tests
  const parts = Array.from({ length: ENGINE_PARTS }, (_, i) => i + 1);
  const takeParts = async (lab, isBeside) => {
    const results = [];
    for (let n = parts.shift(); n !== undefined; n = parts.shift())
      results.push(await runTests(['engine'], [`--shard=${n}/${ENGINE_PARTS}`], onLab(lab), isBeside));
    return results;
  };
  const first = takeParts(engine, false);
  const second = async () => [await runTests(['e2e'], [], env, true), ...(await takeParts(app, true))];
  return [page, unit, ...(await Promise.all([first, second()])).flat()];
}

/** Brings labs up, one after another; the names of those that were not up before are added to `started`. */
async function bringUp(names, started) {
  const labs = [];
  for (const name of names) {
    if (!(await labIsUp(name))) started.push(name);
    labs.push(await labUp(name));
  }
  return labs;
}

async function main([first, ...rest]) {
  if (first !== undefined && !PROJECTS.includes(first)) {
    throw new Error('usage: npm test [-- unit|component|engine|e2e [vitest arguments]]');
  }
  const projects = first === undefined ? PROJECTS : [first];
  await prepare();
  const programs = {
    ...(projects.includes('component') &&
      (await programFor('the page', 'CHROMIUM_PATH', 'component', 'chromium.sh'))),
    ...(projects.includes('e2e') &&
      (await programFor('the app', 'LETTA_STACK_TEST_ELECTRON', 'e2e', 'electron.sh'))),
  };
  const started = [];
  // they install packages, as what the programs above came with: so not before
  const labs = bringUp(await labsFor(projects), started);
  labs.catch(() => undefined); // is told where it is waited for
  let failedChecks = [];
  let results;
  try {
    if (first === undefined) {
      [failedChecks, results] = await Promise.all([runChecks(), runAll(labs, programs)]);
    } else {
      const [lab] = await labs;
      results = [await runTests(projects, rest, { ...onLab(lab), ...programs })];
    }
  } finally {
    await labs.catch(() => undefined); // one that is half up is ended too
    for (const name of started) if (await labIsUp(name)) await labDown(name);
  }
  for (const { time } of results) say(time);
  for (const failure of results.flatMap((result) => result.failures)) say(`Failed: ${failure}`);
  const sum = (what) => results.reduce((all, result) => all + result[what], 0);
  if (failedChecks.length > 0) say(`Failed before the tests: ${failedChecks.join(', ')}`);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
  return sum('code') === 0 && sum('failed') === 0 && sum('passed') > 0 && failedChecks.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
