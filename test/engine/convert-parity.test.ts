/** What the docker compose CLI makes of a file, and what we make of it: `docker inspect` must not tell them apart. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ContainerInspect, Engine } from '../../main/docker/port.ts';
import { loadProject } from '../../main/model/load.ts';
import { assemble } from '../../main/stack/assemble.ts';
import type { Desired } from '../../main/stack/desired.ts';
import { LABEL } from '../../main/stack/labels.ts';
import { newOperation } from '../../main/stack/operation.ts';
import { planUp } from '../../main/stack/plan-up.ts';
import { observeFor, runPlan } from '../../main/stack/run-plan.ts';
import { nodeFiles } from '../../main/system/file-source.ts';
import { describeLab } from '../setup/lab.ts';
import { connectTo } from './real-engine.ts';

const execute = promisify(execFile);
const FOLDER = path.join(import.meta.dirname, '..', 'fixtures', 'parity');
const FILE = path.join(FOLDER, 'compose.yaml');
const PROJECT = `t-${randomBytes(3).toString('hex')}`;
const VARIABLES = { BRIDGE: PROJECT, COMPOSE_PROJECT_NAME: PROJECT, PASSED: 'through' };

const compose = (...args: string[]): Promise<unknown> =>
  execute('docker', ['compose', '-p', PROJECT, '-f', FILE, ...args], {
    env: { ...process.env, ...VARIABLES },
  });

function desired(): Desired {
  const loaded = loadProject({
    files: [FILE],
    workingDir: FOLDER,
    projectName: PROJECT,
    variables: VARIABLES,
    profiles: [],
    source: nodeFiles,
    path,
    home: '/root',
  });
  const source = {
    directory: FOLDER,
    files: [FILE],
    envFiles: [],
    composeProfiles: [],
    variables: VARIABLES,
    chosen: {},
    source: nodeFiles,
  };
  return assemble({ loaded, source, configs: new Map(), secretId: () => undefined });
}

/** Makes everything, starts nothing. */
async function create(engine: Engine): Promise<void> {
  const wanted = desired();
  await runPlan({
    operation: newOperation('up', PROJECT),
    engine,
    desired: wanted,
    configs: new Map(),
    plan: (observed, imagesDone) => {
      const plan = planUp(wanted, observed, { engine: engine.capabilities, imagesDone });
      const isStart = ({ kind }: { kind: string }): boolean => kind === 'start' || kind === 'wait';
      return { ...plan, steps: plan.steps.filter((s) => !isStart(s)) };
    },
    observed: () => observeFor(engine, wanted),
    publish: () => undefined,
    io: { signal: new AbortController().signal, confirm: () => Promise.resolve(true) },
  });
}

type Facts = Record<string, unknown>;

/** Everything that inspect says of the project's objects, without ids, times and what is ours, by their names. */
async function factsOf(engine: Engine): Promise<Record<string, Facts>> {
  const filters = { label: [`${LABEL.project}=${PROJECT}`] };
  const containers = await engine.containers.list(filters, { all: true });
  const inspected = await Promise.all(containers.map((c) => engine.containers.inspect(c.Id)));
  const names = new Map(inspected.map((c) => [c!.Id, c!.Name]));
  const networks = await engine.networks.list(filters);
  const volumes = await engine.volumes.list(filters);
  return Object.fromEntries([
    ...inspected.map((c) => [c!.Name, containerFacts(c!, names)] as const),
    ...networks.map(({ Id: _id, Created: _created, IPAM, ...n }) => {
      // the engine chooses the subnet where the file does not
      const facts = n.Name.endsWith('_back') ? { ...n, IPAM } : n;
      return [`network ${n.Name}`, stable(facts, names)] as const;
    }),
    ...volumes.map(({ CreatedAt: _at, Labels, ...v }) => {
      // a volume of ours has no config-hash: a wrong one makes the CLI delete it
      const { [LABEL.hash]: _hash, ...labels } = Labels ?? {};
      return [`volume ${v.Name}`, stable({ ...v, Labels: labels }, names)] as const;
    }),
  ]);
}

function containerFacts(c: ContainerInspect, names: ReadonlyMap<string, string>): Facts {
  const { Config, HostConfig, NetworkSettings, Mounts, Image } = c;
  const labels = Object.entries(Config.Labels ?? {}).filter(([k]) => !k.startsWith('letta-stack.'));
  return stable(
    { Config: { ...Config, Labels: Object.fromEntries(labels) }, HostConfig, NetworkSettings, Mounts, Image },
    names,
  );
}

/** The same value without the accidents of one creation: ids, and the order of what the CLI makes out of Go maps. */
function stable(value: unknown, names: ReadonlyMap<string, string>): Facts {
  const text = [...names].reduce((t, [id, name]) => t.replaceAll(id, name), JSON.stringify(value));
  // ids of volumes and networks that the engine draws; a host name is the container's short id
  const nameless = text.replaceAll(/"[0-9a-f]{64}"/g, '"<id>"').replaceAll(/\/[0-9a-f]{64}\//g, '/<id>/');
  return JSON.parse(nameless, (key, v: unknown) => {
    if (key === LABEL.dependsOn) return String(v).split(',').toSorted().join();
    if (key === 'Hostname' && typeof v === 'string' && /^[0-9a-f]{12}$/.test(v)) return '<id>';
    // set by the engine at the start; until then it says what the CLI put there beside the address that is asked for
    if (key === 'IPAddress') return '';
    if (!Array.isArray(v) || !UNORDERED.has(key)) return v;
    return v.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) as unknown;
  }) as Facts;
}

const UNORDERED = new Set(['Env', 'Mounts', 'Binds', 'Ulimits', 'ExtraHosts']);

describeLab('a container as the docker compose CLI makes it', () => {
  let engine: Engine;
  let cli: Record<string, Facts>;
  let ours: Record<string, Facts>;
  beforeAll(async () => {
    engine = await connectTo();
    await compose('create');
    cli = await factsOf(engine);
    await compose('down', '--volumes');
    await create(engine);
    ours = await factsOf(engine);
  });
  afterAll(async () => {
    await compose('down', '--volumes');
    engine.close();
  });

  it('has the same objects', () => {
    expect(Object.keys(cli).length).toBeGreaterThan(20);
    expect(Object.keys(ours).toSorted()).toEqual(Object.keys(cli).toSorted());
  });

  it('says the same of each', () => {
    for (const name of Object.keys(cli)) expect.soft({ [name]: ours[name] }).toEqual({ [name]: cli[name] });
  });

  it('is kept by the CLI, and the CLI’s by us', async () => {
    const idsOf = async (): Promise<string[]> =>
      (await engine.containers.list({ label: [`${LABEL.project}=${PROJECT}`] }, { all: true }))
        .map((c) => c.Id)
        .toSorted();
    const before = await idsOf();
    await compose('create');
    expect(await idsOf()).toEqual(before);
    await compose('create', '--force-recreate');
    const remade = await idsOf();
    expect(remade).not.toEqual(before);
    await create(engine);
    expect(await idsOf()).toEqual(remade);
  });
});
