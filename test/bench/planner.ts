import { capabilities } from '../../main/docker/capabilities.ts';
import { assemble } from '../../main/stack/assemble.ts';
import { planUp } from '../../main/stack/plan-up.ts';
import type { Observed } from '../../main/stack/observed.ts';
import { loadProject } from '../../main/model/load.ts';
import * as path from 'node:path';
import { median, type Measure } from './measure.ts';

const ABLE = capabilities('1.51', { url: 'unix:///x' });
const NOTHING_THERE: Observed = {
  engineId: 'bench',
  engineName: 'bench',
  containers: [],
  networks: new Map(),
  volumes: new Map(),
  images: new Map(),
};

/** Milliseconds to plan `count` services, each waiting for the one before; median of 7. */
function planTime(count: number): number {
  const services = Array.from({ length: count }, (_, i) => {
    const after = i === 0 ? '' : `\n    depends_on: [s${i - 1}]`;
    return `  s${i}:\n    image: busybox:1\n    volumes: [v${i % 50}:/data]${after}`;
  });
  const volumes = Array.from({ length: 50 }, (_, i) => `  v${i}: {}`);
  const content = `name: bench\nservices:\n${services.join('\n')}\nvolumes:\n${volumes.join('\n')}\n`;
  const source = { read: () => new TextEncoder().encode(content) };
  const loaded = loadProject({
    files: ['/bench/compose.yaml'],
    workingDir: '/bench',
    variables: {},
    profiles: [],
    source,
    path: path.posix,
    home: '/root',
  });
  const stackSource = {
    directory: '/bench',
    files: ['/bench/compose.yaml'],
    envFiles: [],
    composeProfiles: [],
    variables: {},
    chosen: {},
    source,
  };
  const once = (): number => {
    const desired = assemble({ loaded, source: stackSource, configs: new Map(), secretId: () => undefined });
    const begun = performance.now();
    const plan = planUp(desired, NOTHING_THERE, { engine: ABLE });
    const took = performance.now() - begun;
    const starts = plan.steps.filter((s) => s.kind === 'start').length;
    if (starts !== Object.keys(desired.services).length) throw new Error('a bad plan');
    return took;
  };
  once();
  return median(Array.from({ length: 7 }, once));
}

/** 1,000 services under 50 ms, and linear to 10,000. */
export function measurePlanner(): Measure[] {
  const small = planTime(1_000);
  const large = planTime(10_000);
  const ratio = large / small;
  return [
    { measure: 'plan 1,000 services (ms)', ours: Number(small.toFixed(1)), goal: '< 50 ms', met: small < 50 },
    {
      measure: 'plan 10,000 services against 1,000 (ms)',
      ours: Number(large.toFixed(1)),
      peer: Number(small.toFixed(1)),
      ratio: Number(ratio.toFixed(1)),
      goal: '≤ 15× (linear is 10×)',
      met: ratio <= 15,
    },
  ];
}
