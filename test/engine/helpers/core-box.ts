/** A core of its own for a test: its folders, its project names, and everything it made goes with it. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createCore } from '../../../main/core.ts';
import type { Core } from '../../../main/core-types.ts';
import type { Engine } from '../../../main/docker/port.ts';
import type { Stack, StackRef } from '../../../main/stack/stack-types.ts';
import { folders, openFolders } from '../../../main/system/paths.ts';
import { openSettings } from '../../../main/system/settings.ts';
import { confStore } from '../../../main/system/settings-conf.ts';
import { openState } from '../../../main/system/state.ts';
import type { SecretEntry } from '../../../main/system/types.ts';
import { theEngine } from '../../setup/lab.ts';
import { removeProjects } from './objects.ts';

export const ROOT = path.join(import.meta.dirname, '..', '..', '..');
/** Has the light stack as a bundled profile named `light-stack`. */
export const FIXTURES = path.join(ROOT, 'test', 'fixtures');
export const LIGHT_FILE = path.join(FIXTURES, 'light-stack', 'compose.yaml');
/** The bundled profiles. */
export const PROFILES = path.join(ROOT, 'compose');

export interface CoreOptions {
  /** LETTA_STACK_HOME */
  readonly home: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly profilesFolder?: string;
  /** `--host` */
  readonly host?: string;
}

/** A core as the terminal makes it, with all of its folders in `home`. */
export function makeCore(options: CoreOptions): Core {
  const env = { ...process.env, ...options.env, LETTA_STACK_HOME: options.home };
  const around = { env, home: os.homedir(), platform: process.platform, uid: process.getuid?.() ?? 0 };
  const ours = openFolders(folders({ ...around, isFolder: () => true }));
  const state = openState(ours);
  return createCore({
    env,
    platform: process.platform,
    home: os.homedir(),
    ...(options.host !== undefined && { host: options.host }),
    profilesFolder: options.profilesFolder ?? FIXTURES,
    folders: ours,
    state,
    settings: openSettings(confStore(ours.config), ours, state),
    version: '0.0.0-test',
  });
}

/** A port that was free just now on 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A core and what belongs to it; everything goes when it is disposed of. */
export interface CoreBox extends AsyncDisposable {
  /** LETTA_STACK_HOME of `core` */
  readonly home: string;
  /** begins every project's name */
  readonly prefix: string;
  readonly core: Core;
  readonly engine: Engine;
  /** a temporary folder outside `home` */
  readonly folder: string;
  project(name: string): string;
  /** The stack `ref` of `core`; its own secrets are deleted with the box. */
  stackFor(ref: Omit<StackRef, 'directory'> & { project: string }): Promise<Stack>;
  /** The light stack as a bundled profile, with these settings kept for it (by variable). */
  light(project: string, variables?: Readonly<Record<string, string>>): Promise<Stack>;
  /** An entry of the keychain to delete with the box. */
  forget(entry: SecretEntry): void;
}

/** Opens a box: `await using box = await openBox()`, or closed in afterAll. */
export async function openBox(options: Partial<CoreOptions> = {}): Promise<CoreBox> {
  const prefix = `t-${randomBytes(4).toString('hex')}`;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'letta-stack-box-'));
  const home = options.home ?? path.join(folder, 'home');
  const core = makeCore({ host: theEngine().host, ...options, home });
  const engine = await core.engine();
  const entries = new Map<string, SecretEntry>();
  const forget = (entry: SecretEntry): void => void entries.set(`${entry.scope}/${entry.name}`, entry);

  const stackFor: CoreBox['stackFor'] = async (ref) => {
    const stack = await core.stack({ directory: folder, ...ref });
    for (const { name, scope } of stack.block?.secrets ?? []) {
      if (scope === 'stack') forget({ scope: ref.project, name });
    }
    return stack;
  };

  return {
    home,
    prefix,
    core,
    engine,
    folder,
    forget,
    project: (name) => `${prefix}-${name}`,
    stackFor,
    light: async (project, variables) => {
      if (variables) await choose(core, project, { profile: 'light-stack', variables });
      return stackFor({ profile: 'light-stack', project });
    },
    [Symbol.asyncDispose]: async () => {
      await removeProjects(engine, prefix);
      const store = await core.secretStore();
      for (const entry of entries.values()) await store.delete(entry);
      core.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Keeps settings for a stack, as `letta-stack settings set` does: those that were chosen before stay. */
export async function choose(
  core: Core,
  project: string,
  stack: { profile?: string; files?: readonly string[]; variables: Readonly<Record<string, string>> },
): Promise<void> {
  await core.edges.settings.update((s) => {
    const variables = { ...s.stacks[project]?.variables, ...stack.variables };
    return { ...s, stacks: { ...s.stacks, [project]: { ...stack, variables } } };
  });
}
