import { expect, it } from 'vitest';
import { container } from './helpers/containers.ts';
import { desiredOf } from './helpers/desired.ts';
import { serviceHash } from '../../main/model/hash.ts';
import { LABEL } from '../../main/stack/labels.ts';
import type { NamedService, Desired } from '../../main/stack/desired.ts';
import type { Observed } from '../../main/stack/observed.ts';
import { planDown } from '../../main/stack/plan-down.ts';
import { planUp } from '../../main/stack/plan-up.ts';
import { ABLE } from './helpers/rig.ts';

const NOTHING: Observed = {
  engineId: 'e',
  engineName: 'e',
  containers: [],
  networks: new Map(),
  volumes: new Map(),
  images: new Map(),
};

/** Many services in one network: each depends on the one before it and on the first. */
function many(count: number): Desired {
  const one = desiredOf(
    'name: p\nservices:\n  s0: { image: "app:1", volumes: ["data:/data"] }\nvolumes: { data: {} }\n',
  );
  const template = one.services['s0']!;
  const services: Record<string, NamedService> = {};
  for (let i = 0; i < count; i += 1) {
    const needed = { condition: 'service_healthy' as const, required: true };
    const depends_on = i === 0 ? {} : { s0: needed, [`s${i - 1}`]: needed };
    const healthcheck = { test: ['CMD', 'true'] };
    services[`s${i}`] = { ...template, name: `s${i}`, depends_on, healthcheck };
  }
  // each time anew: a real plan hashes each service once
  return { ...one, services, hashOf: (s) => serviceHash(one.project, s.name, s) };
}

/** All of it as it should be and running. */
function running(desired: Desired): Observed {
  const containers = Object.values(desired.services).map((service) =>
    container({
      id: `id-${service.name}`,
      service: service.name,
      name: `p-${service.name}-1`,
      health: 'healthy',
      labels: { [LABEL.hash]: desired.hashOf(service) },
      networks: [{ name: 'p_default', id: 'n' }],
      mounts: [{ Type: 'volume', Name: 'p_data', Source: '', Destination: '/data' }],
    }),
  );
  const labels = { [LABEL.project]: 'p', [LABEL.network]: 'default' };
  return {
    ...NOTHING,
    containers,
    networks: new Map([['p_default', [{ id: 'n', name: 'p_default', labels }]]]),
    volumes: new Map([['p_data', { name: 'p_data', driver: 'local', options: {}, labels }]]),
  };
}

/**
 * The best of several runs, in milliseconds of processor time: what else the machine does must not fail a test. The
 * time on the clock is measured by `npm run bench`.
 */
function timeOf(run: () => void, runs = 7): number {
  const times = Array.from({ length: runs }, () => {
    const begun = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

const [small, large] = [many(1000), many(10_000)];

it.each([
  ['from nothing', () => NOTHING, 3002],
  ['where nothing is to be done', running, 0],
])(
  'plans 1,000 services %s in under 50 ms, and ten times as many in about ten times the time',
  (what, observed, steps) => {
    const [here, there] = [observed(small), observed(large)];
    const options = { ...ABLE, pull: 'never' } as const;
    expect(planUp(small, here, options).steps.filter((s) => s.kind !== 'pullImage')).toHaveLength(steps);
    const first = timeOf(() => planUp(small, here, options), 30);
    const second = timeOf(() => planUp(large, there, options), 12);
    const down = timeOf(() => planDown('p', large.services, there, {}));
    console.info(
      `${what}: ${first.toFixed(1)} ms for 1,000, ${second.toFixed(1)} ms for 10,000; down of 10,000 ${down.toFixed(1)} ms`,
    );
    expect(first).toBeLessThan(50);
    expect(second / first).toBeLessThan(25);
  },
  // it plans 19 × 10,000 services on a machine that does other things too
  60_000,
);
