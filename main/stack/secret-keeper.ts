import { appError, Failure, failure } from '../errors.ts';
import { generateSecret } from '../system/secrets.ts';
import type { SecretEntry, SecretStore, SecretUse, State } from '../system/types.ts';
import type { ProfileBlock, Secret } from './profile.ts';
import { bundlesFor, entryOf, secretsOf, type SecretOfProfile } from './profile-secrets.ts';

/** The secrets of one stack: which are set, their values when a container needs them, and making them. */
export class SecretKeeper {
  readonly #block: ProfileBlock;
  readonly #project: string;
  readonly #store: () => Promise<SecretStore>;
  readonly #state: State;
  /** by name; filled by `fetch` and kept for the operation only */
  readonly #values = new Map<string, string>();
  /** ids as they were when the values were fetched: a container's label must say which value it got */
  readonly #ids = new Map<string, string | undefined>();
  /** by name; for taking secrets out of texts only, never put into a container */
  readonly #seen = new Map<string, string>();

  constructor(block: ProfileBlock, project: string, store: () => Promise<SecretStore>, state: State) {
    this.#block = block;
    this.#project = project;
    this.#store = store;
    this.#state = state;
  }

  entryOf(secret: Pick<Secret, 'name' | 'scope'>): SecretEntry {
    return entryOf(this.#project, secret);
  }

  /**
   * Random id of a secret that is set; known without opening the store. Once its value is fetched, it is the id that
   * belongs to this value, whatever was set since.
   */
  idOf(name: string): string | undefined {
    if (this.#ids.has(name)) return this.#ids.get(name);
    const secret = this.#block.secrets.find((s) => s.name === name);
    if (!secret) return undefined;
    const { scope } = this.entryOf(secret);
    return this.#state.secretId(scope, name);
  }

  /** The store that a secret was put into, where it is another one than `kind`. */
  elsewhere(name: string, kind: SecretStore['kind'] | undefined): SecretStore['kind'] | undefined {
    const secret = this.#block.secrets.find((s) => s.name === name);
    const kept = secret && this.#state.secretKeptIn(this.entryOf(secret).scope, name);
    return kind === undefined || kept === kind ? undefined : kept;
  }

  /** When a secret was set, ISO 8601. */
  setAt(name: string): string | undefined {
    const secret = this.#block.secrets.find((s) => s.name === name);
    return secret && this.#state.secretSetAt(this.entryOf(secret).scope, name);
  }

  /** The last start that went well of a stack with it. */
  usedAt(name: string): SecretUse | undefined {
    const secret = this.#block.secrets.find((s) => s.name === name);
    return secret && this.#state.secretUsed(this.entryOf(secret).scope, name);
  }

  /** Notes that these services were started with what is set of their secrets. */
  async noteUsed(services: ReadonlySet<string>): Promise<void> {
    const used = secretsOf(this.#block).filter(
      (s) => s.services.some((name) => services.has(name)) && this.idOf(s.name) !== undefined,
    );
    if (used.length > 0)
      await this.#state.noteSecretsUsed(
        this.#project,
        used.map((s) => this.entryOf(s)),
      );
  }

  /**
   * Makes sure that every required secret is set or may be made. `volumes` are the names of the volumes that are
   * there, by their key. Opens the store only when an id is not known, or a volume is not there whose secret has one.
   * Ids of what the store has are noted, and with `readOnly` (a plan) only drawn for this keeper.
   * @throws Failure `stack.secret-missing`: a volume is there and its secret is not; it is never made then.
   */
  async settle(volumes: ReadonlyMap<string, string>, options: { readOnly?: boolean } = {}): Promise<void> {
    await this.#forgetLost(volumes);
    await this.#findElsewhere(options);
    const unknown = secretsOf(this.#block).filter((s) => this.idOf(s.name) === undefined);
    const required = unknown.filter((s) => s.required);
    if (required.length === 0) return;
    const store = await this.#store();
    const found: SecretOfProfile[] = [];
    const missing = [];
    for (const secret of required) {
      // set by another installation, or by a run that was killed before it noted the id
      if ((await store.get(this.entryOf(secret))) !== undefined) found.push(secret);
      else {
        const volume = secret.volume === undefined ? undefined : volumes.get(secret.volume);
        if (secret.generated && volume === undefined) continue;
        missing.push({
          name: secret.name,
          services: secret.services,
          ...(volume !== undefined && { volume }),
          ...this.#keptIn(secret.name, store),
        });
      }
    }
    if (missing.length > 0) throw new Failure(missing.map((data) => appError('stack.secret-missing', data)));
    if (found.length === 0) return;
    // our state was lost: what is optional was set as well, and would be left out in silence
    for (const secret of unknown.filter((s) => !s.required))
      if ((await store.get(this.entryOf(secret))) !== undefined) found.push(secret);
    await this.#note(found, store, options);
  }

  async #note(
    found: readonly SecretOfProfile[],
    { kind }: SecretStore,
    { readOnly = false }: { readOnly?: boolean },
  ): Promise<void> {
    for (const secret of found) {
      const { scope, name } = this.entryOf(secret);
      const id = readOnly
        ? crypto.randomUUID()
        : await this.#state.setSecretId(scope, name, { found: true, store: kind });
      this.#ids.set(name, id);
    }
  }

  /**
   * The settings name another store than the one into which a secret was put: what this one has may be another value,
   * so it gets an id of its own. What it does not have is missing only once it is needed.
   */
  async #findElsewhere(options: { readOnly?: boolean }): Promise<void> {
    const noted = secretsOf(this.#block).filter((s) => {
      const { scope, name } = this.entryOf(s);
      return this.#state.secretKeptIn(scope, name) !== undefined;
    });
    if (noted.length === 0) return;
    const store = await this.#store();
    const others = noted.filter((s) => this.elsewhere(s.name, store.kind));
    const found: SecretOfProfile[] = [];
    for (const secret of others)
      if ((await store.get(this.entryOf(secret))) !== undefined) found.push(secret);
    await this.#note(found, store, options);
  }

  #keptIn(name: string, { kind }: SecretStore): { keptIn?: SecretStore['kind'] } {
    const keptIn = this.elsewhere(name, kind);
    return keptIn === undefined ? {} : { keptIn };
  }

  /**
   * A generated secret whose volume is not there counts as set only when the store has it: an id in our state may be
   * all that is left of both (volumes deleted, a new keychain), and nothing needs the value that it had.
   */
  async #forgetLost(volumes: ReadonlyMap<string, string>): Promise<void> {
    const unneeded = this.#block.secrets.filter(
      ({ name, generated, volume }) =>
        generated && volume !== undefined && !volumes.has(volume) && this.idOf(name) !== undefined,
    );
    if (unneeded.length === 0) return;
    const store = await this.#store();
    for (const secret of unneeded)
      if ((await store.get(this.entryOf(secret))) === undefined) this.#ids.set(secret.name, undefined);
  }

  /** Makes secrets: written, read back, then noted. */
  async generate(names: readonly string[]): Promise<void> {
    const store = await this.#store();
    for (const name of names) {
      const secret = this.#block.secrets.find((s) => s.name === name)!;
      const entry = this.entryOf(secret);
      // never over one that is there: something may have been made with it
      const value = (await store.get(entry)) ?? generateSecret();
      await store.set(entry, value);
      this.#ids.set(name, await this.#state.setSecretId(entry.scope, name, { store: store.kind }));
      this.#values.set(name, value);
    }
  }

  /**
   * Gets the values that these services take.
   * @throws Failure `secrets.*` when the store cannot be opened; `stack.secret-missing` when an entry is gone.
   */
  async fetch(services: readonly string[], except: ReadonlySet<string> = new Set()): Promise<void> {
    const taken = secretsOf(this.#block).filter(
      (s) => s.services.some((name) => services.includes(name)) && !except.has(s.name),
    );
    // before the values: one that is set in between then counts as changed, and its services are made anew
    for (const { name } of taken) this.#ids.set(name, this.idOf(name));
    const wanted = taken.filter((s) => this.idOf(s.name) !== undefined && !this.#values.has(s.name));
    if (wanted.length === 0) return;
    const store = await this.#store();
    for (const secret of wanted) {
      const value = await store.get(this.entryOf(secret));
      if (value === undefined) {
        throw failure('stack.secret-missing', {
          name: secret.name,
          services: secret.services,
          ...this.#keptIn(secret.name, store),
        });
      }
      this.#values.set(secret.name, value);
    }
  }

  /**
   * Gets every value that the store gives, to take them out of texts: what is missing is no error, and nothing of it
   * reaches a container. @throws Failure `secrets.*` when the store cannot be opened
   */
  async fetchToRedact(): Promise<void> {
    const store = await this.#store();
    for (const secret of this.#block.secrets) {
      if (this.#values.has(secret.name) || this.#seen.has(secret.name)) continue;
      const value = await store.get(this.entryOf(secret));
      if (value !== undefined) this.#seen.set(secret.name, value);
    }
  }

  /**
   * Makes sure that these services get every required secret: none is made without its volume, which the services
   * chosen for an `up` may not have. @throws Failure `stack.secret-missing`
   */
  require(services: readonly string[], made: ReadonlySet<string>): void {
    const missing = secretsOf(this.#block).filter(
      (s) =>
        s.required &&
        s.services.some((name) => services.includes(name)) &&
        this.idOf(s.name) === undefined &&
        !made.has(s.name),
    );
    if (missing.length === 0) return;
    throw new Failure(
      missing.map(({ name, services: of }) => appError('stack.secret-missing', { name, services: of })),
    );
  }

  /** Bundles by variable, of the values fetched so far. */
  bundles(): Readonly<Record<string, string>> {
    return bundlesFor(this.#block, Object.fromEntries(this.#values));
  }

  /** What must not be seen in logs and error texts: the values fetched so far. */
  values(): readonly string[] {
    return [...this.#values.values(), ...this.#seen.values()];
  }
}
