import { row } from './row.ts';

/** Where a container looks for models on this computer. */
export interface ModelServerAt {
  /** that looks there; undefined where all containers are meant */
  readonly service?: string | undefined;
  /** id of the provider */
  readonly id: string;
  readonly title: string;
  readonly url: string;
}

/** Who reaches what listens everywhere. */
const EVERYBODY =
  'whoever reaches this computer over a network can use it then, without a password, unless a firewall keeps them out.';

/** How a program that serves models is made to listen at an address of this computer. */
export function listenAt({ id, title, url }: ModelServerAt, address: string): string {
  const { port } = new URL(url);
  if (id === 'ollama')
    return (
      `Let Ollama listen where containers look for this computer: sudo systemctl edit ollama, the lines [Service] and ` +
      `Environment=OLLAMA_HOST=${address}:${port}, then sudo systemctl restart ollama. The command ollama needs the ` +
      `same OLLAMA_HOST from then on. With OLLAMA_HOST=0.0.0.0:${port} it does not, and ${EVERYBODY}`
    );
  if (id === 'lmstudio')
    return (
      'Switch on "Serve on Local Network" in the Developer tab of LM Studio, or start it with lms server start ' +
      `--bind ${address}. With the switch it listens everywhere: ${EVERYBODY}`
    );
  return (
    `Let what serves ${title} listen at ${address}:${port}, where containers look for this computer. ` +
    `At 0.0.0.0:${port} it listens everywhere: ${EVERYBODY}`
  );
}

const who = ({ service }: ModelServerAt): string =>
  service === undefined ? 'Containers do not' : `${service} does not`;

/** Servers ask for models when they start (`_sync_provider_models_async` of Letta 0.16.8). */
const again = ({ service }: ModelServerAt): string =>
  service === undefined
    ? ''
    : ` If ${service} runs, then letta-stack restart{stack} ${service}: it looks for models when it starts.`;

export const modelServerWording = {
  'models.hidden': row<ModelServerAt & { address: string }>(
    1,
    (d) => `${who(d)} reach ${d.title} at ${d.url}: it listens on 127.0.0.1 of this computer alone`,
    (d) => listenAt(d, d.address) + again(d),
  ),
  'models.absent': row<ModelServerAt>(
    1,
    (d) => `${who(d)} find ${d.title} at ${d.url}: nothing listens there on this computer`,
    (d) => `Start ${d.title}, or take its address out of the settings.${again(d)}`,
  ),
  'models.inside': row<ModelServerAt>(
    1,
    (d) => `${who(d)} reach ${d.title} at ${d.url}: in a container that is the container itself`,
    (d) => `Write ${insteadOf(d.url)} for it: this computer, as containers know it.`,
  ),
};

/** The same address by the name that leads out of a container. */
export const insteadOf = (url: string): string =>
  url.replace(/^(https?:\/\/)(localhost|127\.[\d.]+|\[::1\])/, '$1host.docker.internal');
