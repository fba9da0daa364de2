import { describe, expect, it } from 'vitest';
import type { Desired } from '../../main/stack/desired.ts';
import type { UpOptions } from '../../main/stack/plan-context.ts';
import { planDown, planStop } from '../../main/stack/plan-down.ts';
import { formatPlan } from '../../main/stack/plan-format.ts';
import { planRestart, planStart } from '../../main/stack/plan-start.ts';
import type { Plan, Step } from '../../main/stack/plan-types.ts';
import { planUp } from '../../main/stack/plan-up.ts';
import { observeFor } from '../../main/stack/run-plan.ts';
import type { FakeEngine } from '../fakes/fake-engine.ts';
import { desiredOf } from './helpers/desired.ts';
import { ABLE, known, makeEngine, planOn, up } from './helpers/rig.ts';

/** A stack like production: a database, a job, a server that needs both, a proxy. */
const STACK = `
name: p
services:
  db:
    image: data:1
    volumes: [data:/data]
    networks: [inner]
    healthcheck: { test: [CMD, "true"], interval: 5s, timeout: 5s, retries: 3, start_period: 10s }
  migrate:
    image: app:1
    networks: [inner]
    depends_on: { db: { condition: service_healthy } }
  server:
    image: app:1
    networks: [inner, outer]
    depends_on:
      db: { condition: service_healthy, restart: true }
      migrate: { condition: service_completed_successfully }
    healthcheck: { test: [CMD, "true"] }
  proxy:
    image: app:2
    networks: [outer]
    ports: ["80"]
    configs: [{ source: nginx, target: /etc/nginx.conf }]
    depends_on: { server: { condition: service_started } }
networks: { inner: {}, outer: {} }
volumes: { data: {} }
configs: { nginx: { content: one } }
`;

/** The stack with some of its text replaced. */
function stack(...changes: readonly (readonly [from: string, to: string])[]): string {
  let yaml = STACK;
  for (const [from, to] of changes) {
    expect(yaml).toContain(from);
    yaml = yaml.replaceAll(from, to);
  }
  return yaml;
}

const SERVER = 'networks: [inner, outer]';
const withSide = [
  '  proxy:\n',
  '  side:\n    image: app:1\n    network_mode: service:server\n  proxy:\n',
] as const;
const withLink = ['    ports: ["80"]\n', '    links: [server:backend]\n'] as const;

/** An engine on which a stack is up. */
async function running(yaml: string): Promise<FakeEngine> {
  const engine = makeEngine({ behaviours: { 'p-migrate-1': { exitsAfterMs: 1 } } });
  await up(engine, known(desiredOf(yaml)));
  return engine;
}

const waitWords = (s: Extract<Step, { kind: 'wait' }>): string =>
  [
    s.budgetMs === undefined ? 'no limit' : `${s.budgetMs} ms`,
    s.optional && 'optional',
    s.patient && 'patient',
  ]
    .filter(Boolean)
    .join(', ');

/** The plan as the user sees it, and the order of its steps. */
function shown(plan: Plan): string {
  const order = plan.steps.map(
    (s) =>
      `  ${s.id}${s.kind === 'wait' ? ` (${waitWords(s)})` : ''}${s.after.length > 0 ? ` < ${s.after.join(', ')}` : ''}`,
  );
  const text = [formatPlan(plan), ...order, ''].join('\n');
  // ids and times of the fake's objects are others each time
  return text
    .replaceAll(/\b[0-9a-f]{12}_/g, 'xxxxxxxxxxxx_')
    .replaceAll(/created \d{4}-\S+?Z/g, 'created <time>');
}

const golden = (name: string, plan: Plan): Promise<void> =>
  expect(shown(plan)).toMatchFileSnapshot(`../fixtures/plans/${name}.txt`);

interface Case {
  readonly name: string;
  /** the file that is up */
  readonly was?: string;
  /** the file that is wanted; the same when it is not given */
  readonly file?: string;
  readonly up?: Partial<UpOptions>;
  /** what somebody did in between */
  readonly meddle?: (engine: FakeEngine) => unknown;
}

const cases: readonly Case[] = [
  { name: 'no-change' },
  { name: 'configuration-changed', file: stack([SERVER, `${SERVER}\n    user: me`]) },
  { name: 'dependency-changed', file: stack(['[data:/data]', '[data:/data]\n    user: me']) },
  { name: 'config-content-changed', file: stack(['content: one', 'content: two']) },
  {
    name: 'image-changed',
    meddle: (engine) => engine.images.tag('app:1', 'app:2'),
  },
  { name: 'scaled-up', file: stack(['image: app:2', 'image: app:2\n    scale: 3']) },
  { name: 'scaled-down', was: stack(['image: app:2', 'image: app:2\n    scale: 3']), file: STACK },
  { name: 'scaled-to-none', file: stack(['image: app:2', 'image: app:2\n    scale: 0']) },
  { name: 'network-diverged', file: stack(['inner: {}', 'inner: { internal: true }']) },
  {
    name: 'network-diverged-used-by-others',
    file: stack(['inner: {}', 'inner: { internal: true }']),
    up: { services: ['db'] },
  },
  { name: 'network-added', file: stack(['networks: [outer]', 'networks: [outer, inner]']) },
  {
    name: 'network-removed-outside',
    meddle: async (engine) => {
      for (const name of ['p-db-1', 'p-server-1']) engine.stopOutside(name);
      await engine.networks.remove('p_inner');
    },
  },
  { name: 'network-disconnected', meddle: (engine) => engine.networks.disconnect('p_outer', 'p-server-1') },
  {
    name: 'volume-added',
    file: stack(['[data:/data]', '[data:/data, more:/more]'], ['data: {}', 'data: {}, more: {}']),
  },
  { name: 'volume-differs', file: stack(['data: {}', 'data: { driver_opts: { type: tmpfs } }']) },
  {
    name: 'namespace-parent-changed',
    was: stack(withSide),
    file: stack(withSide, [SERVER, `${SERVER}\n    user: me`]),
  },
  {
    name: 'linked',
    was: stack(['    ports: ["80"]\n', '']),
    file: stack(withLink, [SERVER, `${SERVER}\n    user: me`]),
  },
  { name: 'forced', up: { forceRecreate: true } },
  { name: 'forced-one-of-several', up: { forceRecreate: true, services: ['server'] } },
  {
    name: 'one-service',
    up: { services: ['db'] },
    file: stack(['[data:/data]', '[data:/data]\n    user: me']),
  },
  { name: 'orphans-kept', file: stack(['  proxy:\n', '  gate:\n']) },
  { name: 'orphans-removed', file: stack(['  proxy:\n', '  gate:\n']), up: { removeOrphans: true } },
  { name: 'profile-not-active', file: stack(['image: app:2', 'image: app:2\n    profiles: [extra]']) },
  { name: 'container-stopped', meddle: (engine) => engine.stopOutside('p-db-1') },
  { name: 'container-removed', meddle: (engine) => engine.containers.remove('p-db-1', { force: true }) },
  { name: 'server-unhealthy', meddle: (engine) => engine.health('p-server-1', 'unhealthy') },
  { name: 'built', file: stack(['image: app:2', 'image: own:1\n    build: .']) },
  {
    name: 'built-by-another',
    file: stack(
      ['image: app:2', 'image: own:1\n    build: .'],
      ['image: app:1\n    networks: [inner]\n', 'image: own:1\n    networks: [inner]\n'],
    ),
  },
  { name: 'image-missing', file: stack(['image: app:2', 'image: other:1']) },
  {
    name: 'image-missing-and-never-pulled',
    file: stack(['image: app:2', 'image: other:1\n    pull_policy: never']),
  },
  { name: 'pulled-always', up: { pull: 'always' } },
  {
    name: 'optional-dependency',
    file: stack(
      ['service_healthy, restart: true', 'service_healthy, required: false'],
      ['    depends_on: { db: { condition: service_healthy } }\n', ''],
    ),
    up: { forceRecreate: true },
  },
  { name: 'wait-timeout', up: { forceRecreate: true, services: ['db'], waitTimeoutMs: 5000 } },
  { name: 'image-health-check', file: stack(['image: app:2', 'image: checked:1']) },
  {
    name: 'job-with-image-health-check',
    file: stack(['image: app:1\n    networks: [inner]\n', 'image: checked:1\n    networks: [inner]\n']),
  },
];

describe('the plan of an up', () => {
  it('makes everything where there is nothing', async () => {
    await golden('fresh', await planOn(makeEngine({ images: {} }), known(desiredOf(STACK))));
  });

  it.each(cases)('$name', async (c) => {
    const before = c.was ?? STACK;
    const engine = await running(before);
    await c.meddle?.(engine);
    await golden(c.name, await planOn(engine, known(desiredOf(c.file ?? before)), c.up));
  });
});

describe('the wait for what runs already', () => {
  it.each<[health: string, ms: number, patient: boolean]>([
    // the start period counts, and Docker says when it is over
    ['starting', 60_000, false],
    ['unhealthy', 50_000, true],
  ])('%s', async (health, budgetMs, patient) => {
    const desired = known(desiredOf(STACK));
    const observed = await observeFor(await running(STACK), desired);
    const containers = observed.containers.map((c) => (c.service === 'db' ? { ...c, health } : c));
    const plan = planUp(desired, { ...observed, containers }, ABLE);
    expect(plan.steps.find((s) => s.id === 'wait:db')).toMatchObject({ budgetMs, patient });
  });

  it('is patient where another container of the service is not well', async () => {
    const file = STACK.replace('image: data:1', 'image: data:1\n    scale: 2');
    const desired = known(desiredOf(file));
    const observed = await observeFor(await running(file), desired);
    const containers = observed.containers.map((c) =>
      c.service === 'db' ? { ...c, health: c.number === 1 ? 'starting' : 'unhealthy' } : c,
    );
    const plan = planUp(desired, { ...observed, containers }, ABLE);
    expect(plan.steps.find((s) => s.id === 'wait:db')).toMatchObject({ budgetMs: 60_000, patient: true });
  });
});

describe('plans of the other operations', () => {
  const planned = async (
    make: (desired: Desired, observed: Awaited<ReturnType<typeof observeFor>>) => Plan,
    yaml = STACK,
  ): Promise<Plan> => {
    const engine = await running(yaml);
    const desired = known(desiredOf(yaml));
    return make(desired, await observeFor(engine, desired));
  };

  it.each<[name: string, make: Parameters<typeof planned>[0]]>([
    ['down', (d, o) => planDown('p', d.services, o, {})],
    ['down-one', (d, o) => planDown('p', d.services, o, { services: ['proxy'] })],
    ['down-with-volume', (d, o) => planDown('p', d.services, o, { deleteVolumes: ['p_data'] })],
    ['down-of-a-smaller-file', ({ services: { db } }, o) => planDown('p', { db: db! }, o, {})],
    [
      'down-with-orphans',
      ({ services: { db } }, o) => planDown('p', { db: db! }, o, { removeOrphans: true }),
    ],
    ['stop', (d, o) => planStop('p', d.services, o, [])],
    [
      'stop-around-what-does-not-run',
      (d, o) =>
        planStop(
          'p',
          d.services,
          { ...o, containers: o.containers.filter((c) => c.service !== 'server') },
          [],
        ),
    ],
    ['stop-one', (d, o) => planStop('p', d.services, o, ['db'])],
    ['restart', (d, o) => planRestart(d, o, [], ABLE)],
    ['restart-one', (d, o) => planRestart(d, o, ['db'], ABLE)],
    ['start-what-runs', (d, o) => planStart(d, o, [], ABLE)],
    [
      'start',
      (d, o) => {
        const stopped = o.containers.map(({ health: _health, ...c }) => ({ ...c, state: 'exited' }));
        return planStart(d, { ...o, containers: stopped }, ['server'], ABLE);
      },
    ],
  ])('%s', async (name, make) => {
    await golden(name, await planned(make));
  });
});
