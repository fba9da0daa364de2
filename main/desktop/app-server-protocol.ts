import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { failure } from '../errors.ts';
import { bearer } from '../system/http-status.ts';
import { http } from '../system/node-http.ts';
import { ask, jsonOf, silent, told, WITHIN_MS, type ServerApi } from './server-api.ts';

/** Where the protocol is spoken (`DEFAULT_WS_PATH` of letta-code). */
const PATH = '/ws';

const Reply = z.looseObject({ success: z.boolean(), error: z.string().optional() });

/**
 * One question in the App Server's own protocol, version 1 (`dist/types/types/protocol_v2.d.ts` of letta-code): a
 * WebSocket, one frame of JSON, and the frame that answers with its `request_id`. What else it tells is for those who
 * stay.
 * @param what does not come about without it, as a sentence without its end
 * @throws Failure `app.api-refused`, `app.api-silent`
 */
export async function askAppServer<T>(
  api: ServerApi,
  what: string,
  schema: z.ZodType<T>,
  type: string,
  body: Readonly<Record<string, unknown>>,
): Promise<T> {
  // a handshake that fails says nothing of its status; this is refused by the same rule, and says why
  await ask(api, what, z.object({}), 'GET', '/app-server-info');
  const url = `${api.url}${PATH}`;
  const frame = await exchange(url, api, { ...body, type }).catch((error: unknown) => {
    throw silent(what, url, error);
  });
  const reply = Reply.safeParse(frame);
  const read = schema.safeParse(frame);
  if (!reply.data?.success || !read.success)
    throw failure('app.api-refused', {
      what,
      url,
      text: told(api, reply.data?.error ?? JSON.stringify(frame)),
    });
  return read.data;
}

/** Sends a frame, and gives the one with its id. @throws Error with the reason that none came */
function exchange(url: string, { secret }: ServerApi, question: object): Promise<unknown> {
  const sent = { ...question, request_id: randomUUID() };
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const socket = new http.WebSocket(url.replace(/^http/, 'ws'), { headers: bearer(secret) });
  const signal = AbortSignal.timeout(WITHIN_MS);
  signal.addEventListener('abort', () => reject(signal.reason as Error));
  socket.addEventListener('open', () => socket.send(JSON.stringify(sent)));
  socket.addEventListener('message', ({ data }) => {
    const frame = jsonOf(String(data));
    const id = z.looseObject({ request_id: z.string() }).safeParse(frame).data?.request_id;
    if (id === sent.request_id) resolve(frame);
  });
  // an error is always followed by a close, and mostly says nothing
  socket.addEventListener('close', ({ code }) => reject(new Error(`it closed the connection (${code})`)));
  return promise.finally(() => socket.close());
}
