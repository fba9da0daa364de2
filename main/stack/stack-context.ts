import type { Engine } from '../docker/port.ts';
import type { HostReach } from '../system/host-reach.ts';
import type { Ends } from './ends.ts';
import { isThere } from './host-places.ts';
import { newSources } from './left-folders.ts';
import type { Observed } from './observed.ts';
import { makeReady, volumesByKey, type Ready, type ReadyEdges } from './ready.ts';
import { observeFor } from './run-plan.ts';
import { SecretKeeper } from './secret-keeper.ts';
import type { ProfileBlock } from './profile.ts';
import { appliedBlock, appliedSource, isBlockRead, type FilesNow, type StackSource } from './source.ts';

export interface StackEdges extends ReadyEdges {
  readonly engine: () => Promise<Engine>;
  readonly runtimeFolder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly mirror?: string;
  /** how containers of the engine reach this machine */
  readonly hostReach: () => Promise<HostReach>;
  /** who ended which containers of a project, as far as was heard; one for as long as the core lives */
  readonly endsOf: (engineId: string, project: string) => Ends;
  /** called before anything is changed. @throws Failure `settings.refused` when defaults stand for broken settings */
  readonly requireSettings: () => Promise<void>;
  /** whether settings or state have anything of the stack */
  readonly isKnown: (project: string) => Promise<boolean>;
  /** takes the stack out of state and settings. @throws Failure `settings.refused` when those are broken by now */
  readonly forget: (project: string) => Promise<void>;
  /**
   * The settings remember the stack when an `up` begins, and as the current one when it went well: that they cannot then
   * is told as a warning.
   */
  readonly remember: (project: string, source: StackSource, went: 'begun' | 'well') => Promise<void>;
}

/** What everything that is done with one stack stands on. */
export interface StackContext {
  readonly edges: StackEdges;
  readonly project: string;
  /** its files as they are now */
  readonly files: FilesNow;
  /** what they say of themselves; what was applied says it where they cannot be understood. @throws Failure */
  block(): ProfileBlock | undefined;
  /** the model of the files as they are now. @throws Failure with every problem of reading */
  ready(): Ready;
  /** the model that was applied; of the files as they are now where nothing was */
  running(): Ready;
  /** the same, undefined when it cannot be read (a variable is gone, an env file was removed) */
  tryRunning(): Ready | undefined;
  /** secrets of the block. @throws Failure as `block` */
  keeper(): SecretKeeper | undefined;
  /** what the engine has; secrets are settled against the volumes that are there. A plan notes nothing. */
  settled(engine: Engine, all: Ready, options?: { readOnly?: boolean }): Promise<Observed>;
}

/** Opens the context of a stack; nothing is read yet. */
export function stackContext(edges: StackEdges, project: string, files: FilesNow): StackContext {
  const ready = (): Ready => makeReady(edges, project, files.source());
  const running = (): Ready => {
    const applied = edges.state.applied(project);
    return applied ? makeReady(edges, project, appliedSource(applied, edges.disk, edges.env)) : ready();
  };
  const block = (): ProfileBlock | undefined => {
    const applied = edges.state.applied(project);
    if (!applied) return files.block();
    try {
      const own = files.block();
      if (own || isBlockRead(files)) return own;
    } catch {
      // what was applied says it
    }
    return appliedBlock(applied, edges.disk);
  };
  return {
    edges,
    project,
    files,
    block,
    ready,
    running,
    tryRunning: () => {
      try {
        return running();
      } catch {
        return undefined; // the labels of the containers are enough for what asks here
      }
    },
    keeper: () => {
      const known = block();
      return known && new SecretKeeper(known, project, edges.secretStore, edges.state);
    },
    settled: async (engine, all, options = {}) => {
      const observed = await observeFor(engine, all.desired);
      await all.keeper?.settle(volumesByKey(all.desired, observed), options);
      if (!engine.capabilities.hostPaths) return observed;
      const sources = newSources(all.desired.services, observed.containers);
      return { ...observed, absent: new Set(sources.filter((path) => !isThere(edges.disk, path))) };
    },
  };
}
