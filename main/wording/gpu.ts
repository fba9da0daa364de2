import { row } from './row.ts';

const DRIVER_GUIDE = 'https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/';

export const gpuWording = {
  'gpu.no-driver': row<{ card: string; command?: string }>(
    1,
    (d) => `There is ${d.card}, but no NVIDIA driver that could use it.`,
    (d) =>
      d.command === undefined
        ? `Install NVIDIA’s driver (${DRIVER_GUIDE}), then restart this computer.`
        : `Install NVIDIA’s driver: ${d.command}; then restart this computer.`,
  ),
  'gpu.no-nvidia-smi': row<{ module: string }>(
    1,
    (d) =>
      `The NVIDIA driver ${d.module} is loaded, but its program nvidia-smi is missing, which tells of the cards.`,
    'Install it from the same source as the driver; its package is called nvidia-utils or nvidia-driver-cuda.',
  ),
  'gpu.driver-mismatch': row<{ module?: string; reason: string }>(
    1,
    (d) =>
      `The NVIDIA driver was updated while an older one${d.module === undefined ? '' : ` (${d.module})`} is still loaded: ${d.reason}`,
    'Restart this computer: then both are of one version.',
  ),
  'gpu.driver-silent': row<{ reason: string }>(
    1,
    (d) => `The NVIDIA driver is installed and not running: ${d.reason}`,
    'Restart this computer. If it stays so, the driver was not built for this kernel, or Secure Boot does not let it load: install it again from your distribution.',
  ),
  'gpu.no-devices': row<{ reason: string }>(
    1,
    (d) => `The NVIDIA driver runs and finds no card that it can use: ${d.reason}`,
    'Check that the card is seated and powered and that the driver supports it (sudo dmesg | grep -i nvrm says why it was refused).',
  ),
  'gpu.not-allowed': row<{ reason: string }>(
    1,
    (d) => `The NVIDIA driver does not let you look at its cards: ${d.reason}`,
    'Ask whoever runs this computer for access to /dev/nvidia*; in WSL, restart Windows after an update of its driver.',
  ),
  'gpu.lost': row<{ reason: string }>(
    1,
    (d) => `The graphics card does not answer any more: ${d.reason}`,
    'Restart this computer. If it happens again, the card is too hot or gets too little power.',
  ),
  'gpu.timeout': row<{ program: string; seconds: number }>(
    1,
    (d) => `${d.program} did not answer within ${d.seconds} s.`,
    'Restart this computer: a card that hangs keeps its driver waiting.',
  ),
  'gpu.failed': row<{ reason: string }>(
    1,
    (d) => `nvidia-smi could not tell of the cards: ${d.reason}`,
    'Run nvidia-smi in a terminal; once it shows the card, look here again.',
  ),
  'gpu.no-model': row<{ model: string; near?: string }>(
    2,
    (d) => `The model ${d.model} is not in the list, and there is no such file.`,
    (d) =>
      `${d.near === undefined ? '' : `Did you mean ${d.near}? `}letta-stack gpu lists the models; for another one name its config.json, as it lies beside its weights.`,
  ),
  'gpu.bad-config': row<{ file: string; problem: string }>(
    2,
    (d) => `${d.file} does not describe a model: ${d.problem}`,
    'Name the config.json of a language model, as Hugging Face has it.',
  ),
  'gpu.other-parser': row<{ model: string; parser: string; wanted: string }>(
    1,
    (d) =>
      `${d.model} calls tools in another way than ${d.parser} (tool-parser): agents could not use theirs`,
    (d) => `Set its own: letta-stack settings set{stack} tool-parser ${d.wanted}`,
  ),
};
