import { describe, expect, it } from 'vitest';
import { capabilities } from '../../main/docker/capabilities.ts';
import { Failure, say } from '../../main/errors.ts';
import type { Observed, ObservedContainer } from '../../main/stack/observed.ts';
import type { UpOptions } from '../../main/stack/plan-context.ts';
import { planDown, planStop } from '../../main/stack/plan-down.ts';
import { planRestart, planStart } from '../../main/stack/plan-start.ts';
import { planUp } from '../../main/stack/plan-up.ts';
import { observeFor, withVolumeSizes } from '../../main/stack/run-plan.ts';
import { container } from './helpers/containers.ts';
import { desiredOf, type DesiredOptions } from './helpers/desired.ts';
import { ABLE, known, makeEngine, planOn } from './helpers/rig.ts';

/** Services `a` and `b` with these keys, as YAML flow. */
const two = (a: string, b = ''): string =>
  `name: p\nservices:\n  a: { image: "app:1", ${a} }\n  b: { image: "app:1", ${b} }\n`;

async function problemsOf(yaml: string, options: Partial<UpOptions> = {}): Promise<string[]> {
  const desired = desiredOf(yaml, { files: { '/p/secret.txt': 'x', '/p/conf.txt': 'y' } });
  const observed = await observeFor(makeEngine(), desired);
  return said(() => planUp(desired, observed, { ...ABLE, ...options }));
}

function said(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (e) {
    if (e instanceof Failure) return e.errors.map((x) => `${x.code}: ${say(x).message}`);
    throw e;
  }
}

const secrets = (definition: string): string => `secrets: { s: ${definition} }\n`;
const REMOTE = { engine: { ...ABLE.engine, hostPaths: false } };
/** An engine of Docker 20.10. */
const OLD = { engine: { ...capabilities('1.41', { url: 'unix:///x' }) } };

describe('an up is refused before anything is touched', () => {
  it.each<[what: string, yaml: string, options: Partial<UpOptions>, problems: RegExp[]]>([
    ['one port twice', two('ports: ["80:80"]', 'ports: ["80:81"]'), {}, [/port-conflict.*a, b.*80\/tcp/]],
    ['an address within all', two('ports: ["127.0.0.1:80:80"]', 'ports: ["80:81"]'), {}, [/port-conflict/]],
    [
      'all IPv4 and one',
      two('ports: ["0.0.0.0:80:80"]', 'ports: ["127.0.0.1:80:80"]'),
      {},
      [/port-conflict/],
    ],
    ['two addresses', two('ports: ["127.0.0.1:80:80"]', 'ports: ["127.0.0.2:80:80"]'), {}, []],
    ['two families', two('ports: ["0.0.0.0:80:80", "[::]:80:80"]'), {}, []],
    ['all IPv6 and one', two('ports: ["[::]:80:80"]', 'ports: ["[::1]:80:80"]'), {}, [/port-conflict/]],
    ['two protocols', two('ports: ["53:53"]', 'ports: ["53:53/udp"]'), {}, []],
    [
      'a port of a service not asked for',
      two('ports: ["80:80"]', 'ports: ["80:80"]'),
      { services: ['a'] },
      [],
    ],
    [
      'more containers of a service than anybody wants',
      two('scale: 101', 'deploy: { replicas: 1000000000 }'),
      {},
      [/cannot-carry-out: services\.a\.scale .* 101 .*at most 100/, /services\.b\.deploy\.replicas/],
    ],
    ['many containers of a service', two('scale: 100'), {}, []],
    ['ports that the engine chooses', two('ports: ["80"]', 'ports: ["80"]'), {}, []],
    ['an unknown service', two(''), { services: ['c'] }, [/no-such-service.*"c"/]],
    [
      'externals that are not there',
      `${two('networks: [n], volumes: ["vol:/v"]', 'networks: [n]')}networks: { n: { external: true } }\nvolumes: { vol: { external: true, name: real } }\n`,
      {},
      [/external network n/, /external volume real/],
    ],
    ['a provider', two('provider: { type: x }'), {}, [/a\.provider/]],
    ['a socket handed in', two('use_api_socket: true'), {}, [/use_api_socket/]],
    ['a key of Windows', two('credential_spec: { file: x }'), {}, [/credential_spec/]],
    ['models', `${two('models: [m]')}models: { m: { model: x } }\n`, {}, [/a\.models/]],
    [
      'an external secret',
      `${two('secrets: [s]')}${secrets('{ external: true }')}`,
      {},
      [/secrets\.s.*Swarm/],
    ],
    [
      'a secret put into a read-only container',
      `${two('secrets: [s], read_only: true')}${secrets('{ environment: X }')}`,
      {},
      [/secrets\.s.*read-only/],
    ],
    ['a secret of a file', `${two('secrets: [s]')}${secrets('{ file: ./secret.txt }')}`, {}, []],
    [
      'a secret of a file on an engine elsewhere',
      `${two('secrets: [s]')}${secrets('{ file: ./secret.txt }')}`,
      REMOTE,
      [/bind-on-remote.*\/p\/secret\.txt/],
    ],
    [
      'a config of a file on an engine elsewhere',
      `${two('configs: [c]')}configs: { c: { file: ./conf.txt } }\n`,
      REMOTE,
      [],
    ],
    [
      'a bind on an engine elsewhere',
      two('volumes: ["./data:/data"]'),
      REMOTE,
      [/bind-on-remote.*\/p\/data/],
    ],
    ['a bind here', two('volumes: ["./data:/data"]'), {}, []],
    [
      'an owner by name',
      `${two('configs: [{ source: c, uid: postgres }]')}configs: { c: { content: x } }\n`,
      {},
      [/configs\.c.*numbers/],
    ],
    [
      'BuildKit keys',
      two('build: { context: ., ssh: [default], secrets: [s] }') + secrets('{ environment: X }'),
      {},
      [/build\.secrets/, /build\.ssh/],
    ],
    ['a seccomp profile of a file', two('security_opt: ["seccomp:./x.json"]'), {}, [/security_opt/]],
    ['no seccomp', two('security_opt: ["seccomp:unconfined"]'), {}, []],
    [
      'keys that an old engine passes over',
      two(
        'annotations: { x: y }, volumes: [{ type: volume, source: v, target: /v, volume: { subpath: s } }]',
        'networks: { n: { mac_address: "02:00:00:00:00:01" }, o: { mac_address: "02:00:00:00:00:02", gw_priority: 1, interface_name: eth7 } }',
      ) + 'volumes: { v: {} }\nnetworks: { n: {}, o: {} }\n',
      OLD,
      [
        /a\.annotations.*1\.43/,
        /a\.volumes\.\/v\.volume\.subpath.*1\.45/,
        /b\.networks\.o\.mac_address.*1\.44/,
        /b\.networks\.o\.gw_priority.*1\.48/,
        /b\.networks\.o\.interface_name.*1\.49/,
      ],
    ],
    [
      'a wait for health without a check',
      two('', 'depends_on: { a: { condition: service_healthy } }'),
      {},
      [/no-health-check.*b waits until a is healthy/],
    ],
    [
      'a wait for health whose check is switched off',
      two('healthcheck: { disable: true }', 'depends_on: { a: { condition: service_healthy } }'),
      { pull: 'always' },
      [/no-health-check/],
    ],
    [
      'a wait for health of an image that is pulled first',
      two('', 'depends_on: { a: { condition: service_healthy } }'),
      { pull: 'always' },
      [],
    ],
    [
      'a wait for health that can be done without',
      two('', 'depends_on: { a: { condition: service_healthy, required: false } }'),
      {},
      [],
    ],
    [
      'a wait for the health of a service of no containers',
      two('scale: 0', 'depends_on: { a: { condition: service_healthy } }'),
      {},
      [],
    ],
    [
      'everything at once',
      two('ports: ["80:80"], use_api_socket: true', 'ports: ["80:80"], provider: { type: x }'),
      {},
      [/use_api_socket/, /provider/, /port-conflict/],
    ],
  ])('%s', async (_what, yaml, options, problems) => {
    const found = await problemsOf(yaml, options);
    expect(found, found.join('\n')).toHaveLength(problems.length);
    problems.forEach((problem, i) => expect(found[i]).toMatch(problem));
  });
});

describe('the other operations are refused', () => {
  const desired = desiredOf(two('depends_on: [b]'));
  const a = container({ service: 'a' });
  const b = container({ service: 'b' });
  const left = container({ service: 'left' });
  type Planner = (observed: Observed) => unknown;

  it.each<[what: string, containers: readonly ObservedContainer[], plan: Planner, problems: RegExp[]]>([
    [
      'a down of what is not there',
      [a],
      (o) => planDown('p', desired.services, o, { services: ['x'] }),
      [/no-such-service.*"x"/],
    ],
    [
      'a stop of what is not there',
      [a],
      (o) => planStop('p', desired.services, o, ['a', 'x', 'y']),
      [/no-such-service.*"x"/, /no-such-service.*"y"/],
    ],
    [
      'not of a service that only a container has',
      [a, left],
      (o) => [
        planDown('p', desired.services, o, { services: ['left'] }),
        planStop('p', desired.services, o, ['left']),
      ],
      [],
    ],
    ['not of a service that is down', [], (o) => planStop('p', desired.services, o, ['a']), []],
    [
      'a start without a dependency',
      [a],
      (o) => planStart(desired, o, [], ABLE),
      [/no-container.*b, which a/],
    ],
    ['a restart without one', [a], (o) => planRestart(desired, o, ['a'], ABLE), [/no-container.*b, which a/]],
    [
      'a start of what has no container',
      [b],
      (o) => planStart(desired, o, ['a'], ABLE),
      [/no-container: a has/],
    ],
    ['not a start of what has', [a, b], (o) => planStart(desired, o, ['a'], ABLE), []],
    ['not a start of all that is there', [b], (o) => planStart(desired, o, [], ABLE), []],
  ])('%s', async (_what, containers, plan, problems) => {
    const observed = { ...(await observeFor(makeEngine(), desired)), containers };
    const found = said(() => plan(observed));
    expect(found, found.join('\n')).toHaveLength(problems.length);
    problems.forEach((problem, i) => expect(found[i]).toMatch(problem));
  });
});

describe('a plan warns', () => {
  const START_INTERVAL = 'healthcheck: { test: [CMD, x], start_interval: 1s }';
  it.each<[what: string, yaml: string, options: Partial<UpOptions>, warnings: RegExp[]]>([
    [
      'of keys for a Swarm',
      two('deploy: { mode: global, endpoint_mode: vip }'),
      {},
      [/deploy\.mode/, /deploy\.endpoint_mode/],
    ],
    ['not of replicas', two('deploy: { mode: replicated, replicas: 2 }'), {}, []],
    ['of start_interval on an old engine', two(START_INTERVAL), OLD, [/start_interval.*1\.44/]],
    ['not on a newer one', two(START_INTERVAL), {}, []],
    ['of a policy that looks at the clock', two('pull_policy: daily'), {}, [/pull_policy/]],
  ])('%s', async (_what, yaml, options, warnings) => {
    const plan = await planOn(makeEngine(), desiredOf(yaml), options);
    expect(plan.warnings).toHaveLength(warnings.length);
    warnings.forEach((w, i) => expect(say(plan.warnings[i]!).message).toMatch(w));
  });

  it('of a network that is not the project’s, and uses it', async () => {
    const engine = makeEngine();
    await engine.networks.create({ Name: 'p_default' });
    const plan = await planOn(engine, desiredOf(two('')));
    expect(plan.warnings.map((w) => w.code)).toEqual(['stack.network-foreign']);
    expect(plan.steps.some((s) => s.kind === 'createNetwork')).toBe(false);
  });
});

describe('a plan asks', () => {
  const yaml = `${two('volumes: ["data:/data", "mine:/mine"]')}volumes: { data: {}, mine: {} }\n`;
  const labels = (project: string): Record<string, string> => ({ 'com.docker.compose.project': project });

  /** Volumes that are there, by name, with their labels and sizes in bytes. */
  type There = readonly { name: string; labels?: Record<string, string>; size?: number }[];

  async function asked(there: There, options: DesiredOptions = {}): Promise<string[]> {
    const engine = makeEngine();
    for (const v of there) await engine.volumes.create({ Name: v.name, Labels: v.labels });
    engine.diskUsage = () =>
      Promise.resolve({
        layersSize: 0,
        volumes: there.map((v) => ({ ...engine.world.volumes.get(v.name)!, Size: v.size ?? -1 })),
      });
    const desired = desiredOf(yaml, options);
    const observed = await withVolumeSizes(engine, await observeFor(engine, desired));
    return planUp(desired, observed, ABLE).confirmations.map((c) => `${c.kind} ${c.subject}: ${c.text}`);
  }
  const here = { knownEngine: { id: 'fake-engine-1', name: 'fake' } };

  it.each<[what: string, there: There, options: DesiredOptions, questions: RegExp[]]>([
    ['nothing on an empty engine', [], {}, []],
    [
      'before it uses a volume of nobody',
      [{ name: 'p_data' }],
      here,
      [/^foreign-volume p_data: .*not made for any stack/],
    ],
    [
      'before it uses another stack’s',
      [{ name: 'p_data', labels: labels('q'), size: 3e6 }],
      here,
      [/made for q \(3\.0 MB, created/],
    ],
    ['nothing of its own where it ran', [{ name: 'p_data', labels: labels('p'), size: 5 }], here, []],
    [
      'before it uses data where it never ran',
      [{ name: 'p_data', labels: labels('p'), size: 5 }],
      {},
      [/^unknown-volume p_data/],
    ],
    [
      'where the size is not known',
      [{ name: 'p_data', labels: labels('p') }],
      {},
      [/^unknown-volume p_data/],
    ],
    [
      'nothing of an empty volume where it never ran',
      [{ name: 'p_data', labels: labels('p'), size: 0 }],
      {},
      [],
    ],
    [
      'before it goes to another engine',
      [],
      { knownEngine: { id: 'other', name: 'old box' } },
      [/^other-engine fake: .*old box \(other\).*fake \(fake-engine-1\)/],
    ],
    [
      'everything at once',
      [{ name: 'p_data' }, { name: 'p_mine', labels: labels('p'), size: 9 }],
      { knownEngine: { id: 'other', name: 'old box' } },
      [/^other-engine/, /^foreign-volume p_data/, /^unknown-volume p_mine/],
    ],
  ])('%s', async (_what, there, options, questions) => {
    const found = await asked(there, options);
    expect(found).toHaveLength(questions.length);
    questions.forEach((q, i) => expect(found[i]).toMatch(q));
  });

  it('nothing of an external volume', async () => {
    const engine = makeEngine();
    await engine.volumes.create({ Name: 'shared' });
    const external = `${two('volumes: ["shared:/data"]')}volumes: { shared: { external: true } }\n`;
    expect((await planOn(engine, known(desiredOf(external)))).confirmations).toEqual([]);
  });
});
