import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { CallInput, CallOutput, KeyRemoval, KeyStore } from '../channels.ts';
import type { Core } from '../core-types.ts';
import { failure, hasCode, saidOf } from '../errors.ts';
import { readableStacks, stackOfProject } from '../known-stacks.ts';
import { secretsInStore } from '../secret-value.ts';
import { passwordOf } from '../stack/stack-keys.ts';
import { requireLong, secretsFileIn } from '../system/secrets-file.ts';
import { generateSecret } from '../system/secrets.ts';
import { requireSound } from '../system/settings-watch.ts';
import type { Passphrase } from './passphrase.ts';

export interface VaultCallEdges {
  readonly core: Core;
  readonly passphrase: Passphrase;
}

type Name =
  | 'keyStore'
  | 'chooseKeyStore'
  | 'openSecretsFile'
  | 'makePassword'
  | 'keyRemoval'
  | 'removeKeys'
  | 'modelServers';

/** What is typed where every key goes. */
const WORD = 'remove all keys';

/** Answers about where keys are kept and about all of them together. */
export function vaultCalls({ core, passphrase }: VaultCallEdges): {
  readonly [C in Name]: (input: CallInput<C>) => Promise<CallOutput<C>>;
} {
  const { settings, state } = core.edges;

  const hasFile = (): boolean => existsSync(secretsFileIn(core.edges.folders.config));

  async function storeState(): Promise<KeyStore> {
    const store = await core.secretStore();
    const [status, left] = [await store.status(), await leftBehind(store.kind)];
    return { kind: store.kind, label: store.label, status, hasFile: hasFile(), left };
  }

  /**
   * The file with this passphrase; a wrong one is forgotten.
   * @throws Failure `secrets.wrong-passphrase`, `secrets.short-passphrase` for a file that is not there yet
   */
  async function opened(given: string): Promise<KeyStore> {
    if (!hasFile()) requireLong(given);
    passphrase.give(given);
    const now = await storeState();
    if (now.status !== 'locked') return now;
    passphrase.give(undefined);
    throw failure('secrets.wrong-passphrase', { file: now.label });
  }

  /** What was put into the other store. */
  async function leftBehind(kind: KeyStore['kind']): Promise<string[]> {
    const isLeft = (scope: string, name: string): boolean => {
      const kept = state.secretKeptIn(scope, name);
      return kept !== undefined && kept !== kind;
    };
    const scopes = ['global', ...(await readableStacks(core)).map((s) => s.project)];
    const names = scopes.flatMap((scope) => state.secretNames(scope).filter((name) => isLeft(scope, name)));
    return [...new Set(names)].toSorted();
  }

  async function removal(): Promise<KeyRemoval> {
    const stacks = await readableStacks(core);
    const takersOf = (name: string): string[] =>
      stacks
        .filter((s) => s.block?.secrets.some((x) => x.name === name && x.scope === 'global'))
        .map((s) => s.project);
    // also those that no stack takes any more
    const names = new Set(state.secretNames('global'));
    const own: KeyRemoval['keys'] = [];
    const keeps: KeyRemoval['keeps'] = [];
    for (const stack of stacks) {
      const { project } = stack;
      for (const { name, scope, set } of await secretsInStore(core, stack)) {
        if (!set) continue;
        const isBound = stack.block?.secrets.find((s) => s.name === name)?.volume !== undefined;
        if (scope === 'global') names.add(name);
        else if (isBound) keeps.push({ name, project });
        else own.push({ name, project, takers: [project] });
      }
    }
    const shared = [...names].map((name) => ({ name, project: null, takers: takersOf(name) }));
    const keys = [...shared, ...own];
    const agreement = createHash('sha256').update(JSON.stringify(keys)).digest('hex');
    return { keys, keeps, word: WORD, agreement };
  }

  /** Through a stack that takes it, under whose lock it goes; where none does, by itself. */
  async function removeOne({ name, project, takers }: KeyRemoval['keys'][number]): Promise<void> {
    const [taker] = takers;
    if (taker !== undefined) {
      await (await stackOfProject(core, taker)).unsetSecret(name);
      return;
    }
    const scope = project ?? 'global';
    await (await core.secretStore()).delete({ scope, name });
    await state.unsetSecretId(scope, name);
  }

  return {
    keyStore: storeState,
    chooseKeyStore: async (choice) => {
      await requireSound(settings, undefined);
      if (choice.store === 'keychain') {
        await settings.update(({ secretStore: _before, ...rest }) => rest);
        passphrase.give(undefined);
        return storeState();
      }
      if (!hasFile()) requireLong(choice.passphrase);
      const before = (await settings.read()).settings.secretStore;
      await settings.update((now) => ({ ...now, secretStore: 'file' }));
      try {
        return await opened(choice.passphrase);
      } catch (error) {
        // there is a file already, with another passphrase
        if (hasCode(error, 'secrets.wrong-passphrase') && before !== 'file')
          await settings.update(({ secretStore: _before, ...rest }) => ({
            ...rest,
            ...(before && { secretStore: before }),
          }));
        throw error;
      }
    },
    openSecretsFile: ({ passphrase: given }) => opened(given),
    makePassword: async ({ project }) => {
      const stack = await stackOfProject(core, project);
      const name = stack.block && passwordOf(stack.block);
      if (name === undefined) throw failure('secrets.no-such', { known: [] });
      return saidOf(await stack.setSecret(name, generateSecret()), project);
    },
    keyRemoval: removal,
    removeKeys: async ({ typed, agreement }) => {
      await requireSound(settings, undefined);
      const now = await removal();
      if (typed.trim() !== WORD || agreement !== now.agreement) throw failure('secrets.removal-changed', {});
      for (const key of now.keys) await removeOne(key);
      return null;
    },
    modelServers: async () => (await core.modelServers()).map((s) => ({ ...s })),
  };
}
