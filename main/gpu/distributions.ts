import type { OfferStep } from '../gpu-shape.ts';

const REPOSITORY = 'https://nvidia.github.io/libnvidia-container';
const GUIDE = 'https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html';

interface Distribution {
  /** of os-release: any of these */
  readonly ids: readonly string[];
  readonly driver: string;
  /** in this order */
  readonly toolkit: readonly OfferStep[];
}

/** How drivers and toolkit are installed: each distribution's own wiki, and NVIDIA's guide to the container toolkit. */
const DISTRIBUTIONS: readonly Distribution[] = [
  {
    ids: ['ubuntu', 'pop', 'linuxmint'],
    driver: 'sudo ubuntu-drivers install',
    toolkit: apt(),
  },
  {
    ids: ['debian'],
    // of the component non-free
    driver: 'sudo apt-get install nvidia-driver firmware-misc-nonfree',
    toolkit: apt(),
  },
  {
    ids: ['fedora'],
    // of RPM Fusion
    driver: 'sudo dnf install akmod-nvidia xorg-x11-drv-nvidia-cuda',
    toolkit: dnf(),
  },
  {
    ids: ['rhel', 'centos', 'rocky', 'almalinux', 'amzn'],
    driver: 'sudo dnf module install nvidia-driver:open-dkms',
    toolkit: dnf(),
  },
  {
    ids: ['suse', 'opensuse', 'opensuse-leap', 'opensuse-tumbleweed', 'sles'],
    driver: 'sudo zypper install nvidia-open-driver-G06-signed-kmp-meta nvidia-compute-utils-G06',
    toolkit: [
      source(`sudo zypper addrepo ${REPOSITORY}/stable/rpm/nvidia-container-toolkit.repo`),
      install('sudo zypper --gpg-auto-import-keys install -y nvidia-container-toolkit'),
    ],
  },
  {
    ids: ['arch', 'manjaro', 'endeavouros'],
    driver: 'sudo pacman -S nvidia-open nvidia-utils',
    toolkit: [install('sudo pacman -S nvidia-container-toolkit')],
  },
];

function source(command: string): OfferStep {
  return { say: 'Make NVIDIA’s package source known.', command };
}

function install(command: string): OfferStep {
  return { say: 'Install NVIDIA’s container toolkit.', command };
}

function apt(): readonly OfferStep[] {
  const key = '/usr/share/keyrings/nvidia-container-toolkit-keyring.gpg';
  const list = '/etc/apt/sources.list.d/nvidia-container-toolkit.list';
  return [
    {
      say: 'Take the key that NVIDIA’s packages are signed with.',
      command: `curl -fsSL ${REPOSITORY}/gpgkey | sudo gpg --dearmor -o ${key}`,
    },
    source(
      `curl -fsSL ${REPOSITORY}/stable/deb/nvidia-container-toolkit.list | sed 's#deb https://#deb [signed-by=${key}] https://#' | sudo tee ${list}`,
    ),
    install('sudo apt-get update && sudo apt-get install -y nvidia-container-toolkit'),
  ];
}

function dnf(): readonly OfferStep[] {
  return [
    source(
      `curl -fsSL ${REPOSITORY}/stable/rpm/nvidia-container-toolkit.repo | sudo tee /etc/yum.repos.d/nvidia-container-toolkit.repo`,
    ),
    install('sudo dnf install -y nvidia-container-toolkit'),
  ];
}

/** Its own `ID` counts before those of `ID_LIKE`. */
function distributionOf(ids: readonly string[]): Distribution | undefined {
  return ids.map((id) => DISTRIBUTIONS.find((d) => d.ids.includes(id))).find((d) => d !== undefined);
}

export const driverCommand = (ids: readonly string[]): string | undefined => distributionOf(ids)?.driver;

/** How NVIDIA's container toolkit gets onto this machine, and how the engine comes to know it. */
export function toolkitSteps(ids: readonly string[], isRootless: boolean): readonly OfferStep[] {
  if (ids.includes('nixos')) {
    return [
      {
        say: 'Set these in your NixOS configuration, then rebuild it.',
        command: 'hardware.nvidia-container-toolkit.enable = true;',
      },
    ];
  }
  const known = distributionOf(ids)?.toolkit ?? [
    { say: `Install NVIDIA’s container toolkit as its guide says for your distribution: ${GUIDE}` },
  ];
  return [...known, ...configureSteps(isRootless)];
}

/** The engine is told of the runtime, and started again. */
export function configureSteps(isRootless: boolean): readonly OfferStep[] {
  const [configure, restart] = isRootless
    ? [
        'nvidia-ctk runtime configure --runtime=docker --config=$HOME/.config/docker/daemon.json',
        'systemctl --user restart docker',
      ]
    : ['sudo nvidia-ctk runtime configure --runtime=docker', 'sudo systemctl restart docker'];
  return [
    { say: 'Make it known to Docker.', command: configure },
    ...(isRootless
      ? [
          {
            say: 'Without root it may not use cgroups.',
            command: 'sudo nvidia-ctk config --set nvidia-container-cli.no-cgroups --in-place',
          },
        ]
      : []),
    { say: 'Restart Docker; containers that run are stopped.', command: restart },
  ];
}
