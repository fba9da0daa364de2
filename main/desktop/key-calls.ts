import type { CallInput, CallOutput, KeyState, ProviderState } from '../channels.ts';
import type { Core } from '../core-types.ts';
import { failure, saidOf, say } from '../errors.ts';
import { blockOrProblem, knownStacks, stackOfProject } from '../known-stacks.ts';
import { addressSetting, PROVIDERS, providerOfKey, providersOf, type Provider } from '../providers.ts';
import type { ProfileBlock, Secret } from '../stack/profile-schema.ts';
import { readKeyFor, secretsInStore, storedValues } from '../secret-value.ts';
import { passwordOf, passwordWord } from '../stack/stack-keys.ts';
import { shownSettings, stackSettingsOf, type ShownSetting } from '../stack/stack-settings.ts';
import type { SecretState, Stack } from '../stack/stack-types.ts';
import { HOST_NAME, seenFromHere, type HostReach } from '../system/host-reach.ts';
import { isLocal, troubleAt } from '../system/model-servers.ts';
import { providerRequest, tryProvider, type Tried } from '../system/provider-call.ts';
import type { ModelServerAt } from '../wording/model-servers.ts';

export interface KeyCallEdges {
  readonly core: Core;
  readonly openExternal: (url: string) => Promise<void>;
}

type Name = 'keys' | 'saveKey' | 'removeKey' | 'tryProvider' | 'openProviderPage';

/** A key file has some 2,400 characters, and any other key less. */
const LONGEST_KEY = 20_000;

/** Answers about keys and passwords: of a value nothing but that it is set. */
export function keyCalls({ core, openExternal }: KeyCallEdges): {
  readonly [C in Name]: (input: CallInput<C>) => Promise<CallOutput<C>>;
} {
  const settingsOf = async (stack: Stack, block: ProfileBlock | undefined): Promise<ShownSetting[]> => {
    const { settings } = await core.edges.settings.read();
    return shownSettings(block, stackSettingsOf(settings, stack.project)?.variables ?? {});
  };

  /** Projects of the stacks that take a key, by its name: of those that can be read. */
  async function takersByName(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { bundled, others } = await knownStacks(core, (await core.edges.settings.read()).settings);
    const takers = new Map<string, string[]>();
    for (const stack of [...bundled, ...others])
      for (const { name, scope } of blockOrProblem(stack).block?.secrets ?? [])
        if (scope === 'global') takers.set(name, [...(takers.get(name) ?? []), stack.project]);
    return takers;
  }

  return {
    keys: async ({ project, asksStore }) => {
      const stack = await stackOfProject(core, project);
      const { block } = stack;
      if (!block) return { providers: [], others: [] };
      const takers = await takersByName();
      const states = asksStore ? await secretsInStore(core, stack) : await stack.secrets();
      const shown = await settingsOf(stack, block);
      const secrets = block.secrets.map((secret, i) =>
        keyState(secret, states[i]!, takers, { project, asksStore }),
      );
      const password = passwordOf(block);
      return {
        providers: providersOf(block).map((p) => providerState(p, secrets, shown)),
        others: secrets.filter((s) => providerOfKey(s.name) === undefined),
        ...(password !== undefined && { password, word: passwordWord(block) }),
      };
    },
    saveKey: async ({ project, name, value, isSure, typed }) => {
      const stack = await stackOfProject(core, project);
      // before it is read: something else was pasted
      if (value.length > LONGEST_KEY) {
        const problem = `it has ${value.length} characters, and may have ${LONGEST_KEY}`;
        throw failure('secrets.bad-value', { name, problem });
      }
      const read = await readKeyFor(core, stack, name, value);
      if (read.doubt !== undefined && !isSure) return { cleaned: [], doubt: read.doubt, warnings: [] };
      const warnings = await stack.setSecret(name, read.value, typed?.trim());
      return { cleaned: [...read.cleaned], doubt: null, warnings: saidOf(warnings, project) };
    },
    removeKey: async ({ project, name }) => {
      const stack = await stackOfProject(core, project);
      const secret = stack.block?.secrets.find((s) => s.name === name);
      if (secret?.volume !== undefined) throw failure('secrets.bound', { name, volume: secret.volume });
      await stack.unsetSecret(name);
      return null;
    },
    tryProvider: async ({ project, provider: id }) => {
      const stack = await stackOfProject(core, project);
      const provider = stack.block && providersOf(stack.block).find((p) => p.id === id);
      if (!provider) throw failure('secrets.no-provider', { provider: id, project });
      const shown = await settingsOf(stack, stack.block);
      const url = localAddress(provider, shown);
      const reach = url === undefined ? ({ by: 'unknown' } as const) : await core.hostReach();
      const settings = Object.fromEntries(shown.map((s) => [s.name, seenFromHere(s.value, reach)]));
      const made = providerRequest(
        provider,
        {
          keys: Object.fromEntries(
            await storedValues(
              core,
              stack,
              provider.keys.map((k) => k.name),
            ),
          ),
          settings,
        },
        new Date(),
      );
      if (made.kind === 'none') throw failure('secrets.no-call', { provider: provider.title });
      if (made.kind === 'missing')
        throw failure('secrets.provider-unset', { provider: provider.title, missing: made.missing });
      if (url === undefined) return tryProvider(provider, made.request);
      return triedForContainers({ id: provider.id, title: provider.title, url }, reach, () =>
        tryProvider(provider, made.request),
      );
    },
    openProviderPage: async ({ provider }) => {
      const { page } = PROVIDERS.find((p) => p.id === provider) ?? {};
      if (page === undefined) throw failure('secrets.no-provider', { provider, project: '' });
      await openExternal(page);
      return null;
    },
  };
}

/** The address of a provider that is this machine, or by its name the engine's. */
function localAddress(provider: Provider, shown: readonly ShownSetting[]): string | undefined {
  const url = shown.find((s) => s.name === addressSetting(provider)?.name)?.value ?? '';
  return URL.canParse(url) && isLocal(url) ? url : undefined;
}

/** What a call from this machine says of a server on it: an answer here is none for containers. */
async function triedForContainers(
  at: ModelServerAt,
  reach: HostReach,
  ask: () => Promise<Tried>,
): Promise<Tried> {
  const trouble = await troubleAt(at, reach);
  if (trouble) {
    const { message, next } = say(trouble);
    return { as: 'other', words: `${message}. ${next}` };
  }
  if (reach.by === 'not')
    return { as: 'other', words: `${HOST_NAME} is the engine’s machine, where it cannot be tried from here` };
  const tried = await ask();
  if (reach.by !== 'unknown') return tried;
  return { ...tried, words: `${tried.words}; whether containers reach it cannot be told from here` };
}

function keyState(
  secret: Secret,
  { set, setAt, used }: SecretState,
  takers: ReadonlyMap<string, readonly string[]>,
  { project, asksStore }: CallInput<'keys'>,
): KeyState {
  const { name, label, scope, required, volume, unreadable, multiline } = secret;
  return {
    name,
    label,
    scope,
    required,
    isSet: set,
    isKnown: set || asksStore,
    ...(setAt !== undefined && { setAt }),
    ...(used && { used: { ...used } }),
    isBound: volume !== undefined,
    ...(unreadable !== undefined && { unreadable }),
    multiline,
    takers: scope === 'global' ? [...(takers.get(name) ?? [])] : [project],
  };
}

function providerState(
  { id, title, kind, about, page, keys, settings, call }: Provider,
  secrets: readonly KeyState[],
  shown: readonly ShownSetting[],
): ProviderState {
  const own = keys.map(({ name, label }) => ({ ...secrets.find((s) => s.name === name)!, label }));
  const its = settings.map(({ name, isNeeded = false }) => ({
    ...shown.find((s) => s.name === name)!,
    isNeeded,
  }));
  const isReady = own.every((k) => k.isSet) && its.every((s) => !s.isNeeded || s.value !== '');
  return { id, title, kind, about, page, keys: own, settings: its, canTry: call !== undefined, isReady };
}
