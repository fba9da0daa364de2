import Docker from 'dockerode';
import type { Agent } from 'node:http';
import type { Readable } from 'node:stream';

/** docker-modem 5's own interface, which its types leave open. */
export interface Modem {
  version?: string;
  dial(options: DialOptions, callback: (error: unknown, answer: unknown) => void): void;
}

export interface DialOptions {
  readonly path: string;
  readonly method: string;
  readonly options: { readonly _query: object; readonly _body: object };
  readonly headers: Readonly<Record<string, string>>;
  readonly file?: Buffer | Readable;
  readonly abortSignal?: AbortSignal;
  readonly statusCodes: Readonly<Record<number, boolean>>;
  readonly isStream: boolean;
  readonly hijack?: boolean;
}

/**
 * dockerode over our own agent. Its modem reads DOCKER_HOST and the certificates beside it whatever it is told, and
 * throws where they are wrong, so it does not see them while it is made (nothing else runs in between).
 */
export function modemOver(agent: Agent): Modem {
  const host = process.env['DOCKER_HOST'];
  delete process.env['DOCKER_HOST'];
  try {
    // The path is never opened: the agent makes the connection.
    const options = { socketPath: '/', protocol: 'http', agent } as Docker.DockerOptions;
    return new Docker(options).modem;
  } finally {
    if (host !== undefined) process.env['DOCKER_HOST'] = host;
  }
}
