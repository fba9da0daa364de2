import type { Engine } from '../docker/port.ts';
import { failure } from '../errors.ts';
import type { SecretStore, State } from '../system/types.ts';
import { observeContainers } from './observe.ts';
import type { ProfileBlock } from './profile.ts';
import { secretProblem, secretsOf, type SecretOfProfile } from './profile-secrets.ts';
import type { SecretKeeper } from './secret-keeper.ts';
import type { SecretState } from './stack-types.ts';

export interface SecretEdges {
  readonly project: string;
  readonly block: ProfileBlock;
  readonly keeper: SecretKeeper;
  readonly store: () => Promise<SecretStore>;
  readonly state: State;
  readonly engine: () => Promise<Engine>;
  /** names of the stack's volumes that are there, by their key */
  readonly volumes: () => Promise<ReadonlyMap<string, string>>;
}

/** Names and whether they are set, by the ids in our state: the store is not opened. */
export function listSecrets(block: ProfileBlock, keeper: SecretKeeper): SecretState[] {
  return secretsOf(block).map((s) => ({
    name: s.name,
    label: s.label,
    scope: s.scope,
    required: s.required,
    set: keeper.idOf(s.name) !== undefined,
  }));
}

/**
 * Sets a secret of a profile. The password of a database role is changed in the running database first, so that
 * store and database never differ for long; the store is opened before, so that a locked one changes nothing. What
 * was lost from the store is supplied again without questions. Every set draws a new id: the services that take it
 * are made anew, which also heals a set that was killed.
 * @throws Failure `secrets.no-such`, `secrets.bad-value`, `secrets.confirm-unreadable`, `secrets.database-not-running`
 */
export async function setSecret(
  edges: SecretEdges,
  name: string,
  value: string,
  confirmed: string | undefined,
): Promise<void> {
  const secret = secretNamed(edges.block, name);
  const problem = secretProblem(secret, value);
  if (problem !== undefined) throw failure('secrets.bad-value', { name, problem });
  const entry = edges.keeper.entryOf(secret);
  const store = await edges.store();
  const before = await store.get(entry);
  const changes = before !== undefined && before !== value;
  const volume = changes ? await volumeOf(edges, secret) : undefined;
  if (volume !== undefined && secret.unreadable && confirmed !== name) {
    throw failure('secrets.confirm-unreadable', { name, unreadable: secret.unreadable, volume });
  }
  if (volume !== undefined && secret.role) await changeRole(edges, secret, value);
  // drawn before, so that a kill in between costs a needless recreate and not a container with the old value; and
  // after, since the `up` of another stack may have read a global key's new id and still its old value
  await edges.state.setSecretId(entry.scope, name);
  await store.set(entry, value);
  await edges.state.setSecretId(entry.scope, name);
}

/** Removes a secret from the store; false when it was not set. */
export async function unsetSecret(
  edges: SecretEdges,
  name: string,
  confirmed: string | undefined,
): Promise<boolean> {
  const secret = secretNamed(edges.block, name);
  const volume = await volumeOf(edges, secret);
  if (volume !== undefined && confirmed !== name) {
    const unreadable = secret.unreadable ?? 'the data that was made with it';
    throw failure('secrets.confirm-unreadable', { name, unreadable, volume });
  }
  const entry = edges.keeper.entryOf(secret);
  const removed = await (await edges.store()).delete(entry);
  await edges.state.unsetSecretId(entry.scope, name);
  return removed;
}

function secretNamed(block: ProfileBlock, name: string): SecretOfProfile {
  const secret = secretsOf(block).find((s) => s.name === name);
  if (!secret) throw failure('secrets.no-such', { name, known: block.secrets.map((s) => s.name) });
  return secret;
}

async function volumeOf(edges: SecretEdges, secret: SecretOfProfile): Promise<string | undefined> {
  return secret.volume === undefined ? undefined : (await edges.volumes()).get(secret.volume);
}

/**
 * `ALTER ROLE` in the database's container, over its local socket. The statement goes in over stdin: neither the
 * exec's argv nor its event shows the password (production facts, section 3).
 */
async function changeRole(edges: SecretEdges, secret: SecretOfProfile, value: string): Promise<void> {
  const { role } = secret;
  if (!role) return;
  const engine = await edges.engine();
  const containers = await observeContainers(engine, edges.project);
  const container = containers.find((c) => c.service === role.service && c.state === 'running');
  if (!container) throw failure('secrets.database-not-running', { name: secret.name, service: role.service });
  const quoted = `'${value.replaceAll("'", "''")}'`;
  // the statement itself is not logged, whatever the server's log settings are
  const sql = `SET log_statement = 'none'; SET log_min_error_statement = 'panic'; ALTER ROLE "${role.name}" PASSWORD ${quoted};\n`;
  const shell =
    'exec psql -v ON_ERROR_STOP=1 -q -X -U "${POSTGRES_USER:-postgres}" -d "${POSTGRES_DB:-postgres}"';
  const result = await engine.containers.exec(container.id, {
    cmd: ['sh', '-c', shell],
    stdin: sql,
    timeoutMs: 30_000,
  });
  if (result.exitCode === 0) return;
  const reason = result.stderr.replaceAll(value, '•••').trim();
  throw failure('secrets.role-not-changed', { name: secret.name, role: role.name, reason });
}
