import type { Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { firstMessage, modelsOf } from '../../main/desktop/first-message-app-server.ts';
import type { ServerApi } from '../../main/desktop/server-api.ts';
import { fakeAppServer, type Answers, type FakeAppServer, type Frames } from './helpers/fake-app-server.ts';

const TOKEN = 'the-token-of-this-server';
const hello = { model: 'lmstudio/fake-chat', text: 'Hi' };

let server: Server | undefined;
let asked: FakeAppServer['asked'];
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function appServer(frames: Frames, answers: Answers = {}): Promise<ServerApi> {
  const fake = await fakeAppServer(TOKEN, frames, answers);
  ({ server, asked } = fake);
  return { url: fake.url, secret: TOKEN };
}

const says = (content: string): Answers => ({
  'POST /v1/chat/completions': [200, { choices: [{ message: { role: 'assistant', content } }] }],
});
const MADE: Frames = {
  agent_list: { agents: [] },
  create_agent: { agent_id: 'agent-1', name: 'Letta Code' },
  agent_update: { agent: { id: 'agent-1', name: 'first-agent' } },
};

describe('a first message to an App Server', () => {
  it('makes the agent with its mark, names it, and tells what it says', async () => {
    const api = await appServer(MADE, says('Hello there'));
    expect(await firstMessage(api, hello)).toEqual({ agent: 'first-agent', answer: 'Hello there' });
    expect(asked).toEqual([
      { what: 'agent_list', body: { query: { tags: ['letta-stack:first-agent'], limit: 1 } } },
      {
        what: 'create_agent',
        body: {
          personality: 'memo',
          model: 'lmstudio/fake-chat',
          tags: ['letta-stack:first-agent'],
          pin_global: false,
        },
      },
      { what: 'agent_update', body: { agent_id: 'agent-1', body: { name: 'first-agent' } } },
      {
        what: 'POST /v1/chat/completions',
        body: { model: 'agent-1', messages: [{ role: 'user', content: 'Hi' }] },
      },
    ]);
  });

  it('an agent that is there already keeps its name, and is given the model that was chosen', async () => {
    const frames: Frames = {
      agent_list: { agents: [{ id: 'agent-7', name: 'Ada' }] },
      agent_update: { agent: { id: 'agent-7', name: 'Ada' } },
    };
    expect(await firstMessage(await appServer(frames, says('Yes')), hello)).toEqual({
      agent: 'Ada',
      answer: 'Yes',
    });
    expect(asked[1]).toEqual({
      what: 'agent_update',
      body: { agent_id: 'agent-7', body: { model: 'lmstudio/fake-chat' } },
    });
  });

  it.each<[string, Frames, Answers, object]>([
    ['a model that says nothing', MADE, says(''), { code: 'app.no-answer', data: { model: hello.model } }],
    [
      'a turn that fails',
      MADE,
      { 'POST /v1/chat/completions': [500, { error: { message: `no key ${TOKEN} ${'x'.repeat(1_000)}` } }] },
      {
        code: 'app.api-refused',
        data: {
          what: 'The agent does not answer',
          status: 500,
          text: expect.stringMatching(/^no key .{393}…$/),
        },
      },
    ],
    [
      'what its agent says of its provider',
      MADE,
      {
        'POST /v1/chat/completions': [
          500,
          // as 0.32.18 says it
          { error: { message: JSON.stringify({ error: { error: { type: 'llm_error', message: 'no' } } }) } },
        ],
      },
      { code: 'app.api-refused', data: { status: 500, text: 'no' } },
    ],
    [
      'a model that it does not know',
      { ...MADE, create_agent: { success: false, error: 'Unknown model "x"' } },
      {},
      { code: 'app.api-refused', data: { what: 'The agent cannot be made', text: 'Unknown model "x"' } },
    ],
    [
      'an answer that is none of its protocol',
      { agent_list: { agents: 'none' } },
      {},
      { code: 'app.api-refused', data: { text: expect.stringContaining('"agents":"none"') } },
    ],
    [
      'a connection that ends',
      { agent_list: 'hang up' },
      {},
      {
        code: 'app.api-silent',
        data: { reason: 'it closed the connection (1006)' },
      },
    ],
  ])('%s is an error', async (_, frames, answers, error) => {
    const thrown = await firstMessage(await appServer(frames, answers), hello).catch((e: unknown) => e);
    expect(thrown).toMatchObject({ errors: [error] });
    expect(String(thrown)).not.toContain(TOKEN);
  });

  it('a token that is refused, and a server that is gone, are said', async () => {
    const api = await appServer(MADE);
    await expect(modelsOf({ ...api, secret: 'another-token' })).rejects.toMatchObject({
      errors: [{ code: 'app.api-refused', data: { status: 401, text: 'who is it?' } }],
    });
    await new Promise((resolve) => server?.close(resolve));
    await expect(modelsOf(api)).rejects.toMatchObject({
      errors: [{ code: 'app.api-silent', data: { reason: expect.stringContaining('ECONNREFUSED') } }],
    });
  });
});

it('the models of providers that are set are told, looked for anew', async () => {
  const api = await appServer({
    list_models: {
      entries: [{ handle: 'openai/gpt-5' }],
      available_handles: ['lmstudio/a', 'lmstudio/gpt-4o-mini'],
    },
  });
  expect(await modelsOf(api)).toEqual({
    models: ['lmstudio/a', 'lmstudio/gpt-4o-mini'],
    likely: 'lmstudio/gpt-4o-mini',
  });
  const look = { what: 'list_models', body: { force: true } };
  expect(asked).toEqual([look, look]);
});
