import { appError, type AppError } from '../errors.ts';
import { listenAt, type ModelServerAt } from '../wording/model-servers.ts';
import { HOST_MS, HOST_NAME, listens, metAt, type HostReach, type Met } from './host-reach.ts';
import { httpStatus } from './http-status.ts';

/** A program that serves models on this machine. */
export interface ModelServer {
  /** of the provider */
  readonly id: 'ollama' | 'lmstudio';
  readonly title: string;
  /** setting of a profile that takes its address, and the address as containers know it */
  readonly setting: string;
  readonly url: string;
  /** whether containers reach it */
  readonly reach: Exclude<Met, 'nobody'>;
  /** what to do where they do not */
  readonly next?: string;
}

/** Where they listen unless somebody chose otherwise, and a path that only they answer with 200. */
const MODEL_SERVERS = [
  { id: 'ollama', title: 'Ollama', setting: 'ollama-url', port: 11_434, path: '/api/version' },
  { id: 'lmstudio', title: 'LM Studio', setting: 'lmstudio-url', port: 1234, path: '/api/v0/models' },
] as const;

/**
 * Ollama and LM Studio, where they run on this machine: one short request each on their default ports.
 * @param ports in place of the usual ones, for tests
 */
export async function findModelServers(
  reach: HostReach,
  ports: Readonly<Partial<Record<ModelServer['id'], number>>> = {},
): Promise<ModelServer[]> {
  const found = await Promise.all(
    MODEL_SERVERS.map(async ({ id, title, setting, port: usual, path }): Promise<ModelServer[]> => {
      const port = ports[id] ?? usual;
      const met = await metAt(reach, (address) => answers(`http://${address}:${port}${path}`));
      if (met === 'nobody') return [];
      const server = { id, title, setting, url: `http://${HOST_NAME}:${port}/v1`, reach: met };
      const isHidden = met === 'loopback' && reach.by === 'gateway';
      return [{ ...server, ...(isHidden && { next: listenAt(server, reach.address) }) }];
    }),
  );
  return found.flat();
}

const answers = (url: string): Promise<boolean> =>
  httpStatus(url, AbortSignal.timeout(HOST_MS)).then(
    (status) => status === 200,
    () => false,
  );

/** Whether an address is of the machine on which it is asked: in a container, of the container. */
export const isOwnMachine = (url: string): boolean =>
  /^(localhost|127\.|\[::1\])/.test(new URL(url).hostname);

/** Whether an address is the engine's machine, as containers see it, or what asks itself. */
export const isLocal = (url: string): boolean => isOwnMachine(url) || new URL(url).hostname === HOST_NAME;

/**
 * What keeps containers from a model server of this machine, as far as it can be told from here; undefined where nothing
 * does, and of addresses elsewhere.
 * @param looks whether something listens at an address and port of this machine
 */
export async function troubleAt(
  { service, id, title, url }: ModelServerAt,
  reach: HostReach,
  looks = listens,
): Promise<AppError | undefined> {
  const at = { ...(service !== undefined && { service }), id, title, url };
  if (isOwnMachine(url)) return appError('models.inside', at);
  const { hostname, protocol, port } = new URL(url);
  if (hostname !== HOST_NAME || (reach.by !== 'gateway' && reach.by !== 'relay')) return undefined;
  const met = await metAt(reach, (address) => looks(address, portOf(protocol, port)));
  if (met === 'nobody') return appError('models.absent', at);
  if (met === 'loopback' && reach.by === 'gateway')
    return appError('models.hidden', { ...at, address: reach.address });
  return undefined;
}

const portOf = (protocol: string, port: string): number =>
  port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
