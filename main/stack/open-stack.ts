import { failure } from '../errors.ts';
import { variablesNamed } from '../model/load.ts';
import { composeCall } from './compose-call.ts';
import { volumeNameOf } from './desired.ts';
import { downloadsOf } from './downloads.ts';
import { newOperation } from './operation.ts';
import { underLock } from './operate.ts';
import { volumesByKey } from './ready.ts';
import { observeFor } from './run-plan.ts';
import { loadOptions, loadSource, type FilesNow } from './source.ts';
import { stackContext, type StackEdges } from './stack-context.ts';
import { stackLooks } from './stack-looks.ts';
import { stackOperations } from './stack-operations.ts';
import { listSecrets, restoreRole, setSecret, unsetSecret, type SecretEdges } from './stack-secrets.ts';
import type { Stack } from './stack-types.ts';

/** Opens one stack: `files` are its files as they are now, `project` the name that they give. */
export function openStack(edges: StackEdges, project: string, files: FilesNow): Stack {
  const context = stackContext(edges, project, files);
  const looks = stackLooks(context);

  const secretEdges = (): SecretEdges => {
    const [block, keeper] = [context.block(), context.keeper()];
    if (!block || !keeper) throw failure('secrets.no-such', { known: [], project });
    return {
      project,
      block,
      keeper,
      store: edges.secretStore,
      state: edges.state,
      engine: edges.engine,
      volumes: async () => {
        const { desired } = context.ready();
        return volumesByKey(desired, await observeFor(await edges.engine(), desired));
      },
      volumeName: (key) => volumeNameOf(context.ready().desired.project, key),
    };
  };

  /**
   * Secrets change under the stack's lock, which is named after the engine. Without an engine there is none, and
   * nothing that could run at the same time and put them into containers.
   */
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    // the settings say which store and which engine
    await edges.requireSettings();
    const engine = await edges.engine().catch(() => undefined);
    if (!engine) return work();
    return underLock(edges.runtimeFolder, engine.info.id, newOperation('secrets', project), work);
  };

  return {
    project,
    ...(files.profile !== undefined && { profile: files.profile }),
    get block() {
      return context.block();
    },
    load: async () => loadSource(files.source(), edges),
    variablesUsed: async () => variablesNamed(loadOptions(files.source(), edges)),
    ...looks,
    ...stackOperations(context, looks.status),
    downloads: async (plan, signal) => {
      const engine = await edges.engine();
      const speed = edges.state.downloadSpeed(engine.info.id);
      return downloadsOf(engine, plan, { mirror: edges.mirror, speed, signal });
    },
    composeCall: async () => {
      await edges.requireSettings();
      const all = context.ready();
      const engine = await edges.engine();
      if (all.keeper) await context.settled(engine, all);
      return composeCall(engine, all);
    },
    secrets: async () => {
      const [block, keeper] = [context.block(), context.keeper()];
      if (!block || !keeper) return [];
      // which one it is; nothing is read of it, and why there is none is its own check's to say
      const kind = await edges.secretStore().then(
        (store) => store.kind,
        () => undefined,
      );
      return listSecrets(block, keeper, kind);
    },
    setSecret: (name, value, confirmed, isInUse) =>
      alone(() => setSecret(secretEdges(), name, value, confirmed, isInUse)),
    restoreRole: (name) => alone(() => restoreRole(secretEdges(), name)),
    unsetSecret: (name, confirmed) => alone(() => unsetSecret(secretEdges(), name, confirmed)),
  };
}
