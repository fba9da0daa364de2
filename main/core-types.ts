import type { Engine } from './docker/port.ts';
import type { AppError } from './errors.ts';
import type { ProfileBlock } from './stack/profile.ts';
import type { Stack, StackRef } from './stack/stack-types.ts';
import type {
  AskPassphrase,
  CheckCategory,
  Finding,
  Folders,
  OpenSettings,
  SecretStore,
  State,
} from './system/types.ts';

/** A bundled profile as it lies beside the program. */
export interface ProfileInfo {
  readonly id: string;
  readonly file: string;
  readonly block: ProfileBlock;
}

/** What the core is made of; the terminal and the app pass their own. */
export interface CoreEdges {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** `--host` and `--context` */
  readonly host?: string;
  readonly context?: string;
  /** folder with one folder a bundled profile */
  readonly profilesFolder: string;
  readonly folders: Folders;
  readonly settings: OpenSettings;
  readonly state: State;
  /** absent where nobody can be asked */
  readonly askPassphrase?: AskPassphrase;
  /** told once that the settings are broken, whoever read them */
  readonly onWarning?: (warning: AppError) => void;
  readonly version: string;
}

/** Everything the terminal and the app can ask for. */
export interface Core {
  readonly edges: CoreEdges;
  /** Connects once. @throws Failure `engine.*` that says why there is none */
  engine(): Promise<Engine>;
  profiles(): Promise<readonly ProfileInfo[]>;
  /** @throws Failure `stack.no-such-profile`, `stack.no-stack` */
  stack(ref: StackRef): Promise<Stack>;
  secretStore(): Promise<SecretStore>;
  doctor(options: {
    ref?: StackRef;
    only?: readonly string[];
    category?: CheckCategory;
  }): Promise<readonly Finding[]>;
  close(): void;
}
