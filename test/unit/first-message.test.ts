import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { firstMessage, modelsOf } from '../../main/desktop/first-message.ts';
import { likelyModel } from '../../main/desktop/likely-model.ts';
import type { ServerApi } from '../../main/desktop/server-api.ts';

let server: Server | undefined;
afterEach(() => server?.close());

const PASSWORD = 'the-password-of-this-server';
type Answers = Readonly<Record<string, readonly [status: number, body: unknown]>>;
const asked: { what: string; body: unknown }[] = [];

/** What a Letta server answers, by method and path. */
async function letta(answers: Answers): Promise<ServerApi> {
  asked.length = 0;
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const what = `${request.method} ${request.url}`;
      asked.push({ what, body: text === '' ? undefined : JSON.parse(text) });
      const isKnown = request.headers.authorization === `Bearer ${PASSWORD}`;
      const [status, body] = isKnown ? (answers[what] ?? [404, { detail: 'no such path' }]) : [401, {}];
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => {
    server?.listen(0, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, secret: PASSWORD };
}

const NONE = { 'GET /v1/agents/?name=first-agent&tags=letta-stack&limit=1': [200, []] } as const;
const MADE = {
  ...NONE,
  'GET /v1/models/embedding': [
    200,
    [{ handle: 'letta/letta-free' }, { handle: 'openai/text-embedding-3-small' }],
  ],
  'POST /v1/agents/': [200, { id: 'agent-1' }],
} as const;
const SAID = {
  messages: [
    { message_type: 'reasoning_message', reasoning: 'hm' },
    { message_type: 'assistant_message', content: [{ type: 'text', text: 'Hello ' }, { text: 'there' }] },
  ],
};
const hello = { model: 'openai-proxy/gpt-4o-mini', text: 'Hi' };

describe('a first message', () => {
  it('makes the agent with an embedding of the same provider, and tells what it says', async () => {
    const api = await letta({ ...MADE, 'POST /v1/agents/agent-1/messages': [200, SAID] });
    expect(await firstMessage(api, hello)).toEqual({ agent: 'first-agent', answer: 'Hello there' });
    expect(asked.map((a) => a.what)).toEqual([
      'GET /v1/agents/?name=first-agent&tags=letta-stack&limit=1',
      'GET /v1/models/embedding',
      'POST /v1/agents/',
      'POST /v1/agents/agent-1/messages',
    ]);
    expect(asked[2]?.body).toMatchObject({
      name: 'first-agent',
      model: 'openai-proxy/gpt-4o-mini',
      embedding: 'openai/text-embedding-3-small',
    });
    expect(asked[3]?.body).toEqual({ messages: [{ role: 'user', content: 'Hi' }] });
  });

  it('an agent that is there already is given the model that was chosen', async () => {
    const api = await letta({
      'GET /v1/agents/?name=first-agent&tags=letta-stack&limit=1': [200, [{ id: 'agent-7' }]],
      'PATCH /v1/agents/agent-7': [200, { id: 'agent-7' }],
      'POST /v1/agents/agent-7/messages': [
        200,
        { messages: [{ message_type: 'assistant_message', content: 'Yes' }] },
      ],
    });
    expect((await firstMessage(api, hello)).answer).toBe('Yes');
    expect(asked[1]?.body).toEqual({ model: 'openai-proxy/gpt-4o-mini' });
  });

  it('a server without embeddings makes an agent without one', async () => {
    const api = await letta({
      ...MADE,
      'GET /v1/models/embedding': [200, []],
      'POST /v1/agents/agent-1/messages': [200, SAID],
    });
    await firstMessage(api, hello);
    expect(asked[2]?.body).not.toHaveProperty('embedding');
  });

  it('what the server refuses is said with its reason, cut, and without the password', async () => {
    const detail = `the key was refused for ${PASSWORD} ${'x'.repeat(1_000)}`;
    const api = await letta({ ...MADE, 'POST /v1/agents/agent-1/messages': [500, { detail }] });
    const error = await firstMessage(api, hello).catch((e: unknown) => e);
    expect(error).toMatchObject({
      errors: [
        { code: 'app.api-refused', data: { status: 500, text: expect.stringContaining('was refused') } },
      ],
    });
    expect(String(error)).not.toContain(PASSWORD);
    expect(String(error).length).toBeLessThan(700);
  });

  it.each<[string, Answers, string]>([
    [
      'no answer of the model',
      { ...MADE, 'POST /v1/agents/agent-1/messages': [200, { messages: [] }] },
      'app.no-answer',
    ],
    [
      'an answer that is none of Letta',
      { 'GET /v1/agents/?name=first-agent&tags=letta-stack&limit=1': [200, '<html>'] },
      'app.api-refused',
    ],
  ])('%s is an error', async (_, answers, code) => {
    await expect(firstMessage(await letta(answers), hello)).rejects.toMatchObject({ errors: [{ code }] });
  });

  it('a server that is gone is said', async () => {
    const api = await letta({});
    await new Promise((resolve) => server?.close(resolve));
    await expect(modelsOf(api)).rejects.toMatchObject({
      errors: [{ code: 'app.api-silent', data: { reason: expect.stringContaining('ECONNREFUSED') } }],
    });
  });
});

describe('models', () => {
  it('are told once each, with a likely one', async () => {
    const handles = ['a/b', 'openai/gpt-4.1-mini', 'a/b'];
    const api = await letta({ 'GET /v1/models/': [200, handles.map((handle) => ({ handle }))] });
    expect(await modelsOf(api)).toEqual({
      models: ['a/b', 'openai/gpt-4.1-mini'],
      likely: 'openai/gpt-4.1-mini',
    });
  });

  it('of Letta’s own cloud are not among them: without a provider there are none', async () => {
    const free = { handle: 'letta/letta-free', model_endpoint: 'https://inference.letta.com/v1/' };
    const own = { handle: 'vllm/mine', model_endpoint: 'http://gpu.letta.community:8000/v1' };
    expect(await modelsOf(await letta({ 'GET /v1/models/': [200, [free]] }))).toEqual({ models: [] });
    server?.close();
    expect(await modelsOf(await letta({ 'GET /v1/models/': [200, [free, own]] }))).toEqual({
      models: ['vllm/mine'],
      likely: 'vllm/mine',
    });
  });

  it.each([
    [[], undefined],
    [['a/b', 'c/d'], 'a/b'],
    [['openai/gpt-5', 'anthropic/claude-haiku-4-5'], 'anthropic/claude-haiku-4-5'],
    [['openai/gpt-4o-mini', 'openai/gpt-4.1-mini'], 'openai/gpt-4.1-mini'],
    [['google_ai/gemini-2.5-pro', 'google_ai/gemini-2.5-flash'], 'google_ai/gemini-2.5-flash'],
  ])('of %j it is %s', (models, likely) => expect(likelyModel(models)).toBe(likely));
});
