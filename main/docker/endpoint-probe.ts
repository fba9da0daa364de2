import { access, readdir, readFile } from 'node:fs/promises';
import net from 'node:net';
import type { EndpointIo, SocketState } from './endpoint.ts';

/** A socket of this machine answers at once or not at all; what hangs is left to the ping, which names it. */
const PROBE_MS = 1000;

const isMissing = (e: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((e as NodeJS.ErrnoException).code ?? '');

/** The system's facts for `resolveEndpoint`. */
export const endpointIo: EndpointIo = {
  probe: probeSocket,
  exists: (file) =>
    access(file).then(
      () => true,
      () => false,
    ),
  async readText(file) {
    try {
      return await readFile(file, 'utf8');
    } catch (e) {
      if (isMissing(e)) return undefined;
      throw e;
    }
  },
  async names(folder) {
    try {
      return await readdir(folder);
    } catch (e) {
      if (isMissing(e)) return [];
      throw e;
    }
  },
};

/** Connects to a `unix://` or `npipe://` address and hangs up. */
export function probeSocket(url: string): Promise<SocketState> {
  const file = url.replace(/^(unix|npipe):\/\//, '');
  return new Promise((resolve) => {
    const socket = net.connect({ path: url.startsWith('npipe:') ? file.replaceAll('/', '\\') : file });
    const settle = (state: SocketState): void => {
      socket.destroy();
      resolve(state);
    };
    socket.setTimeout(PROBE_MS, () => settle('listens'));
    socket.once('connect', () => settle('listens'));
    socket.once('error', (e: NodeJS.ErrnoException) => settle(stateOf(e.code)));
  });
}

function stateOf(code: string | undefined): SocketState {
  if (code === 'EACCES' || code === 'EPERM') return 'denied';
  return code === 'ECONNREFUSED' ? 'refused' : 'absent';
}
