import type { Healthcheck, Labels, MountPoint } from '../docker/port.ts';

/** One container of a project as the engine has it now. */
export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  /** the CLI's container-number, 1-based */
  readonly number: number;
  readonly oneoff: boolean;
  /** created, running, paused, restarting, removing, exited, dead */
  readonly state: string;
  /** starting, healthy, unhealthy; undefined without a health check */
  readonly health?: string;
  readonly healthOutput?: string;
  readonly healthcheck?: Healthcheck;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** whether somebody asked for its end, by a stop or kill; only who listened to the engine knows */
  readonly ended?: 'asked' | 'itself';
  readonly error: string;
  /** created and never started: its files must be put in (again) before the first start */
  readonly neverStarted: boolean;
  readonly restarts: number;
  /** of these, those before it had come up: what ended it later is no part of that loop */
  readonly restartsHeld?: number;
  /** Docker restarts it by itself */
  readonly restartPolicy: string;
  /** ISO 8601 */
  readonly createdAt: string;
  readonly startedAt: string;
  readonly labels: Labels;
  /** image id it was created from */
  readonly imageId: string;
  readonly image: string;
  /** networks it is attached to; `id` is empty until it was started once */
  readonly networks: readonly { readonly name: string; readonly id: string }[];
  readonly networkMode: string;
  readonly mounts: readonly MountPoint[];
  readonly ports: readonly { address: string; published: number; target: number; protocol: string }[];
}

export interface ObservedNetwork {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  /** names of running containers on it, other projects' too */
  readonly users?: readonly string[];
}

export interface ObservedVolume {
  readonly name: string;
  readonly driver: string;
  readonly options: Labels;
  readonly labels: Labels;
  /** ISO 8601, where the engine tells */
  readonly createdAt?: string;
  /** bytes; only where it was asked for */
  readonly size?: number;
}

export interface ObservedImage {
  readonly id: string;
  /** bytes */
  readonly size: number;
  /** paths of the image's own `VOLUME`s */
  readonly volumes: readonly string[];
  /** the image's own health check, absent when it has none */
  readonly healthcheck?: Healthcheck;
}

/** What an engine has of one project; facts only, nothing decided. */
export interface Observed {
  readonly engineId: string;
  readonly engineName: string;
  readonly containers: readonly ObservedContainer[];
  /** by network name; several may share one */
  readonly networks: ReadonlyMap<string, readonly ObservedNetwork[]>;
  readonly volumes: ReadonlyMap<string, ObservedVolume>;
  /** by reference as the file writes it */
  readonly images: ReadonlyMap<string, ObservedImage>;
  /** folders and files that are to be mounted anew and are not there; undefined where they cannot be looked for */
  readonly absent?: ReadonlySet<string>;
}
