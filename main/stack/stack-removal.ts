import type { Engine } from '../docker/port.ts';
import { appError, errorsOf, Failure, failure } from '../errors.ts';
import { within } from '../system/within.ts';
import { observe } from './observe.ts';
import type { Observed } from './observed.ts';
import type { operate } from './operate.ts';
import { goes, ownVolumes, planRemove, type Removal, type RemovalFacts } from './plan-remove.ts';
import { bareDesired } from './ready.ts';
import { dataModels, secretsDeclared, volumesNamed, type DataModel } from './removal-models.ts';
import { withVolumeSizes } from './run-plan.ts';
import { servicesOf } from './running.ts';
import type { StackContext } from './stack-context.ts';
import type { OperationIo, Stack } from './stack-types.ts';
import { checkDeletion } from './volume-deletion.ts';

/** The engine walks over its volumes to tell their sizes: longer than this nobody waits for them. Milliseconds. */
const SIZES_WITHIN_MS = 4_000;

/** Removes a stack with its data, its keys and what is known of it. `operated` runs an operation under the lock. */
export function stackRemoval(
  context: StackContext,
  operated: (input: Parameters<typeof operate>[1]) => Promise<void>,
): Pick<Stack, 'removal' | 'remove'> {
  const { edges, project } = context;

  /**
   * @throws Failure `stack.removal-elsewhere`, `stack.removal-unreadable`, `stack.volume-in-use`; `secrets.*` where the
   * store cannot be opened
   */
  async function look(engine: Engine): Promise<{ observed: Observed; facts: RemovalFacts }> {
    const ran = edges.state.engineOf(project);
    if (ran && ran.id !== engine.info.id)
      throw failure('stack.removal-elsewhere', { project, ran: ran.name, engine: engine.info.name });
    const { models, unread } = dataModels(context);
    const { networks, volumes } = await observe(engine, project);
    if (unread && (volumes.size > 0 || (await secretsThere([...models, unnamed()])).length > 0))
      throw failure('stack.removal-unreadable', { project, ...unread, volumes: [...volumes.keys()] });
    const { all, external } = volumesNamed(models);
    // of those that are named it is told who uses them
    const observed = await observe(engine, project, {
      networks: [...networks.keys()],
      // those of others too: their data may have been made with a key of ours
      volumes: all,
      images: [],
    });
    const own = ownVolumes(project, observed, { external }).map((v) => v.name);
    await checkDeletion(engine, project, observed, own);
    const secrets = await secretsThere(models);
    const engines = edges.state.enginesOf(project);
    const ranOn = {
      here: engines.length > 0,
      others: engines.filter((e) => e.id !== engine.info.id).map((e) => e.name),
    };
    return { observed, facts: { external, secrets, ranOn, isKnown: await edges.isKnown(project) } };
  }

  /** The secrets of this stack alone that are in the store, whatever our state knows of them. */
  async function secretsThere(models: readonly DataModel[]): Promise<RemovalFacts['secrets']> {
    const declared = secretsDeclared(models);
    // a project of this name has its own among the keys of all stacks
    const noted = project === 'global' ? [] : edges.state.secretNames(project);
    const names = [...new Set([...declared.keys(), ...noted])];
    if (names.length === 0) return [];
    const store = await edges.secretStore();
    const there = await Promise.all(
      names.map(async (name) => {
        const isThere = (await store.get({ scope: project, name })) !== undefined;
        return isThere || noted.includes(name) ? [{ name, volumes: declared.get(name) }] : [];
      }),
    );
    return there.flat();
  }

  /** The block may be understood where its file as a whole is not: its secrets are then known, their volumes not. */
  function unnamed(): DataModel {
    try {
      return { volumes: {}, block: context.block() };
    } catch {
      return { volumes: {} }; // why is told with the refusal
    }
  }

  const planFor = (observed: Observed, facts: RemovalFacts) =>
    planRemove(project, servicesOf(context.tryRunning(), observed.containers), observed, facts);

  async function removal(): Promise<Removal> {
    await edges.requireSettings();
    const engine = await edges.engine();
    const { observed, facts } = await look(engine);
    const store = await edges.secretStore();
    const sized = within(
      SIZES_WITHIN_MS,
      withVolumeSizes(engine, observed).then((o) => ({ volumes: o.volumes })),
    );
    const volumes = (await sized.catch(() => undefined))?.volumes ?? observed.volumes;
    const sizes = [...volumes].flatMap(([name, { size }]) =>
      size === undefined ? [] : [[name, size] as const],
    );
    return {
      ...planFor(observed, facts),
      engine: engine.info.name,
      store: store.label,
      sizes: new Map(sizes),
    };
  }

  async function remove(io: OperationIo): Promise<void> {
    await edges.requireSettings();
    const engine = await edges.engine();
    let facts: RemovalFacts = {
      external: [],
      secrets: [],
      ranOn: { here: false, others: [] },
      isKnown: false,
    };
    let isBegun = false;
    try {
      await operated({
        kind: 'remove',
        engine,
        io,
        desired: context.tryRunning()?.desired ?? bareDesired(project),
        configs: new Map(),
        removal: {
          secret: async (name) => {
            await (await edges.secretStore()).delete({ scope: project, name });
            await edges.state.unsetSecretId(project, name);
          },
          stack: () => edges.forget(project),
        },
        plan: (observed) => planFor(observed, facts).plan,
        observed: async () => {
          const found = await look(engine);
          ({ facts } = found);
          return found.observed;
        },
        agreed: () => {
          isBegun = true;
          return Promise.resolve();
        },
      });
    } catch (error) {
      throw isBegun ? await withRest(error) : error;
    }
  }

  /** A removal that ended half-way says what is still there. */
  async function withRest(error: unknown): Promise<Failure> {
    const left = await whatIsLeft();
    const rest = appError('stack.removal-incomplete', { project, ...(left && { left }) });
    return new Failure([...errorsOf(error), rest], { cause: error });
  }

  /** Undefined where it cannot be looked at, which is most often why the removal ended. */
  async function whatIsLeft(): Promise<readonly string[] | undefined> {
    try {
      return goes((await removal()).plan.steps);
    } catch {
      return undefined;
    }
  }

  return { removal, remove };
}
