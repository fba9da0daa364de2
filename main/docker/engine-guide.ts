import type { AppError } from '../errors.ts';
import { wellKnownProducts, type Product, type Surroundings } from './well-known.ts';

/** One thing to do, and the command that does it. */
export interface Todo {
  readonly text: string;
  readonly command?: string;
}

/** What to do on this system to have an engine that answers. */
export interface EngineGuide {
  readonly todo: readonly Todo[];
  /** the product that is installed and does not run, where it can be started from here */
  readonly product?: Product;
}

const AS_USER: Todo = {
  text: 'Let your user talk to the engine, then log out and in again.',
  command: 'sudo usermod -aG docker $USER',
};
const START: Todo = {
  text: 'Start it, now and with the computer.',
  command: 'sudo systemctl enable --now docker',
};

/** Packages of an engine by distribution, as `ID` and `ID_LIKE` of os-release(5) name it. */
const INSTALL: readonly (readonly [names: readonly string[], command: string])[] = [
  [['debian', 'ubuntu'], 'sudo apt-get install docker.io'],
  [['fedora'], 'sudo dnf install moby-engine'],
  [['arch'], 'sudo pacman -S docker'],
  [['suse', 'opensuse'], 'sudo zypper install docker'],
  [['alpine'], 'sudo apk add docker'],
];

/**
 * What to do for an engine that does not answer. Pure.
 * @param error why it does not
 * @param distribution `ID` and `ID_LIKE` of os-release(5); empty on other systems
 */
export function engineGuide(
  error: AppError,
  around: Surroundings,
  distribution: readonly string[],
): EngineGuide {
  switch (error.code) {
    case 'engine.not-installed':
      return { todo: install(around.platform, distribution) };
    case 'engine.not-running': {
      const product = wellKnownProducts(around).find((p) => p.urls.includes(String(error.data['endpoint'])));
      return product ? { todo: [{ text: `${product.start}.` }], product } : { todo: [] };
    }
    case 'engine.permission-denied':
      return { todo: around.platform === 'linux' ? [AS_USER] : [] };
    default:
      return { todo: [] };
  }
}

function install(platform: NodeJS.Platform, distribution: readonly string[]): readonly Todo[] {
  if (platform === 'darwin')
    return [
      { text: 'Install Docker Desktop from docker.com, or Colima.', command: 'brew install colima docker' },
      { text: 'Open Docker Desktop once and follow it, or start Colima.', command: 'colima start' },
    ];
  if (platform === 'win32')
    return [
      { text: 'Install Docker Desktop with WSL 2.', command: 'winget install Docker.DockerDesktop' },
      { text: 'Restart Windows if it asks for it, then open Docker Desktop once and follow it.' },
    ];
  const command = INSTALL.find(([known]) => known.some((name) => distribution.includes(name)))?.[1];
  return [
    command === undefined
      ? { text: 'Install Docker Engine: your distribution has it as docker, docker.io or moby-engine.' }
      : { text: 'Install Docker Engine.', command },
    START,
    AS_USER,
  ];
}
