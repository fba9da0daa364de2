import path from 'node:path';

/** A product that brings an engine: where its socket is, how to see that it is installed, how to start it. */
export interface Product {
  readonly name: string;
  /** endpoint URLs, the likeliest first */
  readonly urls: readonly string[];
  /** files of which one is there when it is installed */
  readonly installed: readonly string[];
  /** the next action when it is not running */
  readonly start: string;
  /** what does it; an app that stays is not waited for. systemctl asks for the administrator's word by itself */
  readonly run: { readonly program: string; readonly args: readonly string[]; readonly stays?: true };
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** the user's home folder */
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** the user's number, where there are such */
  readonly uid?: number;
}

/** The engines' usual places on this system, in the order in which they are tried. Pure. */
export function wellKnownProducts(s: Surroundings): readonly Product[] {
  if (s.platform === 'win32') return windows();
  return s.platform === 'darwin' ? macOs(s) : linux(s);
}

/** What the Docker CLI takes when nothing is said (its context `default`). */
export const defaultUrl = (platform: NodeJS.Platform): string =>
  platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock';

const unix = (...parts: readonly string[]): string => `unix://${path.posix.join(...parts)}`;

function linux({ env, home, uid }: Surroundings): readonly Product[] {
  const runtime = env['XDG_RUNTIME_DIR'] || (uid === undefined ? undefined : `/run/user/${uid}`);
  const ofUser = (socket: string): string[] => (runtime === undefined ? [] : [unix(runtime, socket)]);
  return [
    {
      name: 'Docker Engine',
      urls: [defaultUrl('linux')],
      installed: ['/usr/bin/dockerd', '/usr/sbin/dockerd', '/usr/local/bin/dockerd', '/snap/bin/docker'],
      start: 'Start it with sudo systemctl start docker',
      run: { program: 'systemctl', args: ['start', 'docker'] },
    },
    {
      name: 'rootless Docker',
      urls: ofUser('docker.sock'),
      installed: ['/usr/bin/dockerd-rootless.sh', path.posix.join(home, 'bin/dockerd-rootless.sh')],
      start: 'Start it with systemctl --user start docker',
      run: { program: 'systemctl', args: ['--user', 'start', 'docker'] },
    },
    {
      name: 'Docker Desktop',
      urls: [unix(home, '.docker/desktop/docker.sock')],
      installed: ['/opt/docker-desktop/bin/docker-desktop'],
      start: 'Start it with systemctl --user start docker-desktop',
      run: { program: 'systemctl', args: ['--user', 'start', 'docker-desktop'] },
    },
    colima(env, home),
    rancher(home, ['/opt/rancher-desktop/rancher-desktop'], {
      program: '/opt/rancher-desktop/rancher-desktop',
      args: [],
      stays: true,
    }),
    {
      name: 'Podman (untested)',
      urls: [...ofUser('podman/podman.sock'), 'unix:///run/podman/podman.sock'],
      installed: ['/usr/bin/podman'],
      start: 'Start its socket with systemctl --user start podman.socket',
      run: { program: 'systemctl', args: ['--user', 'start', 'podman.socket'] },
    },
  ];
}

function macOs({ env, home }: Surroundings): readonly Product[] {
  return [
    {
      name: 'Docker Desktop',
      urls: [unix(home, '.docker/run/docker.sock'), defaultUrl('darwin')],
      installed: ['/Applications/Docker.app'],
      start: 'Open Docker Desktop and wait until it says that it runs',
      run: { program: 'open', args: ['-a', 'Docker'] },
    },
    {
      name: 'OrbStack',
      urls: [unix(home, '.orbstack/run/docker.sock')],
      installed: ['/Applications/OrbStack.app'],
      start: 'Open OrbStack',
      run: { program: 'open', args: ['-a', 'OrbStack'] },
    },
    colima(env, home),
    rancher(home, ['/Applications/Rancher Desktop.app'], {
      program: 'open',
      args: ['-a', 'Rancher Desktop'],
    }),
    {
      name: 'Podman (untested)',
      urls: [
        unix(home, '.local/share/containers/podman/machine/podman.sock'),
        ...(env['TMPDIR'] ? [unix(env['TMPDIR'], 'podman/podman-machine-default-api.sock')] : []),
      ],
      installed: ['/opt/podman/bin/podman', '/opt/homebrew/bin/podman'],
      start: 'Start it with podman machine start',
      run: { program: 'podman', args: ['machine', 'start'] },
    },
  ];
}

const DOCKER_DESKTOP_EXE = 'C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe';
const RANCHER_EXE = 'C:\\Program Files\\Rancher Desktop\\Rancher Desktop.exe';

function windows(): readonly Product[] {
  return [
    {
      name: 'Docker Desktop',
      urls: ['npipe:////./pipe/dockerDesktopLinuxEngine', defaultUrl('win32')],
      installed: [DOCKER_DESKTOP_EXE],
      start: 'Open Docker Desktop and wait until it says that it runs',
      run: { program: DOCKER_DESKTOP_EXE, args: [], stays: true },
    },
    {
      name: 'Rancher Desktop', // its pipe is docker_engine, tried above
      urls: [],
      installed: [RANCHER_EXE],
      start: 'Open Rancher Desktop',
      run: { program: RANCHER_EXE, args: [], stays: true },
    },
    {
      name: 'Podman (untested)',
      urls: ['npipe:////./pipe/podman-machine-default'],
      installed: ['C:\\Program Files\\RedHat\\Podman\\podman.exe'],
      start: 'Start it with podman machine start',
      run: { program: 'podman', args: ['machine', 'start'] },
    },
  ];
}

function colima(env: Surroundings['env'], home: string): Product {
  const folder = env['COLIMA_HOME'] || path.posix.join(home, '.colima');
  const profile = env['COLIMA_PROFILE'] || 'default';
  return {
    name: 'Colima',
    urls: [unix(folder, profile, 'docker.sock'), unix(home, '.config/colima', profile, 'docker.sock')],
    installed: ['/opt/homebrew/bin/colima', '/usr/local/bin/colima', '/usr/bin/colima'],
    start: 'Start it with colima start',
    run: { program: 'colima', args: ['start'] },
  };
}

const rancher = (home: string, installed: readonly string[], run: Product['run']): Product => ({
  name: 'Rancher Desktop',
  urls: [unix(home, '.rd/docker.sock')],
  installed,
  start: 'Open Rancher Desktop',
  run,
});
