import type { EngineState, GpuReport } from './contract.ts';
import type { ListedContext } from './docker/docker-context.ts';
import type { EngineGuide } from './docker/engine-guide.ts';
import type { Endpoint, Engine } from './docker/port.ts';
import type { AppError } from './errors.ts';
import type { Launch } from './gpu/launch.ts';
import type { GpuRequest } from './gpu/report.ts';
import type { GpuAnswer } from './stack/find-gpu.ts';
import type { ProfileBlock } from './stack/profile.ts';
import type { OperationIo, Stack, StackRef } from './stack/stack-types.ts';
import type { Finding } from './system/doctor-types.ts';
import type { HostReach } from './system/host-reach.ts';
import type { ModelServer } from './system/model-servers.ts';
import type { AskPassphrase, Folders, OpenSettings, SecretStore, State } from './system/types.ts';

/** A bundled profile as it lies beside the program. */
export interface ProfileInfo {
  readonly id: string;
  readonly file: string;
  readonly block: ProfileBlock;
}

/** What can be chosen as the engine. */
export interface EngineChoices {
  readonly contexts: readonly ListedContext[];
  /** what names the engine whatever is chosen: `DOCKER_HOST` */
  readonly wins?: string;
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
  /** told each value that comes out of a secret store or goes into it */
  readonly onSecret?: (value: string) => void;
  /** told once that the settings are broken, whoever read them */
  readonly onWarning?: (warning: AppError) => void;
  readonly version: string;
}

/** Everything the terminal and the app can ask for. */
export interface Core {
  readonly edges: CoreEdges;
  /** Connects once. @throws Failure `engine.*` that says why there is none */
  engine(): Promise<Engine>;
  /** Where the engine is that is meant now, which may be another than was connected. @throws Failure `engine.*` */
  engineMeant(): Promise<Endpoint>;
  /** As `engine`, and another one where another is meant by now: Docker's current context was switched. */
  engineAnew(): Promise<Engine>;
  /** The next who asks for the engine has new connections: those of before may have died unheard. */
  letEngineGo(): void;
  /** Tells when Docker's current context was switched; returns the way to stop. */
  watchContext(changed: () => void): () => void;
  /**
   * Connects to what the setting `engine` would name, and hangs up; undefined: what is found by itself. Of a setting
   * what the environment names is left aside, since it would answer instead.
   * @throws Failure `engine.*` that says why it does not answer
   */
  tryEngine(setting: string | undefined): Promise<EngineState>;
  /** What the setting `engine` can be, and what wins over it here. */
  engineChoices(): Promise<EngineChoices>;
  /** What to do on this machine to have an engine that answers; undefined: one does. */
  engineGuide(): Promise<EngineGuide | undefined>;
  /** Starts the product that the guide names; nothing where it names none. @throws Failure `engine.not-started` */
  startEngine(): Promise<void>;
  /**
   * Whether the engine gives a GPU to a container, and in which form: known for certain once there is an image to ask
   * with. @throws Failure `engine.*` where there is no engine, or it cannot make a container
   */
  probeGpu(): Promise<GpuAnswer>;
  profiles(): Promise<readonly ProfileInfo[]>;
  /** @throws Failure `stack.no-such-profile`, `stack.no-stack` */
  stack(ref: StackRef): Promise<Stack>;
  secretStore(): Promise<SecretStore>;
  /** How containers of the engine reach this machine; unknown where none answers. */
  hostReach(): Promise<HostReach>;
  /** Programs on this machine that serve models, and whether containers reach them. */
  modelServers(): Promise<readonly ModelServer[]>;
  /** `stops`: a project whose stack will be stopped first, so that its ports are free then */
  doctor(options: {
    ref?: StackRef;
    only?: readonly string[];
    stops?: string | undefined;
  }): Promise<readonly Finding[]>;
  /**
   * Mends what a check finds now. @throws Failure `doctor.no-repair`, `doctor.not-repaired`, and what operations throw
   */
  repair(options: { ref: StackRef; id: string; io: OperationIo }): Promise<void>;
  /**
   * This machine's graphics cards as they are now, whether vLLM will run on the engine, and which models fit. Without an
   * engine it says so; `config` is the path of a config.json, for a model that is not in the list; `launch` is how a stack
   * starts vLLM, else it is as the profile vllm is set.
   * @throws Failure `gpu.no-model`, `gpu.bad-config`
   */
  gpu(
    request?: GpuRequest & { readonly config?: string | undefined; readonly launch?: Launch },
  ): Promise<GpuReport>;
  close(): void;
}
