/** An examination in which all is well, and changes of it; for tables of the doctor's checks. */
import type { ServiceState, StackState } from '../../../main/contract.ts';
import { runDoctor } from '../../../main/system/doctor.ts';
import type {
  DoctorContext,
  DoctorService,
  DoctorStack,
  Finding,
} from '../../../main/system/doctor-types.ts';
import type { SecretStore } from '../../../main/system/types.ts';
import { FakeEngine } from '../../fakes/fake-engine.ts';

export const GB = 1e9;
export function memoryStore(): SecretStore {
  const kept = new Map<string, string>();
  const account = (e: { scope: string; name: string }) => `${e.scope}/${e.name}`;
  return {
    kind: 'keychain',
    label: 'the keychain',
    status: () => Promise.resolve('ok'),
    get: (e) => Promise.resolve(kept.get(account(e))),
    set: (e, value) => Promise.resolve(void kept.set(account(e), value)),
    delete: (e) => Promise.resolve(kept.delete(account(e))),
  };
}
export const part = (name: string, change: Partial<DoctorService> = {}): DoctorService => ({
  name,
  isBuilt: false,
  environment: [],
  values: {},
  secrets: [],
  ports: [],
  dependsOn: [],
  networks: ['default'],
  extraHosts: [],
  healthPaths: [],
  isSecure: false,
  isOnHost: false,
  reservesGpu: false,
  ...change,
});
export const stack: DoctorStack = {
  project: 'p',
  directory: '/srv/p',
  diskNeeded: 6 * GB,
  services: [
    part('db', { image: 'db:1', environment: ['POSTGRES_DB'] }),
    part('web', {
      image: 'web:1',
      environment: ['SECURE'],
      ports: [{ address: '127.0.0.1', published: 8283, protocol: 'tcp' }],
    }),
  ],
  warnings: [],
  settings: [],
  roles: [],
  probes: [],
};
export const service = (
  name: string,
  status: ServiceState['status'],
  more: Partial<ServiceState> = {},
): ServiceState => ({
  name,
  status,
  image: `${name}:1`,
  restarts: 0,
  ports: [],
  ...more,
});
export const WELL: StackState = {
  project: 'p',
  status: 'running',
  sentence: 'All services are well.',
  services: [service('db', 'healthy'), service('web', 'running')],
  probes: [],
  urls: [],
};
export const healthy: DoctorContext = {
  engine: () => Promise.resolve(new FakeEngine({ images: { 'db:1': {}, 'web:1': {} } })),
  stack: () => Promise.resolve(stack),
  state: () => Promise.resolve(WELL),
  changes: () => Promise.resolve([]),
  secrets: memoryStore(),
  home: '/home/ada',
  folders: { settings: '/c', state: '/s', logs: '/s/logs' },
  freeBytes: () => Promise.resolve(100 * GB),
  portUse: () => Promise.resolve({ free: true }),
  entries: () => Promise.resolve(undefined),
  engines: () => Promise.resolve({ named: [] }),
  containers: () => Promise.resolve([]),
  inside: () => Promise.resolve(undefined),
  lastLines: () => Promise.resolve(''),
  hostReach: () => Promise.resolve({ by: 'unknown' }),
  listens: () => Promise.resolve(false),
  probeGpu: () => Promise.resolve({ state: 'unknown' }),
  secretValue: () => Promise.resolve(undefined),
  freeMemory: () => 8 * GB,
  httpStatus: () => Promise.resolve(undefined),
  now: Date.now,
};
/** What one check finds. */
export async function find(id: string, change: Partial<DoctorContext>): Promise<Finding | undefined> {
  return (await runDoctor({ ...healthy, ...change })).find((f) => f.id === id);
}
export const withStack = (change: Partial<DoctorStack>) => ({
  stack: () => Promise.resolve({ ...stack, ...change }),
});
export const withService = (change: Partial<DoctorService>) =>
  withStack({ services: [part('server', change)] });
