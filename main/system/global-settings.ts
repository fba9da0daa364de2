import { failure } from '../errors.ts';
import { PROJECT_NAME } from '../model/project-name.ts';
import type { Settings } from './types.ts';

/** Settings that belong to no stack. */
export const GLOBAL_KEYS = ['engine', 'mirror', 'secretStore', 'current'] as const;
export type GlobalKey = (typeof GLOBAL_KEYS)[number];

interface KeyFacts {
  readonly label: string;
  readonly pattern: RegExp;
  readonly problem: string;
}

const facts: Readonly<Record<GlobalKey, KeyFacts>> = {
  engine: {
    label: 'engine to use: a URL, or a context of the Docker CLI',
    // a context's name as the Docker CLI takes it
    pattern: /^((unix|npipe|tcp|http|https|ssh):\/\/\S+|[a-zA-Z0-9][a-zA-Z0-9_.+-]+)$/,
    problem: 'it is neither a URL (unix://, npipe://, tcp://, ssh://) nor the name of a context',
  },
  mirror: {
    label: 'registry that images are pulled from instead',
    pattern: /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:\d{1,5})?(\/[a-z0-9._/-]+)?$/,
    problem: 'it is not a registry such as mirror.example:5000',
  },
  secretStore: {
    label: "where secrets are kept: the system's keychain, or an encrypted file",
    pattern: /^(keychain|file)$/,
    problem: 'it is neither keychain nor file',
  },
  current: {
    label: 'the project that is meant when no stack is named',
    pattern: PROJECT_NAME,
    problem: 'it is not the name of a project',
  },
};

/** Settings and their history are plain files, and the process list shows what is on a command line. */
const PASSWORD = /^(tcp|https?|ssh):\/\/\S*:\S*@/;

export const globalLabel = (key: GlobalKey): string => facts[key].label;

/** Why a text cannot be the value of a key, undefined when it can. */
export function globalProblem(key: GlobalKey, value: string): string | undefined {
  if (key === 'engine' && PASSWORD.test(value)) {
    return 'it has a password in it: use an SSH key, or a context of the Docker CLI with certificates';
  }
  return facts[key].pattern.test(value) ? undefined : facts[key].problem;
}

/** A refused value as an error may repeat it: without what may be a password. */
export const withoutUserInfo = (value: string): string => value.replace(/:\/\/\S*@/, '://•••@');

/**
 * The settings with another value of a key, or without one (`undefined`).
 * @throws Failure `settings.bad-value`
 */
export function withGlobalValue(settings: Settings, key: GlobalKey, value: string | undefined): Settings {
  const problem = value === undefined ? undefined : globalProblem(key, value);
  if (value !== undefined && problem !== undefined) {
    throw failure('settings.bad-value', { name: key, value: withoutUserInfo(value), problem });
  }
  const { [key]: _before, ...others } = settings;
  return value === undefined ? others : { ...others, [key]: value };
}
