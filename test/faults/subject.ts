/** The stacks that faults are tried on: what they have in common, and what differs. */
import { FIXTURES, PROFILES } from '../engine/helpers/core-box.ts';
import type { LabOptions } from '../setup/lab.ts';

export interface Subject {
  /** bundled profile's id, and the folder it is in */
  readonly profile: string;
  readonly profilesFolder: string;
  readonly services: readonly string[];
  readonly images: NonNullable<LabOptions['images']>;
  /** the engine's disk: room for the images and no more than some hundred megabytes */
  readonly dataSize: string;
  /** the database's own superuser, the role whose password is a secret, and a database */
  readonly database: { readonly user: string; readonly role: string; readonly name: string };
  /** name of that secret */
  readonly password: string;
  readonly portVariable: string;
  /** the service whose image is pulled in the tests of the registry */
  readonly pulled: {
    readonly service: string;
    readonly image: string;
    readonly variable: string;
    readonly path: string;
  };
  /** settings that make every service anew; two values that differ */
  readonly recreating: readonly [Readonly<Record<string, string>>, Readonly<Record<string, string>>];
  /** the service that fails when the database's password is another, and what it then says */
  readonly wrongPassword: {
    readonly service: string;
    readonly variables: Readonly<Record<string, string>>;
    readonly says: RegExp;
    /** `--wait-timeout` of the `up` that finds it, in milliseconds */
    readonly waitMs: number;
  };
  /** an `up` of it from nothing, at the most, in milliseconds */
  readonly upMs: number;
}

export const LIGHT: Subject = {
  profile: 'light-stack',
  profilesFolder: FIXTURES,
  services: ['db', 'redis', 'nginx'],
  images: ['postgres', 'redis', 'nginx'],
  dataSize: '900m',
  database: { user: 'postgres', role: 'light', name: 'light' },
  password: 'LIGHT_DB_PASSWORD',
  portVariable: 'LIGHT_PORT',
  pulled: {
    service: 'nginx',
    image: 'nginx:1.27-alpine',
    variable: 'LIGHT_NGINX_IMAGE',
    path: 'library/nginx',
  },
  recreating: [
    { LIGHT_GREETING: 'one', LIGHT_DB_MEMORY: '511m' },
    { LIGHT_GREETING: 'two', LIGHT_DB_MEMORY: '510m' },
  ],
  wrongPassword: {
    service: 'db',
    variables: {},
    says: /password authentication failed for user "light"/,
    waitMs: 3_000,
  },
  upMs: 60_000,
};

export const PRODUCTION: Subject = {
  profile: 'production',
  profilesFolder: PROFILES,
  services: ['db', 'redis', 'server', 'nginx'],
  images: ['postgres', 'redis', 'nginx'],
  dataSize: '4g',
  database: { user: 'postgres', role: 'letta', name: 'letta' },
  password: 'LETTA_DB_PASSWORD',
  portVariable: 'LETTA_STACK_PORT',
  pulled: {
    service: 'server',
    image: 'letta/letta:0.16.8',
    variable: 'LETTA_STACK_SERVER_IMAGE',
    path: 'letta/letta',
  },
  recreating: [
    { LETTA_STACK_LLM_TIMEOUT: '59', LETTA_STACK_DB_MEMORY: '3g', LETTA_STACK_MAX_BODY: '3g' },
    { LETTA_STACK_LLM_TIMEOUT: '61', LETTA_STACK_DB_MEMORY: '1g', LETTA_STACK_MAX_BODY: '2g' },
  ],
  wrongPassword: {
    service: 'server',
    variables: { LETTA_STACK_LLM_TIMEOUT: '62' },
    says: /password authentication failed for user "letta"/,
    waitMs: 90_000,
  },
  upMs: 300_000,
};
