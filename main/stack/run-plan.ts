import type { Operation } from '../contract.ts';
import type { Engine, Labels } from '../docker/port.ts';
import { appError, Failure, failure } from '../errors.ts';
import { redactor } from '../system/redact.ts';
import type { Loaded } from '../model/types.ts';
import { buildService } from './build-service.ts';
import { makeCarrier, type RemovalEdges } from './carry.ts';
import { contentOf, requireContents, servicesToFill } from './contents.ts';
import { imageOf, type Desired } from './desired.ts';
import { executePlan } from './execute.ts';
import type { ContainerFile } from './files.ts';
import { jobOf } from './job.ts';
import { LABEL } from './labels.ts';
import { observe } from './observe.ts';
import type { Observed } from './observed.ts';
import { OperationTracker } from './operation.ts';
import { goes } from './plan-remove.ts';
import type { Confirmation, Plan, Step } from './plan-types.ts';
import type { ProfileBlock } from './profile.ts';
import type { Chosen } from './profile-settings.ts';
import { PullBoard } from './pull-board.ts';
import { redactFailure } from './redaction.ts';
import type { SecretKeeper } from './secret-keeper.ts';
import { askKeys } from './shared-keys.ts';
import type { OperationIo } from './stack-types.ts';
import { Surprise } from './surprise.ts';
import { ContainerWatch } from './watch.ts';

/** How often an operation starts over when the engine's objects change under it. */
const ATTEMPTS = 5;

export interface RunInput {
  readonly operation: Operation;
  readonly engine: Engine;
  readonly desired: Desired;
  /** absent for operations that create nothing */
  readonly loaded?: Loaded;
  readonly configs: ReadonlyMap<string, Uint8Array>;
  readonly keeper?: SecretKeeper;
  /** absent for operations that remove nothing for good */
  readonly removal?: RemovalEdges;
  readonly block?: ProfileBlock;
  /** the block's settings as the model was made with them */
  readonly chosen?: Chosen;
  readonly mirror?: string;
  /** pure: the plan for what is observed; `imagesDone` after images were pulled or built */
  readonly plan: (observed: Observed, imagesDone: boolean) => Plan;
  readonly observed: () => Promise<Observed>;
  /** called when everything is agreed, before anything is changed; and again for what is made after images came */
  readonly agreed?: (plan: Plan, observed: Observed, isFirst: boolean) => Promise<void>;
  /** called when a service's container is as it was waited for, and nothing but waiting is done */
  readonly onReady?: (service: string, container: string) => void;
  /** called at the end of what was downloaded, however it ended: bytes per second over the whole of it */
  readonly onDownloaded?: (perSecond: number) => Promise<void>;
  /** told beside the io: the lock's other side */
  readonly publish: (operation: Operation) => void;
  readonly io: OperationIo;
}

/**
 * Observes, plans, asks, executes; starts over when something changed in between. Images come first, since what they
 * are decides what is made anew.
 * @throws Failure of the first step that failed; `stack.cancelled`; `stack.confirmation-needed`.
 */
export async function runPlan(input: RunInput): Promise<void> {
  const { engine, io } = input;
  const pulls = new PullBoard();
  const tracker = new OperationTracker(input.operation, pulls, (operation) => {
    input.publish(operation);
    io.onOperation?.(operation);
  });
  const watch = new ContainerWatch(engine, input.desired.project.name);
  try {
    let imagesDone = false;
    const said = new Set<string>();
    for (let attempt = 1; ; attempt += 1) {
      io.signal.throwIfAborted();
      const observed = await input.observed();
      const plan = input.plan(observed, imagesDone);
      requireContents(plan, input);
      await agree(plan, input, said, attempt === 1);
      await fetchSecrets(plan, input.keeper);
      requireAskedKeys(plan, input.desired);
      await input.agreed?.(plan, observed, attempt === 1);
      tracker.expect(plan.steps.length);
      const images = plan.steps.filter((s) => s.kind === 'pullImage' || s.kind === 'buildImage');
      const now = images.length > 0 ? { ...plan, steps: alone(images) } : plan;
      try {
        await carryOut(now, observed, input, { pulls, tracker, watch });
      } catch (error) {
        if (!(error instanceof Surprise) || io.signal.aborted) throw error;
        if (attempt >= ATTEMPTS) {
          const data = { project: plan.project, reason: error.message };
          throw failure('stack.unsettled', data, error);
        }
        continue;
      }
      if (images.length === 0) return;
      imagesDone = true;
      tracker.nextPlan();
    }
  } catch (error) {
    if (io.signal.aborted) throw cancelled(input, error);
    throw error;
  } finally {
    watch.close();
    tracker.flush();
    const speed = pulls.wholeSpeed();
    if (speed !== undefined) await input.onDownloaded?.(speed);
  }
}

function cancelled({ desired, operation }: RunInput, cause: unknown): Failure {
  const isRemoval = operation.kind === 'remove';
  return failure(
    'stack.cancelled',
    { project: desired.project.name, ...(isRemoval && { removing: true }) },
    cause,
  );
}

/** Steps without what they are after among the others: those come in the next round. */
function alone(steps: readonly Step[]): Step[] {
  const ids = new Set(steps.map((s) => s.id));
  return steps.map((s) => ({ ...s, after: s.after.filter((id) => ids.has(id)) }));
}

/**
 * Tells warnings and asks what must be asked, each once an operation: a plan made anew may have further ones, such as a
 * volume of somebody else's that came to be in the meantime. `said` is what was told and agreed to.
 */
async function agree(plan: Plan, input: RunInput, said: Set<string>, isFirst: boolean): Promise<void> {
  const { io } = input;
  const isNew = (kind: string, subject: unknown): boolean => {
    const key = `${kind} ${JSON.stringify(subject)}`;
    return !said.has(key) && Boolean(said.add(key));
  };
  // every one of them is noted
  const isAnyNew = (kind: string, subjects: readonly string[]): boolean =>
    subjects.filter((subject) => isNew(kind, subject)).length > 0;
  for (const w of plan.warnings.filter((x) => isNew(x.code, x.data))) io.onWarning?.(w);
  if (plan.orphans.length > 0 && isNew('orphans', plan.orphans)) {
    io.onWarning?.(appError('stack.orphans', { containers: plan.orphans }));
  }
  if (isFirst) io.onPlan?.(plan);
  const asked = plan.confirmations.filter((c) => isAnyNew(c.kind, agreedBy(c, plan)));
  if (asked.length > 0 && !(await io.confirm(asked))) {
    throw failure('stack.confirmation-needed', { texts: asked.map((c) => c.text) });
  }
}

/** What the word on a confirmation is for: another list of a removal needs another word, a shorter one does not. */
function agreedBy({ kind, subject, text }: Confirmation, { steps }: Plan): readonly string[] {
  if (kind === 'remove-stack') return goes(steps);
  // a volume that was made anew under its name is another one, and its text says when it was made; two services may
  // leave one folder, or get one key
  return [kind === 'delete-volume' || kind === 'left-folder' || kind === 'give-keys' ? text : subject];
}

/**
 * Values are fetched before the first change, so that a locked store or a missing entry stops an operation that needs
 * it at once, with nothing touched and nothing remembered.
 */
export async function fetchSecrets(plan: Plan, keeper: SecretKeeper | undefined): Promise<void> {
  if (!keeper) return;
  const made = new Set(plan.steps.flatMap((s) => (s.kind === 'generateSecrets' ? s.names : [])));
  const services = [...servicesToFill(plan)];
  keeper.require(services, made);
  await keeper.fetch(services, made);
}

/**
 * What was fetched is what is given: a key that was set since the plan was made was not agreed to.
 * @throws Failure `stack.confirmation-needed`
 */
function requireAskedKeys(plan: Plan, { keysToGive, configFiles }: Desired): void {
  if (servicesToFill(plan).size === 0) return;
  const texts = askKeys(keysToGive, configFiles).map((c) => c.text);
  if (texts.some((text) => plan.confirmations.every((c) => c.text !== text)))
    throw failure('stack.confirmation-needed', { texts });
}

const NOTHING_TO_REMOVE: RemovalEdges = { secret: async () => {}, stack: async () => {} };

interface Running {
  readonly pulls: PullBoard;
  readonly tracker: OperationTracker;
  readonly watch: ContainerWatch;
}

async function carryOut(plan: Plan, observed: Observed, input: RunInput, running: Running): Promise<void> {
  const { engine, desired, keeper } = input;
  const carry = makeCarrier(plan, {
    engine,
    desired,
    containers: observed.containers,
    watch: running.watch,
    pulls: running.pulls,
    ...(input.mirror !== undefined && { mirror: input.mirror }),
    contentOf: (origin) => contentOf(origin, input),
    onReady: (service, container) => input.onReady?.(service, container),
    jobOf: (service) => input.block && jobOf(input.block, input.chosen ?? {}, service),
    extraFiles: (service, imageId) => imageIdFile(input.block, service, imageId),
    removal: input.removal ?? NOTHING_TO_REMOVE,
    generateSecrets: async (names) => keeper?.generate(names),
    redact: (text) => redactor(keeper?.values() ?? []).text(text),
    build: (service, onOutput, signal) => buildService(engine, desired, service, onOutput, signal),
  });
  try {
    await executePlan(plan, withCommand(carry), {
      signal: input.io.signal,
      onTasks: (tasks) => running.tracker.setTasks(tasks),
    });
  } catch (error) {
    // an operation that created nothing has fetched no values yet, and its containers may say them all the same
    throw input.io.signal.aborted ? error : await redactFailure(error, keeper);
  }
}

/** An error that nobody foresaw carries the step in which it came. */
function withCommand(carry: ReturnType<typeof makeCarrier>): ReturnType<typeof makeCarrier> {
  return async (step: Step, report, signal) => {
    try {
      await carry(step, report, signal);
    } catch (error) {
      if (error instanceof Failure || error instanceof Surprise || signal.aborted) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw failure('stack.unknown', { reason, command: step.id }, error);
    }
  };
}

/** The profile may want the image's id in a file: only the engine knows it (see `imageIdFiles`). */
function imageIdFile(
  block: ProfileBlock | undefined,
  service: string,
  imageId: string,
): { file: ContainerFile; content: Uint8Array }[] {
  const target = block?.imageIdFiles[service];
  if (target === undefined) return [];
  const origin = { kind: 'configs' as const, name: 'image-id' };
  return [
    { file: { target, mode: 0o444, uid: 0, gid: 0, origin }, content: new TextEncoder().encode(imageId) },
  ];
}

/** What the engine has of a stack, with the networks, volumes and images that its model names. */
export async function observeFor(engine: Engine, desired: Desired): Promise<Observed> {
  const { project } = desired;
  const names = (objects: Readonly<Record<string, { name?: string }>>): string[] =>
    Object.entries(objects).map(([key, o]) => o.name ?? key);
  const observed = await observe(engine, project.name, {
    networks: names(project.networks),
    volumes: names(project.volumes),
    images: [...new Set(Object.values(desired.services).map((s) => imageOf(project, s)))],
  });
  const neverRan = desired.knownEngine?.id !== observed.engineId;
  const isStrange = (labels: Labels): boolean => neverRan || labels[LABEL.project] !== project.name;
  const strange = [...observed.volumes.values()].some((v) => isStrange(v.labels));
  return strange ? withVolumeSizes(engine, observed) : observed;
}

/** Sizes cost the engine a walk over its volumes: asked only where a confirmation may name them. */
export async function withVolumeSizes(engine: Engine, observed: Observed): Promise<Observed> {
  const sizes = new Map((await engine.diskUsage()).volumes.map((v) => [v.Name, v.Size]));
  const volumes = [...observed.volumes].map(([name, volume]) => {
    const size = sizes.get(name);
    return [name, size === undefined || size < 0 ? volume : { ...volume, size }] as const;
  });
  return { ...observed, volumes: new Map(volumes) };
}
