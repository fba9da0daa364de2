import { posix } from 'node:path';
import { loadProject } from '../../../main/model/load.ts';
import { assemble, type AssembleInput } from '../../../main/stack/assemble.ts';
import type { Desired } from '../../../main/stack/desired.ts';
import { configContents, type StackSource } from '../../../main/stack/source.ts';
import { loadOptions, memoryFiles } from '../memory-files.ts';

export interface DesiredOptions extends Partial<Pick<AssembleInput, 'secretId'>> {
  readonly knownEngine?: NonNullable<Desired['knownEngine']>;
  /** files beside the Compose file, by absolute path */
  readonly files?: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
  /** what the source says beside the files: a profile and its block */
  readonly source?: Partial<StackSource>;
}

/** What a Compose file wants, through the real reading; it lies at `/p/compose.yaml`. */
export function desiredOf(yaml: string, options: DesiredOptions = {}): Desired {
  const files = memoryFiles({ '/p/compose.yaml': yaml, ...options.files });
  const profiles = options.profiles ?? [];
  const loaded = loadProject(loadOptions(files, { profiles, path: posix }));
  const source: StackSource = {
    directory: '/p',
    files: ['/p/compose.yaml'],
    envFiles: [],
    composeProfiles: profiles,
    variables: {},
    chosen: {},
    source: files,
    ...options.source,
  };
  return assemble({
    loaded,
    source,
    configs: configContents(loaded, source),
    secretId: options.secretId ?? (() => undefined),
    knownEngine: () => options.knownEngine,
  });
}
