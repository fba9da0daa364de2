import type { Core } from './core-types.ts';
import { failure } from './errors.ts';
import { readKey, type ReadKey } from './key-shape.ts';
import { addressSetting, providerOfKey } from './providers.ts';
import { entryOf, noSuchSecret } from './stack/profile-secrets.ts';
import { shownSettings, stackSettingsOf } from './stack/stack-settings.ts';
import type { SecretState, Stack } from './stack/stack-types.ts';

/** Reads a key that was given for a stack, whose settings may have it go to an address of the user's own. */
export async function readKeyFor(core: Core, stack: Stack, name: string, text: string): Promise<ReadKey> {
  const { settings } = await core.edges.settings.read();
  const shown = shownSettings(stack.block, stackSettingsOf(settings, stack.project)?.variables ?? {});
  const { provider } = providerOfKey(name) ?? {};
  const setting = provider?.address?.url === undefined ? undefined : addressSetting(provider)?.name;
  return readKey(name, text, setting !== undefined && shown.some((s) => s.name === setting && s.changed));
}

/**
 * What the store has of these secrets of a stack, by name; for none of them it stays closed.
 * @throws Failure `secrets.*` when the store cannot be opened
 */
export async function storedValues(
  core: Core,
  { project, block }: Stack,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  if (names.length === 0) return values;
  const store = await core.secretStore();
  for (const name of names) {
    const scope = block?.secrets.find((s) => s.name === name)?.scope ?? 'stack';
    const value = await store.get(entryOf(project, { name, scope }));
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

/**
 * The secrets of a stack, set where our state says so or the store has them: another installation may have set what
 * the state does not know, or the state was lost.
 * @throws Failure `secrets.*` when the store cannot be opened
 */
export async function secretsInStore(core: Core, stack: Stack): Promise<readonly SecretState[]> {
  const states = await stack.secrets();
  const unknown = states.filter((s) => !s.set).map((s) => s.name);
  const found = await storedValues(core, stack, unknown);
  return states.map((s) => ({ ...s, set: s.set || found.has(s.name) }));
}

/**
 * The value of a secret as it is in the store.
 * @throws Failure `cli.secret-not-set`, `secrets.no-such`, and what the store throws
 */
export async function secretValue(core: Core, stack: Stack, name: string): Promise<string> {
  const states = await stack.secrets();
  if (states.every((s) => s.name !== name))
    throw noSuchSecret(
      name,
      states.map((s) => s.name),
    );
  const value = (await storedValues(core, stack, [name])).get(name);
  if (value === undefined) throw failure('cli.secret-not-set', { name });
  return value;
}
