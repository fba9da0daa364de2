import { createHash } from 'node:crypto';
import type { PlatformPath } from 'node:path';
import { failure } from '../errors.ts';
import type { Endpoint } from './port.ts';

/** What of the file system the choice of an engine asks. */
export interface ContextFiles {
  /** undefined when there is no such file */
  readText(file: string): Promise<string | undefined>;
  /** names in a folder; none when there is no such folder */
  names(folder: string): Promise<readonly string[]>;
}

/** The parts of a context's `meta.json`. */
interface ContextMeta {
  readonly Name: string;
  readonly Endpoints?: { readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean } };
}

/** A Docker context's engine. */
export interface ContextEngine {
  readonly host: string;
  readonly tls?: NonNullable<Endpoint['tls']>;
}

/** A context as a list shows it. */
export interface ListedContext {
  readonly name: string;
  readonly host?: string;
  /** why it cannot be used */
  readonly problem?: string;
}

/**
 * The Docker CLI's contexts (docker/cli cli/context/store): each lies in folders that are named after the SHA-256 of
 * its name, `contexts/meta/<id>/meta.json` and `contexts/tls/<id>/docker/{ca,cert,key}.pem`.
 */
export class DockerContexts {
  private readonly folder: string;
  private readonly files: ContextFiles;
  private readonly paths: PlatformPath;

  constructor(configDir: string, files: ContextFiles, paths: PlatformPath) {
    this.folder = configDir;
    this.files = files;
    this.paths = paths;
  }

  /** Names the current context, and may not be there. */
  get configFile(): string {
    return this.paths.join(this.folder, 'config.json');
  }

  /** `currentContext` of config.json; a config that cannot be read names none (its reader for credentials says why). */
  async current(): Promise<string | undefined> {
    try {
      const text = await this.files.readText(this.configFile);
      const { currentContext } = JSON.parse(text ?? '{}') as { currentContext?: unknown };
      return typeof currentContext === 'string' && currentContext !== '' ? currentContext : undefined;
    } catch {
      return undefined;
    }
  }

  /** Throws `engine.context-unknown` and `engine.bad-context`. */
  async read(name: string): Promise<ContextEngine> {
    const id = createHash('sha256').update(name).digest('hex');
    const file = this.paths.join(this.folder, 'contexts', 'meta', id, 'meta.json');
    const text = await this.files.readText(file).catch((e: unknown) => unreadable(name, file, e));
    if (text === undefined) throw failure('engine.context-unknown', { name, known: await this.names() });
    const docker = parseMeta(text, name, file).Endpoints?.docker;
    if (!docker?.Host)
      throw failure('engine.bad-context', { name, file, reason: 'it names no Docker engine' });
    const folder = this.paths.join(this.folder, 'contexts', 'tls', id, 'docker');
    const tls = await readTls(folder, this.files, this.paths).catch((e: unknown) =>
      unreadable(name, folder, e),
    );
    const skipVerify = docker.SkipTLSVerify === true;
    return {
      host: docker.Host,
      ...((tls || skipVerify) && { tls: { ...tls, ...(skipVerify && { skipVerify }) } }),
    };
  }

  /** Every context beside `default`, by name; one that cannot be read is listed with the reason. */
  async list(): Promise<readonly ListedContext[]> {
    const folder = this.paths.join(this.folder, 'contexts', 'meta');
    const found: ListedContext[] = [];
    for (const id of await this.files.names(folder)) {
      const file = this.paths.join(folder, id, 'meta.json');
      try {
        const text = await this.files.readText(file);
        if (text === undefined) continue;
        const { Name, Endpoints } = parseMeta(text, id, file);
        const host = Endpoints?.docker?.Host;
        found.push({ name: Name, ...(host ? { host } : { problem: 'it names no Docker engine' }) });
      } catch (e) {
        found.push({ name: id, problem: (e as Error).message });
      }
    }
    return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  private async names(): Promise<readonly string[]> {
    return ['default', ...(await this.list()).map((c) => c.name)].toSorted();
  }
}

/** `ca.pem`, `cert.pem` and `key.pem` of a folder, as far as they are there. */
export async function readTls(
  folder: string,
  files: ContextFiles,
  paths: PlatformPath,
): Promise<Endpoint['tls'] | undefined> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => files.readText(paths.join(folder, name))),
  );
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

function parseMeta(text: string, name: string, file: string): ContextMeta {
  try {
    return JSON.parse(text) as ContextMeta;
  } catch (e) {
    return unreadable(name, file, e);
  }
}

function unreadable(name: string, file: string, e: unknown): never {
  throw failure('engine.bad-context', { name, file, reason: (e as Error).message }, e);
}
