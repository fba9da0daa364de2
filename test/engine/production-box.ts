/** Single containers of the production profile, so that its scripts can be tested without a whole stack. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Engine } from '../../main/docker/port.ts';
import { tarOf } from '../../main/stack/tar.ts';
import { connectTo, removeTestObjects, testPrefix } from './real-engine.ts';

const SHARED = path.join(import.meta.dirname, '..', '..', 'compose', 'shared');

/** Files that profiles share, where their compose.yaml puts them. */
const TARGETS: Readonly<Record<string, string>> = {
  'db-start.sh': '/letta-stack/db-start.sh',
  'init-vector.sql': '/docker-entrypoint-initdb.d/10-vector.sql',
  'db-done.sh': '/docker-entrypoint-initdb.d/99-done.sh',
  'server-start.sh': '/letta-stack/server-start.sh',
  'take-secrets.sh': '/letta-stack/take-secrets.sh',
  'alembic.sh': '/letta-stack/alembic.sh',
  'migration-head.py': '/letta-stack/migration-head.py',
  'check-bytecode.py': '/letta-stack/check-bytecode.py',
  'probe.sh': '/letta-stack/probe.sh',
  'sitecustomize.py': '/letta-stack/python/sitecustomize.py',
};

export const SERVER = 'letta/letta:0.16.8';
export const DATABASE = 'pgvector/pgvector:0.8.1-pg15';

export interface BoxOptions {
  readonly image: string;
  readonly entrypoint: readonly string[];
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** by path in the container, besides the profile's own */
  readonly files?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly network?: string;
  readonly alias?: string;
}

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** 32 random letters and digits, as a generated secret. */
export const canary = (): string =>
  randomBytes(32).toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, 32);

/** A workbench on the engine of the tests; what it makes carries one label and goes when it is disposed of. */
export class Workbench implements AsyncDisposable {
  readonly engine: Engine;
  readonly #test = testPrefix();
  readonly #images = new Set<string>();

  private constructor(engine: Engine) {
    this.engine = engine;
  }

  static async open(): Promise<Workbench> {
    return new Workbench(await connectTo());
  }

  async volume(name: string): Promise<string> {
    const full = `${this.#test.prefix}-${name}`;
    await this.engine.volumes.create({ Name: full, Labels: this.#test.labels });
    return full;
  }

  async network(): Promise<string> {
    const name = `${this.#test.prefix}-net`;
    await this.engine.networks.create({ Name: name, Internal: true, Labels: this.#test.labels });
    return name;
  }

  /** An image from a few Dockerfile lines, under the same tag each time it is called with the same name. */
  async image(name: string, dockerfile: string): Promise<{ ref: string; id: string }> {
    const ref = `${this.#test.prefix}-${name}:1`;
    const context = await mkdtemp(path.join(os.tmpdir(), 'letta-stack-context-'));
    try {
      const built = await this.engine.images.build({
        context,
        dockerfileInline: `${dockerfile}\nLABEL test=${ref}\n`,
        tags: [ref],
      });
      this.#images.add(built.Id);
      return { ref, id: built.Id };
    } finally {
      await rm(context, { recursive: true });
    }
  }

  /** A started container with the profile's files in it. */
  async start(options: BoxOptions): Promise<string> {
    const { engine } = this;
    const { Id } = await engine.containers.create(`${this.#test.prefix}-${canary().slice(0, 6)}`, {
      Image: options.image,
      Entrypoint: options.entrypoint,
      Cmd: options.command ?? [],
      Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
      Labels: this.#test.labels,
      HostConfig: {
        Binds: options.volumes ?? [],
        NetworkMode: options.network ?? 'none',
        Tmpfs: { '/run/letta-stack': 'exec' },
      },
      NetworkingConfig: {
        EndpointsConfig: options.network
          ? { [options.network]: options.alias ? { Aliases: [options.alias] } : {} }
          : {},
      },
    });
    await engine.containers.putArchive(Id, '/', await filesFor(options.files ?? {}));
    await engine.containers.start(Id);
    return Id;
  }

  /** Runs a container to its end. */
  async run(options: BoxOptions): Promise<Ended> {
    const id = await this.start(options);
    const exitCode = await this.engine.containers.wait(id);
    const output = { stdout: '', stderr: '' };
    for await (const { stream, data } of this.engine.containers.logs(id, {})) {
      output[stream] += Buffer.from(data).toString('utf8');
    }
    await this.engine.containers.remove(id, { force: true, volumes: true });
    return { exitCode, ...output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTestObjects(this.engine, this.#test.filters);
    for (const id of this.#images) await this.engine.images.remove(id);
    this.engine.close();
  }
}

async function filesFor(own: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const profile = await Promise.all(
    Object.entries(TARGETS).map(
      async ([name, target]) => [target, await readFile(path.join(SHARED, name))] as const,
    ),
  );
  const more = Object.entries(own).map(([target, text]) => [target, Buffer.from(text)] as const);
  return tarOf(
    [...profile, ...more].map(([target, content]) => ({
      file: { target, mode: 0o444, uid: 0, gid: 0, origin: { kind: 'configs' as const, name: target } },
      content,
    })),
  );
}
