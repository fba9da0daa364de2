/** A client of a running Letta server, for round trips: what one makes must be there after any restart. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';

/** The fake provider's model and the fixed embedding, as the server names them behind another OPENAI_BASE_URL. */
const MODEL = 'openai-proxy/gpt-4o-mini';
const EMBEDDING = 'openai/text-embedding-3-small';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What `createRecord` made, to be found again by `verifyRecord`. */
export interface Record {
  readonly word: string;
  readonly agent: string;
  readonly passage: string;
  readonly fact: string;
}

/** One piece of a streamed answer and when it came, in milliseconds after the request. */
export interface Piece {
  readonly ms: number;
  readonly data: string;
}

export class LettaClient {
  readonly #url: string;
  readonly #password: string;

  /** `url` without a path, as `http://127.0.0.1:8283` */
  constructor(url: string, password: string) {
    this.#url = url;
    this.#password = password;
  }

  /** One request with the password, or with another one, or with none (''). */
  async ask(method: string, path: string, body?: unknown, password = this.#password): Promise<Answer> {
    const response = await this.#fetch(method, path, body, password);
    const text = await response.text();
    return { status: response.status, body: response.ok && text !== '' ? JSON.parse(text) : text };
  }

  /** The body of a request that must be answered with 200. */
  async get<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.ask(method, path, body);
    expect(answer, `${method} ${path}`).toMatchObject({ status: 200 });
    return answer.body as T;
  }

  /** A message whose answer comes in pieces (server-sent events). */
  async stream(agent: string, text: string): Promise<Piece[]> {
    const started = performance.now();
    const body = { messages: [{ role: 'user', content: text }], stream_tokens: true };
    const response = await this.#fetch('POST', `/v1/agents/${agent}/messages/stream`, body, this.#password);
    expect(response.status).toBe(200);
    const pieces: Piece[] = [];
    let rest = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('data: ')) pieces.push({ ms: performance.now() - started, data: line.slice(6) });
      }
    }
    return pieces;
  }

  #fetch(method: string, path: string, body: unknown, password: string): Promise<Response> {
    return fetch(this.#url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(password !== '' && { authorization: `Bearer ${password}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(120_000),
    });
  }
}

interface Message {
  readonly message_type?: string;
  readonly content?: string | readonly { readonly text?: string }[];
}

const textOf = ({ content = '' }: Message): string =>
  typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('');

const said = (messages: readonly Message[]): string =>
  messages
    .filter((message) => message.message_type === 'assistant_message')
    .map(textOf)
    .join('');

/** An agent that answers whole and in pieces, and a passage in its archive; then all of it is looked for. */
export async function createRecord(client: LettaClient): Promise<Record> {
  const word = `w${randomBytes(5).toString('hex')}`;
  expect((await client.ask('GET', '/v1/agents/', undefined, '')).status).toBe(401);
  expect((await client.ask('GET', '/v1/agents/', undefined, 'not-the-password')).status).toBe(401);

  const { id: agent } = await client.get<{ id: string }>('POST', '/v1/agents/', {
    name: `record-${word}`,
    model: MODEL,
    embedding: EMBEDDING,
    memory_blocks: [{ label: 'human', value: `The user is ${word}.` }],
  });
  const { messages } = await client.get<{ messages: Message[] }>('POST', `/v1/agents/${agent}/messages`, {
    messages: [{ role: 'user', content: `hello ${word} plain` }],
  });
  expect(said(messages)).toContain(word);
  const pieces = await client.stream(agent, `hello ${word} stream`);
  const streamed = pieces
    .filter(({ data }) => data.startsWith('{'))
    .map(({ data }) => JSON.parse(data) as Message);
  expect(said(streamed)).toContain(word);

  const archive = `/v1/agents/${agent}/archival-memory`;
  const fact = `The ${word} archive keeps blue giraffes in cellar nine.`;
  const [passage] = await client.get<{ id: string }[]>('POST', archive, { text: fact });
  await client.get('POST', archive, { text: 'Railway timetables change in winter.' });

  const record = { word, agent, passage: passage!.id, fact };
  await verifyRecord(client, record);
  return record;
}

/** Everything of a record is there: agent, memory, messages, passage, and the vector search finds it first. */
export async function verifyRecord(client: LettaClient, record: Record): Promise<void> {
  const agent = `/v1/agents/${record.agent}`;
  expect(await client.get('GET', agent)).toMatchObject({ name: `record-${record.word}` });
  const blocks = await client.get<{ value: string }[]>('GET', `${agent}/core-memory/blocks`);
  expect(blocks.map((block) => block.value)).toContain(`The user is ${record.word}.`);

  const messages = await client.get<Message[]>('GET', `${agent}/messages?limit=100`);
  const asked = messages.filter((message) => message.message_type === 'user_message').map(textOf);
  expect(asked.filter((text) => text.includes(record.word))).toHaveLength(2);
  expect(said(messages)).toContain(record.word);

  const passages = await client.get<object[]>('GET', `${agent}/archival-memory?limit=100`);
  expect(passages).toContainEqual(expect.objectContaining({ id: record.passage, text: record.fact }));
  const query = encodeURIComponent('where are the blue giraffes kept');
  const found = await client.get('GET', `${agent}/archival-memory/search?query=${query}&top_k=1`);
  expect(JSON.stringify(found)).toContain(record.fact);
}
