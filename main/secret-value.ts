import type { Core } from './core-types.ts';
import { failure } from './errors.ts';
import type { Stack } from './stack/stack-types.ts';

/**
 * The value of a secret as it is in the store.
 * @throws Failure `cli.secret-not-set`, `secrets.no-such`, and what the store throws
 */
export async function secretValue(core: Core, stack: Stack, name: string): Promise<string> {
  const states = await stack.secrets();
  const secret = states.find((s) => s.name === name);
  if (!secret) throw failure('secrets.no-such', { name, known: states.map((s) => s.name) });
  const store = await core.secretStore();
  const value = await store.get({ scope: secret.scope === 'global' ? 'global' : stack.project, name });
  if (value === undefined) throw failure('cli.secret-not-set', { name });
  return value;
}
