import type { Engine } from '../docker/port.ts';
import { appError, failure, type AppError } from '../errors.ts';
import type { SecretStore, State } from '../system/types.ts';
import { observeContainers } from './observe.ts';
import type { ProfileBlock } from './profile.ts';
import { noSuchSecret, secretProblem, secretsOf, type SecretOfProfile } from './profile-secrets.ts';
import { isShortPassword, LEAST_PASSWORD, passwordWord } from './stack-keys.ts';
import type { SecretKeeper } from './secret-keeper.ts';
import type { SecretState } from './stack-types.ts';
import { superuserSql } from './superuser.ts';

export interface SecretEdges {
  readonly project: string;
  readonly block: ProfileBlock;
  readonly keeper: SecretKeeper;
  readonly store: () => Promise<SecretStore>;
  readonly state: State;
  readonly engine: () => Promise<Engine>;
  /** names of the stack's volumes that are there, by their key */
  readonly volumes: () => Promise<ReadonlyMap<string, string>>;
  /** the engine's name of a volume, by its key */
  readonly volumeName: (key: string) => string;
}

/** Where the data is that a secret was made with. */
type Data =
  | { readonly at: 'none' }
  | { readonly at: 'here'; readonly volume: string }
  /** `engine` holds it, by what our state says, and is not the one that answers */
  | { readonly at: 'elsewhere'; readonly volume: string; readonly engine: string }
  /** no engine answers, and our state knows of none */
  | { readonly at: 'unknown'; readonly cause: unknown };

/** Names and whether they are set in the store of this kind, by the ids in our state: the store is not opened. */
export function listSecrets(
  block: ProfileBlock,
  keeper: SecretKeeper,
  kind: SecretStore['kind'] | undefined,
): SecretState[] {
  return secretsOf(block).map((s) => {
    const elsewhere = keeper.elsewhere(s.name, kind);
    const [set, setAt, used] = [
      keeper.idOf(s.name) !== undefined && elsewhere === undefined,
      keeper.setAt(s.name),
      keeper.usedAt(s.name),
    ];
    return {
      name: s.name,
      label: s.label,
      scope: s.scope,
      required: s.required,
      set,
      ...(elsewhere && { elsewhere }),
      ...(set && setAt !== undefined && { setAt }),
      ...(set && used && { used }),
    };
  });
}

/**
 * Sets a secret of a profile. The password of a database role is changed in the running database first, so that
 * store and database never differ for long; the store is opened before, so that a locked one changes nothing. What
 * was lost from the store is supplied again without questions; the running database is told of it all the same, since
 * nobody knows whether it is what it was. Every set draws a new id: the services that take it are made anew, which
 * also heals a set that was killed.
 * @param isInUse it was not chosen now: a stack has it, and a password of the server may be short then
 * @returns what the user should know of it
 * @throws Failure `secrets.no-such`, `secrets.bad-value`, `secrets.short-password`, `secrets.confirm-unreadable`,
 * `secrets.database-not-running`, `secrets.database-elsewhere`; `engine.*` when a value that is there would change and
 * nobody knows whether there is data
 */
export async function setSecret(
  edges: SecretEdges,
  name: string,
  value: string,
  confirmed: string | undefined,
  isInUse = false,
): Promise<readonly AppError[]> {
  const secret = secretNamed(edges.block, name);
  const problem = secretProblem(secret, value);
  const isShort = !isInUse && isShortPassword(edges.block, name, value);
  // that it is too short says more
  if (problem !== undefined && !isShort) throw failure('secrets.bad-value', { name, problem });
  const entry = edges.keeper.entryOf(secret);
  const store = await edges.store();
  const before = await store.get(entry);
  if (isShort && before !== value) {
    const word = passwordWord(edges.block);
    throw failure('secrets.short-password', { name, least: LEAST_PASSWORD, word });
  }
  // one that another store has is a value, too, and nobody knows which
  const isElsewhere = edges.keeper.elsewhere(name, store.kind) !== undefined;
  const changes = before === undefined ? isElsewhere : before !== value;
  const data: Data = changes || secret.role ? await dataOf(edges, secret) : { at: 'none' };
  if (changes) requireConfirmed(data, secret, secret.unreadable, confirmed);
  const told = await tellDatabase(edges, secret, value, { data, changes });
  // drawn before, so that a kill in between costs a needless recreate and not a container with the old value; and
  // after, since the `up` of another stack may have read a global key's new id and still its old value
  await edges.state.setSecretId(entry.scope, name, { store: store.kind });
  await store.set(entry, value);
  await edges.state.setSecretId(entry.scope, name, { store: store.kind });
  if (!secret.role || told || before !== undefined || data.at === 'none') return [];
  return [appError('secrets.password-untold', { name, service: secret.role.service })];
}

/**
 * Gives a database role the password that is stored for it, in the running database; nothing else changes.
 * @throws Failure `secrets.no-such`, `cli.secret-not-set`, `secrets.database-not-running`,
 * `secrets.database-elsewhere`, `secrets.role-not-changed`
 */
export async function restoreRole(edges: SecretEdges, name: string): Promise<void> {
  const secret = secretNamed(edges.block, name);
  const value = await (await edges.store()).get(edges.keeper.entryOf(secret));
  if (value === undefined) throw failure('cli.secret-not-set', { name });
  const data = await dataOf(edges, secret);
  await tellDatabase(edges, secret, value, { data, changes: true });
}

/**
 * Removes a secret from the store; false when it was not set.
 * @throws Failure `secrets.no-such`, `secrets.confirm-unreadable`; `engine.*` when nobody knows whether there is data
 */
export async function unsetSecret(
  edges: SecretEdges,
  name: string,
  confirmed: string | undefined,
): Promise<boolean> {
  const secret = secretNamed(edges.block, name);
  const unreadable = secret.unreadable ?? 'the data that was made with it';
  requireConfirmed(await dataOf(edges, secret), secret, unreadable, confirmed);
  const entry = edges.keeper.entryOf(secret);
  const removed = await (await edges.store()).delete(entry);
  await edges.state.unsetSecretId(entry.scope, name);
  return removed;
}

/** What would make data `unreadable` wants the secret's name typed. */
function requireConfirmed(
  data: Data,
  { name }: SecretOfProfile,
  unreadable: string | undefined,
  confirmed: string | undefined,
): void {
  if (data.at === 'unknown') throw data.cause;
  if (data.at === 'none' || unreadable === undefined || confirmed === name) return;
  throw failure('secrets.confirm-unreadable', {
    name,
    unreadable,
    volume: data.volume,
    ...(data.at === 'elsewhere' && { engine: data.engine }),
  });
}

function secretNamed(block: ProfileBlock, name: string): SecretOfProfile {
  const secret = secretsOf(block).find((s) => s.name === name);
  if (!secret)
    throw noSuchSecret(
      name,
      block.secrets.map((s) => s.name),
    );
  return secret;
}

/**
 * Where a secret's data is. The engine that answers need not be the one that the stack ran on: data that lies
 * elsewhere is still there.
 */
async function dataOf(edges: SecretEdges, secret: SecretOfProfile): Promise<Data> {
  if (secret.volume === undefined) return { at: 'none' };
  const ran = edges.state.engineOf(edges.project);
  let answers: string | undefined;
  try {
    answers = (await edges.engine()).info.id;
  } catch (cause) {
    if (!ran) return { at: 'unknown', cause };
  }
  if (ran && ran.id !== answers) {
    return { at: 'elsewhere', volume: edges.volumeName(secret.volume), engine: ran.name };
  }
  const volume = (await edges.volumes()).get(secret.volume);
  return volume === undefined ? { at: 'none' } : { at: 'here', volume };
}

/**
 * Gives a database role its password; whether it has it now. Where the value in the store does not change, it may be
 * that nobody can be told.
 * @throws Failure `secrets.database-not-running`, `secrets.database-elsewhere`, `secrets.role-not-changed`
 */
async function tellDatabase(
  edges: SecretEdges,
  { name, role }: SecretOfProfile,
  value: string,
  { data, changes }: { readonly data: Data; readonly changes: boolean },
): Promise<boolean> {
  if (!role || data.at === 'none') return false;
  if (data.at === 'here') {
    const engine = await edges.engine();
    const containers = await observeContainers(engine, edges.project);
    const database = containers.find((c) => c.service === role.service && c.state === 'running');
    if (database) {
      await changeRole(engine, database.id, name, role, value);
      return true;
    }
  }
  if (!changes) return false;
  if (data.at === 'elsewhere') {
    throw failure('secrets.database-elsewhere', { name, service: role.service, engine: data.engine });
  }
  throw failure('secrets.database-not-running', { name, service: role.service });
}

/**
 * `ALTER ROLE` in the database's container, over its local socket, which asks for no password. The statement goes in
 * over stdin: neither the exec's argv nor its event shows the password (production facts, section 3).
 */
async function changeRole(
  engine: Engine,
  container: string,
  secret: string,
  { name: role, service }: NonNullable<SecretOfProfile['role']>,
  value: string,
): Promise<void> {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  // the statement itself is not logged, whatever the server's log settings are
  const sql = `SET log_statement = 'none'; SET log_min_error_statement = 'panic'; ALTER ROLE "${role}" PASSWORD ${quoted};\n`;
  const result = await engine.containers.exec(container, {
    // data that another installation made may have the role itself for its superuser, and no other
    cmd: superuserSql(role),
    stdin: sql,
    timeoutMs: 30_000,
  });
  if (result.exitCode === 0) return;
  const reason = result.stderr.replaceAll(value, '•••').trim();
  throw failure('secrets.role-not-changed', { name: secret, role, service, reason });
}
