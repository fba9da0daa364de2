import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** What is answered to a frame by its type: the answer's other fields, or `hang up`. */
export type Frames = Readonly<Record<string, object | 'hang up'>>;
/** What is answered over HTTP, by method and path. */
export type Answers = Readonly<Record<string, readonly [status: number, body: unknown]>>;

export interface FakeAppServer {
  readonly server: Server;
  readonly url: string;
  /** what it was asked, in order */
  readonly asked: { readonly what: string; readonly body: unknown }[];
}

/** An App Server as far as a first message needs one: HTTP, and one text frame of less than 64 KiB each way. */
export async function fakeAppServer(token: string, frames: Frames, answers: Answers): Promise<FakeAppServer> {
  const asked: FakeAppServer['asked'] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const what = `${request.method} ${request.url}`;
      if (text !== '') asked.push({ what, body: JSON.parse(text) });
      const isKnown = request.headers.authorization === `Bearer ${token}`;
      const all: Answers = { 'GET /app-server-info': [200, { success: true }], ...answers };
      const [status, body] = isKnown ? (all[what] ?? [404, '']) : [401, { error: { message: 'who is it?' } }];
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  server.on('upgrade', (request, socket: Duplex) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${createHash('sha1').update(key).digest('base64')}\r\n\r\n`,
    );
    socket.on('error', () => undefined); // the client may be gone before its answer
    socket.on('data', (chunk: Buffer) => {
      const question = textOf(chunk);
      if (question === undefined) return socket.end();
      const { type, request_id, ...body } = JSON.parse(question) as { type: string; request_id: string };
      asked.push({ what: type, body });
      const reply = frames[type] ?? { success: false, error: `what is ${type}?` };
      if (reply === 'hang up') return socket.end();
      socket.write(frameOf(JSON.stringify({ type: 'something_else', request_id: 'of-somebody-else' })));
      return socket.write(
        frameOf(JSON.stringify({ type: `${type}_response`, request_id, success: true, ...reply })),
      );
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** The text of a client's frame (RFC 6455, section 5.2); `undefined` for one that closes. */
function textOf(frame: Buffer): string | undefined {
  if ((frame[0]! & 0x0f) !== 1) return undefined;
  const short = frame[1]! & 0x7f;
  const [length, start] = short === 126 ? [frame.readUInt16BE(2), 4] : [short, 2];
  const mask = frame.subarray(start, start + 4);
  const text = frame.subarray(start + 4, start + 4 + length).map((byte, i) => byte ^ mask[i % 4]!);
  return text.toString();
}

function frameOf(text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.from([0x81, 126, 0, 0]);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}
