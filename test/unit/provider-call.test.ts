import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { PROVIDERS, type Provider } from '../../main/providers.ts';
import { signedForAws } from '../../main/system/aws-signature.ts';
import {
  meaningOf,
  providerRequest,
  tryProvider,
  type ProviderValues,
} from '../../main/system/provider-call.ts';

const provider = (id: string): Provider => PROVIDERS.find((p) => p.id === id)!;
const AT = new Date('2015-08-30T12:36:00.000Z');
const SECRET = 'canary-0123456789';

/** Every key and setting of a provider. */
const valuesOf = ({ keys, settings }: Provider, own: Record<string, string> = {}): ProviderValues => ({
  keys: Object.fromEntries(keys.map((k) => [k.name, SECRET])),
  settings: { ...Object.fromEntries(settings.map((s) => [s.name, ''])), ...own },
});

describe('the request that tries a provider', () => {
  it.each<[id: string, settings: Record<string, string>, url: string, header: Record<string, string>]>([
    ['openai', {}, 'https://api.openai.com/v1/models', { authorization: `Bearer ${SECRET}` }],
    ['openai', { 'openai-url': 'http://10.0.0.1:80/v1/' }, 'http://10.0.0.1:80/v1/models', {}],
    ['anthropic', {}, 'https://api.anthropic.com/v1/models', { 'x-api-key': SECRET }],
    ['gemini', {}, 'https://generativelanguage.googleapis.com/v1beta/models', { 'x-goog-api-key': SECRET }],
    ['openrouter', {}, 'https://openrouter.ai/api/v1/key', {}],
    ['baseten', {}, 'https://inference.baseten.co/v1/models', { authorization: `Api-Key ${SECRET}` }],
    [
      'azure',
      { 'azure-url': 'https://mine.openai.azure.com/' },
      'https://mine.openai.azure.com/openai/models?api-version=2024-09-01-preview',
      { 'api-key': SECRET },
    ],
    [
      'azure',
      { 'azure-url': 'https://mine/openai/v1' },
      'https://mine/openai/models?api-version=2024-09-01-preview',
      {},
    ],
    ['ollama', { 'ollama-url': 'http://127.0.0.1:11434/v1' }, 'http://127.0.0.1:11434/api/tags', {}],
    ['ollama', { 'ollama-url': 'http://gpu-box:11434' }, 'http://gpu-box:11434/api/tags', {}],
    ['lmstudio', { 'lmstudio-url': 'http://127.0.0.1:1234' }, 'http://127.0.0.1:1234/v1/models', {}],
    ['sglang', { 'sglang-url': 'http://gpu-box:30000' }, 'http://gpu-box:30000/v1/models', {}],
    ['vllm', { 'vllm-url': 'http://gpu-box:8000/v1' }, 'http://gpu-box:8000/v1/models', {}],
  ])('%s with %j', (id, settings, url, header) => {
    const made = providerRequest(provider(id), valuesOf(provider(id), settings), AT);
    expect(made).toMatchObject({ kind: 'request', request: { url, headers: header } });
    // never in an address, which servers and proxies write down
    expect(url).not.toContain(SECRET);
  });

  it.each(PROVIDERS.filter((p) => p.call && p.keys.length > 0))('of $id has no key in its address', (p) => {
    const made = providerRequest(p, valuesOf(p, { 'azure-url': 'https://a', 'aws-region': 'eu-west-1' }), AT);
    expect(made.kind).toBe('request');
    if (made.kind === 'request') expect(made.request.url).not.toContain(SECRET);
  });

  it('is signed for Bedrock, and has no secret in it', () => {
    const made = providerRequest(
      provider('bedrock'),
      valuesOf(provider('bedrock'), { 'aws-region': 'eu-west-1' }),
      AT,
    );
    expect(made).toMatchObject({
      request: { url: 'https://bedrock.eu-west-1.amazonaws.com/foundation-models' },
    });
    expect(JSON.stringify(made)).toContain(`Credential=${SECRET}/20150830/eu-west-1/bedrock/aws4_request`);
  });

  it('waits for what is needed', () => {
    const azure = provider('azure');
    expect(providerRequest(azure, valuesOf(azure), AT)).toEqual({ kind: 'missing', missing: ['azure-url'] });
    expect(providerRequest(azure, { keys: {}, settings: { 'azure-url': 'https://a' } }, AT)).toEqual({
      kind: 'missing',
      missing: ['Key of the resource'],
    });
    const ollama = provider('ollama');
    expect(providerRequest(ollama, valuesOf(ollama, { 'ollama-url': 'nonsense' }), AT).kind).toBe('missing');
    expect(providerRequest(provider('vertex'), valuesOf(provider('vertex')), AT).kind).toBe('none');
  });
});

it('signs as AWS documents it (its example of ListUsers)', () => {
  const headers = signedForAws({
    url: new URL('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08'),
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    accessKey: 'AKIDEXAMPLE',
    secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    region: 'us-east-1',
    service: 'iam',
    at: AT,
  });
  expect(headers['authorization']).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, ' +
      'SignedHeaders=content-type;host;x-amz-date, ' +
      'Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  );
});

describe('an answer', () => {
  it.each<[id: string, status: number, as: string]>([
    ['openai', 200, 'ok'],
    ['openai', 401, 'refused'],
    ['openai', 403, 'refused'],
    ['openai', 400, 'other'],
    ['gemini', 400, 'refused'],
    ['openai', 402, 'other'],
    ['openai', 404, 'other'],
    ['openai', 429, 'rate-limited'],
    ['openai', 503, 'other'],
    ['openai', 302, 'other'],
    ['ollama', 200, 'ok'],
  ])('of %s with %i is %s', (id, status, as) => {
    const { as: got, words } = meaningOf(status, provider(id));
    expect([got, words.startsWith(`HTTP ${status}: `)]).toEqual([as, true]);
  });
});

describe('trying a provider', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function answering(answer: (request: IncomingMessage) => number): Promise<string> {
    server = createServer((request, response) => {
      // as some do: the key is in the answer
      response.writeHead(answer(request)).end(`Incorrect API key provided: ${SECRET}`);
    });
    await new Promise<void>((resolve) => {
      server?.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const tryAt = async (id: string, base: string): Promise<unknown> => {
    const made = providerRequest(provider(id), valuesOf(provider(id)), AT, base);
    if (made.kind !== 'request') throw new Error(made.kind);
    return tryProvider(provider(id), made.request);
  };

  it('asks with the key, and tells nothing of the answer but what it means', async () => {
    let seen: unknown;
    const base = await answering((request) => {
      seen = [
        request.method,
        request.url,
        request.headers['x-api-key'],
        request.headers['anthropic-version'],
      ];
      return 401;
    });
    const tried = await tryAt('anthropic', `${base}/v1`);
    expect(seen).toEqual(['GET', '/v1/models', SECRET, '2023-06-01']);
    expect(tried).toEqual({
      as: 'refused',
      words: 'HTTP 401: Anthropic refuses the key: it is mistyped, was revoked, or is of another account',
    });
  });

  it('says that nothing answers', async () => {
    const base = await answering(() => 200);
    await new Promise((resolve) => server?.close(resolve));
    expect(await tryAt('groq', base)).toEqual({
      as: 'no-network',
      words: `${new URL(base).host} does not answer: nothing listens there`,
    });
  });

  it('says that a key cannot be sent, without it', async () => {
    const broken = { url: 'http://127.0.0.1:9/', headers: { authorization: `Bearer a\n${SECRET}` } };
    const tried = await tryProvider(provider('groq'), broken);
    expect(tried.as).toBe('no-network');
    expect(tried.words).not.toContain(SECRET);
  });
});
