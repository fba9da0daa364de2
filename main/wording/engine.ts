import { row } from './row.ts';

/** The next action for each reason why a container with a GPU cannot be had. */
const gpuNext: Record<GpuReason, string> = {
  toolkit:
    'With an NVIDIA card in the machine: install the NVIDIA Container Toolkit, run nvidia-ctk runtime configure, and restart the engine.',
  runtime: 'Run nvidia-ctk runtime configure --runtime=docker and restart the engine.',
  driver: 'Install or load the NVIDIA driver; nvidia-smi on the host must list the GPU.',
  cdi: 'Write the CDI specification anew: sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml.',
  'cdi-off': 'Set "features": {"cdi": true} in the engine\'s daemon.json and restart the engine.',
  adapter: 'Use WSL 2 and a Windows NVIDIA driver with WSL support.',
  'old-driver': 'Install a newer NVIDIA driver, or choose an older image, which asks for an older CUDA.',
  'other-driver': 'The NVIDIA driver was updated while the old one is loaded: restart the machine.',
  device: 'Name GPUs that are there: nvidia-smi -L lists them.',
  cgroups:
    'A rootless engine cannot set device rules: set no-cgroups = true in /etc/nvidia-container-runtime/config.toml.',
};

export type GpuReason =
  | 'toolkit'
  | 'runtime'
  | 'driver'
  | 'cdi'
  | 'cdi-off'
  | 'adapter'
  | 'old-driver'
  | 'other-driver'
  | 'device'
  | 'cgroups';

/** One sentence for a published address, in words a person reads in `docker ps`. */
const address = (d: { address: string; port: number }): string =>
  d.address.includes(':') ? `[${d.address}]:${d.port}` : `${d.address}:${d.port}`;

/** A container that is not of this stack, with the project that it is of. */
export const otherContainer = (d: { container: string; project?: string | undefined }): string =>
  `the container ${d.container}${d.project === undefined ? '' : ` of ${d.project}`}`;

function portTaker(d: {
  by: 'container' | 'process';
  container?: string | undefined;
  project?: string | undefined;
}): string {
  if (d.container !== undefined) return otherContainer({ container: d.container, project: d.project });
  return d.by === 'container' ? 'another container' : 'another program on the engine’s machine';
}

export const engineWording = {
  // No engine (exit 3), or the choice of one is wrong (exit 2).
  'engine.not-installed': row<{ tried: readonly string[]; platform?: string }>(
    3,
    (d) => `No container engine was found. Looked for: ${d.tried.join(', ')}`,
    (d) =>
      d.platform === 'win32' || d.platform === 'darwin'
        ? 'Install Docker Desktop, or name an engine with --host or --context.'
        : 'Install Docker Engine (package docker.io or docker-ce), or name an engine with --host or --context.',
  ),
  'engine.not-running': row<{ endpoint: string; reason: string; start?: string }>(
    3,
    (d) => `The container engine at ${d.endpoint} is not running: ${d.reason}`,
    (d) =>
      (d.start ?? 'Start it (sudo systemctl start docker, or open Docker Desktop)') +
      ', or choose another engine with --host or --context.',
  ),
  'engine.permission-denied': row<{ endpoint: string }>(
    3,
    (d) => `This user may not talk to the container engine at ${d.endpoint}`,
    'Add the user to the group that owns the socket (sudo usermod -aG docker $USER), log in again, or use rootless Docker.',
  ),
  'engine.not-started': row<{ product: string; command: string; reason: string; start: string }>(
    3,
    (d) => `${d.product} could not be started by ${d.command}: ${d.reason}`,
    (d) => `${d.start}; that it answers is noticed by itself.`,
  ),
  'engine.unreachable': row<{ endpoint: string; reason: string }>(
    3,
    (d) => `The container engine at ${d.endpoint} does not answer: ${d.reason}`,
    'Start the engine, or choose another with --host or --context.',
  ),
  'engine.timeout': row<{ endpoint: string; ms: number }>(
    3,
    (d) => `No connection to the container engine at ${d.endpoint} within ${d.ms / 1000} s`,
    'Check the address, the network and the firewall, or choose another engine with --host or --context.',
  ),
  'engine.half-open': row<{ endpoint: string; ms: number }>(
    3,
    (d) =>
      `The container engine at ${d.endpoint} takes the connection and does not answer within ${d.ms / 1000} s`,
    'Restart the engine (or the virtual machine that it runs in) and try again.',
  ),
  'engine.connection-lost': row<{ endpoint: string; call: string; reason: string }>(
    3,
    (d) => `The connection to the container engine at ${d.endpoint} broke in ${d.call}: ${d.reason}`,
    'See whether the engine still runs, then run the same command again: it goes on from what is there.',
  ),
  'engine.api-too-old': row<{ engine: string; minimum: string }>(
    3,
    (d) => `The engine speaks Engine API ${d.engine}; ${d.minimum} is the oldest that works`,
    'Update the container engine to Docker 20.10 or newer.',
  ),
  'engine.api-too-new': row<{ minimum: string; ours: string }>(
    3,
    (d) => `The engine wants Engine API ${d.minimum} at least; this version speaks ${d.ours}`,
    'Update Letta Stack.',
  ),
  'engine.tls': row<{ endpoint: string; reason: string }>(
    3,
    (d) => `TLS with the container engine at ${d.endpoint} failed: ${d.reason}`,
    'Check ca.pem, cert.pem and key.pem of the Docker context (or DOCKER_CERT_PATH) and the engine’s own certificate.',
  ),
  'engine.ssh': row<{ endpoint: string; reason: string }>(
    3,
    (d) => `ssh to the container engine at ${d.endpoint} failed: ${d.reason}`,
    'Try the same by hand: ssh HOST docker system dial-stdio. Keys and known hosts are those of the system’s ssh.',
  ),
  'engine.context-unknown': row<{ name: string; known: readonly string[] }>(
    3,
    (d) =>
      `There is no Docker context "${d.name}"` + (d.known.length ? `; there are: ${d.known.join(', ')}` : ''),
    'Choose one that docker context ls shows, or create it with docker context create.',
  ),
  'engine.host-and-context': row<object>(
    2,
    () => '--host and --context both name an engine',
    'Give only one of them.',
  ),
  'engine.bad-host': row<{ host: string; source: string; reason: string }>(
    2,
    (d) => `${d.source}: "${d.host}" is no engine address: ${d.reason}`,
    'Write it as unix:///path, npipe:////./pipe/name, tcp://host:port or ssh://user@host.',
  ),
  'engine.bad-context': row<{ name: string; file: string; reason: string }>(
    2,
    (d) => `Docker context "${d.name}" (${d.file}) cannot be used: ${d.reason}`,
    'Create the context again with docker context create.',
  ),

  // The engine answers, and says no (exit 1).
  'engine.port-taken': row<{
    address: string;
    port: number;
    by: 'container' | 'process';
    container?: string;
    project?: string;
  }>(
    1,
    (d) => `${address(d)} is already taken by ${portTaker(d)}`,
    (d) =>
      `Stop ${d.container ? `the container ${d.container}` : `what listens on port ${d.port}`}, or set another port for the service.`,
  ),
  'engine.port-reserved': row<{ address: string; port: number; from: number; to: number }>(
    1,
    (d) => `Windows keeps ports ${d.from} to ${d.to} for itself, and ${address(d)} is one of them`,
    'Set another port for the service; which are kept shows: netsh int ipv4 show excludedportrange protocol=tcp',
  ),
  'engine.port-denied': row<{ address: string; port: number }>(
    1,
    (d) => `The engine may not listen on ${address(d)}`,
    'Choose a port above 1023, or allow low ports to the engine.',
  ),
  'engine.port-address': row<{ address: string; port: number }>(
    1,
    (d) => `${address(d)} cannot be listened on: ${d.address} is no address of the engine’s machine`,
    'Publish the port on an address that the machine has, such as 127.0.0.1.',
  ),
  'engine.name-conflict': row<{ name: string; holder?: string }>(
    1,
    (d) => `The name "${d.name}" is already in use${d.holder ? ` by ${d.holder.slice(0, 12)}` : ''}`,
    (d) => `See what it is with docker inspect ${d.name}; rename or remove it if it is not needed.`,
  ),
  'engine.in-use': row<{ what: string; reason: string }>(
    1,
    (d) => `${d.what} is still in use: ${d.reason}`,
    'Stop and remove what uses it first.',
  ),
  'engine.not-found': row<{ what: string; call: string }>(
    1,
    (d) => `${d.what} (asked in ${d.call})`,
    'Something else removed it in the meantime; run the command again.',
  ),
  'engine.image-not-found': row<{ image: string; reason: string }>(
    1,
    (d) => `There is no image ${d.image}: ${d.reason}`,
    'Check the name and the tag.',
  ),
  'engine.image-denied': row<{ image: string; reason: string; helper?: string }>(
    1,
    (d) =>
      `The registry does not give out ${d.image}: ${d.reason}` +
      (d.helper ? `. Its credentials could not be read: ${d.helper}` : ''),
    'Check the name; if the image is private, run docker login for its registry first.',
  ),
  'engine.image-platform': row<{ image: string; reason: string }>(
    1,
    (d) => `${d.image} is not made for this engine’s processor: ${d.reason}`,
    'Choose an image for this platform, or set platform: in the Compose file.',
  ),
  'engine.rate-limited': row<{ image: string; reason: string }>(
    1,
    (d) => `The registry of ${d.image} refuses further pulls for now: ${d.reason}`,
    'Wait, log in with docker login for a higher limit, or set a registry mirror.',
  ),
  'engine.registry-unreachable': row<{ image: string; reason: string }>(
    1,
    (d) => `The registry of ${d.image} cannot be reached or is failing: ${d.reason}`,
    'Check the network and proxy of the engine’s machine, or set a registry mirror; then run the command again.',
  ),
  'engine.corrupt-layer': row<{ image: string; reason: string }>(
    1,
    (d) => `A layer of ${d.image} arrived damaged: ${d.reason}`,
    'Run the command again; if it happens again, a proxy or the registry alters the data.',
  ),
  'engine.pull-failed': row<{ image: string; reason: string }>(
    1,
    (d) => `${d.image} could not be pulled: ${d.reason}`,
    'Run the command again; what was downloaded is used where the engine keeps it.',
  ),
  'engine.disk-full': row<{ reason: string }>(
    1,
    (d) => `The disk of the container engine is full: ${d.reason}`,
    'Make room (docker system df shows what takes it, docker image prune removes unused images), then run the command again.',
  ),
  'engine.no-gpu': row<{ why: GpuReason; reason: string }>(
    1,
    (d) => `The engine cannot give a GPU to the container: ${d.reason}`,
    (d) => gpuNext[d.why],
  ),
  'engine.build-context': row<{ path: string; reason: string }>(
    2,
    (d) => `${d.path} cannot be built: ${d.reason}`,
    'Check build.context and build.dockerfile in the Compose file.',
  ),
  'engine.build-file': row<{ path: string; reason: string }>(
    2,
    (d) => `${d.path} of the build context cannot be read: ${d.reason}`,
    'Make it readable, or leave it out with .dockerignore.',
  ),
  'engine.build-failed': row<{ image: string; step: string; reason: string }>(
    1,
    (d) => `Building ${d.image} failed at ${d.step}: ${d.reason}`,
    'Correct that step of the Dockerfile and run the command again.',
  ),
  'engine.build-arg': row<{ image: string; names: readonly string[] }>(
    2,
    (d) =>
      `Building ${d.image} with BuildKit cannot take the arguments ${d.names.join(', ')}: their values go through the environment of docker buildx, where these names mean something else.`,
    'Give the arguments other names, in the Dockerfile too, or unset the variables of these names before the command.',
  ),
  'engine.buildkit-needed': row<{ file: string; line: number; text: string; why: string }>(
    1,
    (d) => `${d.file}:${d.line}: ${d.why} needs BuildKit: ${d.text}`,
    'Install the docker CLI with the buildx plugin, or write that line without BuildKit.',
  ),
  'engine.exec-timeout': row<{ container: string; ms: number }>(
    1,
    (d) => `A command in container ${d.container.slice(0, 12)} did not end within ${d.ms / 1000} s`,
    'See the container’s log and its load.',
  ),
  'engine.cancelled': row<{ call: string }>(130, (d) => `Cancelled (${d.call})`, ''),
  'engine.api': row<{ call: string; status: number; text: string }>(
    1,
    (d) => `The engine answered ${d.status} to ${d.call}: ${d.text}`,
    'Run the command again with --debug; the engine’s own log says more.',
  ),
};
