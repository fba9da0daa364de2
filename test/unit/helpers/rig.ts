import type { Operation } from '../../../main/contract.ts';
import type { Engine } from '../../../main/docker/port.ts';
import type { Desired } from '../../../main/stack/desired.ts';
import { LABEL } from '../../../main/stack/labels.ts';
import type { UpOptions } from '../../../main/stack/plan-context.ts';
import { planDown } from '../../../main/stack/plan-down.ts';
import { newOperation } from '../../../main/stack/operation.ts';
import type { Plan } from '../../../main/stack/plan-types.ts';
import { planUp } from '../../../main/stack/plan-up.ts';
import { observeFor, runPlan, type RunInput } from '../../../main/stack/run-plan.ts';
import type { OperationIo } from '../../../main/stack/stack-types.ts';
import { FakeEngine, type FakeEngineOptions } from '../../fakes/fake-engine.ts';

/** The images that the files of these tests name. */
export const IMAGES: NonNullable<FakeEngineOptions['images']> = {
  'app:1': {},
  'app:2': {},
  'data:1': { config: { Volumes: { '/data': {} } } },
  'checked:1': { config: { Healthcheck: { Test: ['CMD', 'true'] } } },
};

export const makeEngine = (options: FakeEngineOptions = {}): FakeEngine =>
  new FakeEngine({ images: IMAGES, ...options });

/** The engine is known, so that volumes with the project's label ask for nothing. */
export const known = (desired: Desired): Desired => ({
  ...desired,
  knownEngine: { id: 'fake-engine-1', name: 'fake' },
});

/** The engine can do everything. */
export const ABLE = { engine: makeEngine().capabilities };

/** What an `up` would do now. */
export async function planOn(
  engine: Engine,
  desired: Desired,
  options: Partial<UpOptions> = {},
): Promise<Plan> {
  return planUp(desired, await observeFor(engine, desired), { ...ABLE, ...options });
}

export interface UpRun extends Partial<OperationIo> {
  readonly options?: Partial<UpOptions>;
  readonly input?: Partial<RunInput>;
}

/** The whole `up`: observes, plans, asks and carries out. Gives the plan that was shown. */
export async function up(engine: Engine, desired: Desired, run: UpRun = {}): Promise<Plan> {
  const { options, input, ...io } = run;
  let shown: Plan | undefined;
  await runPlan({
    operation: newOperation('up', desired.project.name),
    engine,
    desired,
    configs: new Map(
      Object.entries(desired.project.configs).map(([name, c]) => [name, Buffer.from(c.content ?? '')]),
    ),
    plan: (observed, imagesDone) => planUp(desired, observed, { ...ABLE, ...options, imagesDone }),
    observed: () => observeFor(engine, desired),
    publish: () => undefined,
    io: {
      signal: new AbortController().signal,
      confirm: () => Promise.resolve(true),
      onPlan: (plan) => void (shown = plan),
      ...io,
    },
    ...input,
  });
  return shown!;
}

export async function down(
  engine: Engine,
  desired: Desired,
  {
    services = desired.services,
    volumes = [],
  }: { services?: Desired['services']; volumes?: readonly string[] } = {},
): Promise<void> {
  const { project } = desired;
  await runPlan({
    operation: newOperation('down', project.name),
    engine,
    desired,
    configs: new Map(),
    plan: (observed) => planDown(project.name, services, observed, { deleteVolumes: volumes }),
    observed: () => observeFor(engine, desired),
    publish: () => undefined,
    io: { signal: new AbortController().signal, confirm: () => Promise.resolve(true) },
  });
}

/** The process was killed. */
export class Killed extends Error {}

/** Calls that change something on the engine. */
const CHANGES = new Set(
  'create start stop remove rename putArchive connect disconnect pull build tag exec'.split(' '),
);

/**
 * The engine as a process sees it that is killed after its `calls`th change: that one still has its effect, the
 * answer does not arrive, and nothing further is asked.
 */
export function killedAfter(engine: FakeEngine, calls: number): Engine & { readonly changes: () => number } {
  let left = calls;
  let done = 0;
  const guard = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]): Promise<unknown> => {
          if (left <= 0) throw new Killed('killed');
          const changes = CHANGES.has(String(name));
          if (changes) {
            left -= 1;
            done += 1;
          }
          const isLast = left === 0 && changes;
          const result = (await Reflect.apply(method, target, args)) as unknown;
          if (isLast) throw new Killed('killed');
          return result;
        };
      },
    });
  return {
    endpoint: engine.endpoint,
    info: engine.info,
    capabilities: engine.capabilities,
    ping: () => engine.ping(),
    clock: () => engine.clock(),
    // streams are not guarded: a generator is no promise, and looking changes nothing
    containers: { ...guard(engine.containers), logs: engine.containers.logs.bind(engine.containers) },
    images: guard(engine.images),
    networks: guard(engine.networks),
    volumes: guard(engine.volumes),
    diskUsage: () => engine.diskUsage(),
    events: (filters, signal) => engine.events(filters, signal),
    release: () => undefined,
    close: () => undefined,
    changes: () => done,
  };
}

/** Fills with every case of two containers of one service and number that ran at the same time, on the same data. */
export function watchForTwins(engine: FakeEngine): string[] {
  const twins: string[] = [];
  const listen = async (): Promise<void> => {
    for await (const item of engine.events({ type: ['container'] }, new AbortController().signal)) {
      if (item.kind !== 'event' || item.event.Action !== 'start') continue;
      const alive = [...engine.world.containers.values()].filter((c) => c.status === 'running');
      const slots = alive.map((c) => `${c.body.Labels[LABEL.service]}-${c.body.Labels[LABEL.number]}`);
      if (new Set(slots).size < slots.length) twins.push(slots.join(' '));
    }
  };
  void listen();
  return twins;
}

/** Latest operation that was told, for what is said about progress. */
export const recorder = (): { seen: Operation[]; onOperation: (o: Operation) => void } => {
  const seen: Operation[] = [];
  return { seen, onOperation: (o) => void seen.push(o) };
};
