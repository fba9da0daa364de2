// `npm run bench [-- NAME…] [--format json] [--runs N]`: every claim about speed and memory, as ratios in one run.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureApp } from './app.ts';
import { compare, median, run, time, type Command, type Measure } from './measure.ts';
import { measurePlanner } from './planner.ts';

const root = path.resolve(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({
  options: { format: { type: 'string', default: 'text' }, runs: { type: 'string', default: '7' } },
  allowPositionals: true,
});
const runs = Number(values.runs);
const home = mkdtempSync(path.join(os.tmpdir(), 'letta-stack-bench-'));
const LIGHT = path.join(root, 'test/fixtures/light-stack/compose.yaml');
const PRODUCTION = path.join(root, 'compose/production/compose.yaml');
const OWN_START = path.join(root, 'test/bench/own-start.yaml');
const OURS = 'bench-ours';
const PEER = 'bench-peer';

/** Secrets and ports of the peer's stacks, which nobody reaches from outside. */
const PEER_ENV = {
  LIGHT_PORT: '18391',
  LIGHT_DB_BUNDLE: 'benchbench',
  LIGHT_WEB_BUNDLE: 'LIGHT_TOKEN=benchbench\n',
  LETTA_STACK_PORT: '18393',
  LETTA_STACK_DB_BUNDLE: 'benchbench',
  LETTA_STACK_GOOGLE_CREDENTIALS: '',
  LETTA_STACK_SERVER_BUNDLE: [
    'LETTA_PG_URI=postgresql://letta:benchbench@db:5432/letta',
    'LETTA_SERVER_PASSWORD=benchbenchbench',
    'LETTA_ENCRYPTION_KEY=benchbenchbenchbench',
    '',
  ].join('\n'),
};

const cli = (...args: string[]): Command => ({
  program: process.execPath,
  args: [path.join(root, 'out/main/cli.js'), ...args],
  env: { LETTA_STACK_HOME: home, LIGHT_PORT: '18390' },
});
const compose = (files: readonly string[], ...args: string[]): Command => ({
  program: 'docker',
  args: ['compose', '-p', PEER, ...files.flatMap((f) => ['-f', f]), ...args],
  env: PEER_ENV,
});
const peerLight = (...args: string[]): Command => compose([LIGHT], ...args);
const peerProduction = (...args: string[]): Command => compose([PRODUCTION, OWN_START], ...args);
const light = (...args: string[]): Command => cli('-f', LIGHT, '--project', OURS, ...args);
const wipeOurs = async (): Promise<void> => {
  const volume = `${OURS}_pgdata`;
  await run(light('down', '--volumes', volume, '--yes-delete', volume));
};

async function lightStack(): Promise<Measure[]> {
  const up = (): Promise<number> => time(light('up', '--yes'));
  const peerUp = (): Promise<number> => time(peerLight('up', '-d', '--wait'));
  const fresh = await compare(
    'up to healthy, fresh',
    0.75,
    runs,
    async () => {
      const took = await up();
      await wipeOurs();
      return took;
    },
    async () => {
      const took = await peerUp();
      await run(peerLight('down', '-v'));
      return took;
    },
  );
  const downs = { ours: [] as number[], peer: [] as number[] };
  await up();
  await peerUp();
  const noop = await compare('up that changes nothing', 0.5, runs, up, () =>
    time(peerLight('up', '-d', '--wait')),
  );
  const memory = await run(light('up'));
  const kept = await compare(
    'up to healthy, volumes kept',
    0.75,
    runs,
    async () => {
      downs.ours.push(await time(light('down')));
      return up();
    },
    async () => {
      downs.peer.push(await time(peerLight('down')));
      return peerUp();
    },
  );
  await run(light('down'));
  const fetching = await run(light('up'));
  await wipeOurs();
  await run(peerLight('down', '-v'));
  const ratio = median(downs.ours) / median(downs.peer);
  const peak = Math.max(memory, fetching);
  return [
    fresh,
    kept,
    noop,
    {
      measure: 'down',
      ours: Math.round(median(downs.ours)),
      peer: Math.round(median(downs.peer)),
      ratio: Number(ratio.toFixed(2)),
      goal: '≤ 0.9×',
      met: ratio <= 0.9,
    },
    {
      measure: 'memory of up (bytes)',
      ours: peak,
      goal: '≤ 120 MB',
      met: peak <= 120e6,
    },
  ];
}

async function production(): Promise<Measure[]> {
  const project = 'letta-production';
  await run(cli('settings', 'set', 'production', 'port', '18392'));
  await run(cli('up', 'production', '--yes'));
  await run(peerProduction('up', '-d', '--wait'));
  let memory = 0;
  const result = await compare(
    'production on kept volumes, up to deep-ready',
    0.6,
    runs,
    async () => {
      await run(cli('down', 'production'));
      const begun = performance.now();
      memory = Math.max(memory, await run(cli('up', 'production')));
      return performance.now() - begun;
    },
    async () => {
      await run(peerProduction('down'));
      return time(peerProduction('up', '-d', '--wait'));
    },
  );
  const volumes = ['pgdata', 'home', 'bytecode'].map((v) => `${project}_${v}`);
  await run(cli('down', 'production', ...volumes.flatMap((v) => ['--volumes', v, '--yes-delete', v])));
  await run(peerProduction('down', '-v'));
  return [
    result,
    { measure: 'memory of up production (bytes)', ours: memory, goal: '≤ 120 MB', met: memory <= 120e6 },
  ];
}

async function start(): Promise<Measure[]> {
  const node = process.execPath;
  return [
    await compare(
      'letta-stack version against node -e 0',
      1.5,
      Math.max(runs, 15),
      () => time(cli('version')),
      () => time({ program: node, args: ['-e', '0'] }),
    ),
  ];
}

const SUITES: Readonly<Record<string, () => Promise<Measure[]> | Measure[]>> = {
  start,
  planner: measurePlanner,
  light: lightStack,
  production,
  app: () => measureApp(runs),
};

const chosen = positionals.length > 0 ? positionals : Object.keys(SUITES);
const measures: Measure[] = [];
try {
  for (const name of chosen) {
    const suite = SUITES[name];
    if (!suite) throw new Error(`no measure ${name}; there are ${Object.keys(SUITES).join(', ')}`);
    process.stderr.write(`measuring ${name} …\n`);
    measures.push(...(await suite()));
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
if (values.format === 'json') process.stdout.write(`${JSON.stringify(measures, null, 1)}\n`);
else {
  for (const m of measures) {
    const peer = m.peer === undefined ? '' : ` against ${m.peer}: ${m.ratio}×`;
    process.stdout.write(`${m.met ? 'met ' : 'NOT '} ${m.measure}: ${m.ours}${peer}, goal ${m.goal}\n`);
  }
}
process.exitCode = measures.every((m) => m.met) ? 0 : 1;
