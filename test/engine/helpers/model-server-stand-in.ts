/**
 * Stand-ins for Ollama and LM Studio, which do not run here: HTTP servers of the tests that answer what Letta asks of
 * the real ones, in their shapes (Ollama: docs/api.md and docs/openai.md of its repository; LM Studio: its REST API v0).
 * No model is behind them, and they say so in their names.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const OLLAMA_MODEL = 'ollama-stand-in:latest';
export const OLLAMA_EMBEDDING = 'ollama-stand-in-embedding:latest';
export const LMSTUDIO_MODEL = 'lmstudio-stand-in';

interface Body {
  readonly model?: string;
  /** what Letta calls it */
  readonly name?: string;
  readonly messages?: readonly { readonly role: string; readonly content?: unknown }[];
}
type Route = (body: Body) => unknown;

const details = { family: 'stand-in', parameter_size: '1M', quantization_level: 'F32' };
const SHOWN: Readonly<Record<string, object>> = {
  [OLLAMA_MODEL]: {
    capabilities: ['completion', 'tools'],
    model_info: { 'general.architecture': 'stand-in', 'stand-in.context_length': 32_768 },
  },
  [OLLAMA_EMBEDDING]: {
    capabilities: ['embedding'],
    model_info: { 'general.architecture': 'stand-in', 'stand-in.embedding_length': 768 },
  },
};

const completion: Route = ({ model, messages = [] }) => ({
  id: 'chatcmpl-stand-in',
  object: 'chat.completion',
  created: 1,
  model,
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      message: { role: 'assistant', content: `STAND-IN heard ${messages.length} messages` },
    },
  ],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

const OLLAMA: Readonly<Record<string, Route>> = {
  'GET /api/version': () => ({ version: '0.0.0-stand-in' }),
  'GET /api/tags': () => ({ models: Object.keys(SHOWN).map((name) => ({ name, model: name, details })) }),
  'POST /api/show': ({ model, name }) => SHOWN[model ?? name ?? ''],
  'GET /v1/models': () => ({
    object: 'list',
    data: Object.keys(SHOWN).map((id) => ({ id, object: 'model' })),
  }),
  'POST /v1/chat/completions': completion,
};

const LMSTUDIO: Readonly<Record<string, Route>> = {
  'GET /api/v0/models': () => ({
    object: 'list',
    data: [
      {
        id: LMSTUDIO_MODEL,
        object: 'model',
        type: 'llm',
        compatibility_type: 'gguf',
        max_context_length: 32_768,
        state: 'loaded',
      },
    ],
  }),
  'GET /v1/models': () => ({ object: 'list', data: [{ id: LMSTUDIO_MODEL, object: 'model' }] }),
  'POST /v1/chat/completions': completion,
};

const KINDS = { ollama: OLLAMA, lmstudio: LMSTUDIO };

export interface StandIn extends AsyncDisposable {
  readonly port: number;
  /** `GET /api/tags`, in their order */
  readonly asked: readonly string[];
}

/** Starts one at an address of this machine. @param port 0: any that is free */
export async function startStandIn(kind: keyof typeof KINDS, address: string, port = 0): Promise<StandIn> {
  const asked: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = `${request.method} ${request.url}`;
    asked.push(route);
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
    const found = KINDS[kind][route]?.(text === '' ? {} : (JSON.parse(text) as Body));
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? { error: 'the stand-in has no such route' }));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject).listen(port, address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
