import * as fc from 'fast-check';
import { stringify } from 'yaml';

/** One random service, before it is known which services come before it. */
interface Draft {
  readonly image: 'app:1' | 'app:2' | 'data:1' | 'checked:1';
  readonly version: number;
  readonly replicas: number;
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly anonymous: boolean;
  readonly checked: boolean;
  /** per earlier service: nothing, or how it depends on it */
  readonly ties: readonly ('' | 'started' | 'ready' | 'restart' | 'optional' | 'link' | 'share')[];
}

const draft: fc.Arbitrary<Draft> = fc.record({
  image: fc.constantFrom('app:1', 'app:2', 'data:1', 'checked:1'),
  version: fc.integer({ min: 1, max: 3 }),
  replicas: fc.constantFrom(1, 1, 1, 2, 3, 0),
  networks: fc.subarray(['front', 'back']),
  volumes: fc.subarray(['alpha', 'beta']),
  anonymous: fc.boolean(),
  checked: fc.boolean(),
  ties: fc.array(fc.constantFrom('', '', 'started', 'ready', 'restart', 'optional', 'link', 'share'), {
    minLength: 5,
    maxLength: 5,
  }),
});

/** A Compose file, and the names of its services that end by themselves. */
export interface RandomProject {
  readonly yaml: string;
  readonly jobs: readonly string[];
}

/** Services that end are fixed by their place, so that a second file has the same ones. */
const JOB_AT = 1;

/** A valid file of up to five services with dependencies, networks, volumes, replicas and shared namespaces. */
export const randomProject: fc.Arbitrary<RandomProject> = fc
  .record({
    drafts: fc.array(draft, { minLength: 1, maxLength: 5 }),
    subnet: fc.constantFrom('10.8.0.0/24', '10.9.0.0/24'),
  })
  .map(({ drafts, subnet }) => {
    const names = drafts.map((_, i) => `s${i}`);
    const services = Object.fromEntries(drafts.map((d, i) => [names[i]!, serviceOf(d, i, drafts)]));
    const file = {
      name: 'p',
      services,
      networks: { front: {}, back: { ipam: { config: [{ subnet }] } } },
      volumes: { alpha: {}, beta: {} },
    };
    return { yaml: stringify(file), jobs: names.filter((_, i) => i === JOB_AT) };
  });

function serviceOf(d: Draft, at: number, all: readonly Draft[]): Record<string, unknown> {
  const isJob = at === JOB_AT;
  const depends: Record<string, unknown> = {};
  const links: string[] = [];
  let shared: string | undefined;
  d.ties.slice(0, at).forEach((tie, i) => {
    const name = `s${i}`;
    const there = all[i]!.replicas > 0;
    const ready = readyCondition(all[i]!, i);
    if (tie === 'link') links.push(name);
    else if (tie === 'share' && there) shared ??= name;
    else if (tie === 'started') depends[name] = { condition: 'service_started' };
    else if (tie === 'ready') depends[name] = { condition: ready };
    else if (tie === 'restart') depends[name] = { condition: ready, restart: true };
    else if (tie === 'optional') depends[name] = { condition: ready, required: false };
  });
  return {
    image: isJob ? 'app:1' : d.image,
    environment: { VERSION: String(d.version) },
    ...(d.checked && !isJob && { healthcheck: { test: ['CMD', 'true'] } }),
    deploy: { replicas: d.replicas },
    volumes: [...d.volumes.map((v) => `${v}:/${v}`), ...(d.anonymous ? ['/scratch'] : [])],
    ...(shared === undefined
      ? { ...(d.networks.length > 0 && { networks: [...d.networks] }), ...(links.length > 0 && { links }) }
      : { network_mode: `service:${shared}` }),
    depends_on: depends,
  };
}

function readyCondition(d: Draft, at: number): string {
  if (at === JOB_AT) return 'service_completed_successfully';
  return d.checked || d.image === 'checked:1' ? 'service_healthy' : 'service_started';
}
