/** An engine's API on another address: what passes can be held, so that a test acts at an exact step. */
import http from 'node:http';
import net from 'node:net';

export interface Seen {
  readonly method: string;
  /** with the API version in front: `/v1.51/containers/…` */
  readonly url: string;
}

export interface EngineProxy extends AsyncDisposable {
  /** for DOCKER_HOST */
  readonly url: string;
  /** every request, in order */
  readonly seen: readonly Seen[];
  /** Called before a request goes on to the engine; one that rejects is cut, and never reaches it. */
  before: (request: Seen) => Promise<void>;
}

/** Passes everything on to the engine's socket, from a TCP address of 127.0.0.1. */
export async function openProxy(host: string): Promise<EngineProxy> {
  const socketPath = host.replace(/^unix:\/\//, '');
  const seen: Seen[] = [];
  let before: EngineProxy['before'] = async () => {};

  const told = async (request: http.IncomingMessage): Promise<void> => {
    const { method = '', url = '' } = request;
    seen.push({ method, url });
    await before({ method, url });
  };
  const cut = (socket: net.Socket): void => void socket.destroy();

  const server = http.createServer((request, response) => {
    told(request).then(
      () => passOn(socketPath, request, response),
      () => cut(request.socket),
    );
  });
  // attach and exec take the connection over
  server.on('upgrade', (request: http.IncomingMessage, socket: net.Socket, head: Buffer) => {
    told(request).then(
      () => takeOver(socketPath, request, socket, head),
      () => cut(socket),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return {
    url: `tcp://127.0.0.1:${port}`,
    seen,
    get before() {
      return before;
    },
    set before(hook) {
      before = hook;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function passOn(socketPath: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const { method, url, headers } = request;
  const onward = http.request({ socketPath, method, path: url, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    response.flushHeaders();
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  onward.on('error', ({ message }) => {
    if (response.headersSent) return response.destroy();
    // as the engine tells an error, so that a test that fails by it says so
    response.writeHead(502, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ message: `proxy of the tests: ${message}` }));
  });
  response.on('close', () => onward.destroy());
  // Whole at once: the engine may answer before the end of a body in pieces and close, and that end would find no one.
  const body: Buffer[] = [];
  request.on('data', (chunk: Buffer) => void body.push(chunk));
  request.on('end', () => onward.end(Buffer.concat(body)));
}

function takeOver(socketPath: string, request: http.IncomingMessage, socket: net.Socket, head: Buffer): void {
  const onward = net.connect(socketPath);
  const lines = [`${request.method} ${request.url} HTTP/1.1`];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
  }
  onward.write(`${lines.join('\r\n')}\r\n\r\n`);
  onward.write(head);
  socket.pipe(onward).pipe(socket);
  const end = (): void => {
    socket.destroy();
    onward.destroy();
  };
  socket.on('error', end);
  onward.on('error', end);
}
