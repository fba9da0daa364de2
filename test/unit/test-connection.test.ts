import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { meaning, testConnection } from '../../main/desktop/test-connection.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** A server that lets in who has the password. */
async function listening(password: string): Promise<string> {
  server = createServer((request, response) => {
    response.statusCode = request.headers.authorization === `Bearer ${password}` ? 200 : 401;
    response.end('3');
  });
  await new Promise<void>((resolve) => {
    server?.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/agents/count`;
}

describe('a test of the connection', () => {
  it('sends the secret, and says that it is right', async () => {
    const result = await testConnection(await listening('right'), 'right', 'letta');
    expect(result).toMatchObject({ ok: true, answer: 'HTTP 200: the password is right' });
  });

  it('says that the password is refused, without it', async () => {
    const result = await testConnection(await listening('right'), 'wrong-one', 'letta');
    expect(result).toMatchObject({
      ok: false,
      answer: expect.stringMatching(/^HTTP 401: the server refuses/),
    });
    expect(JSON.stringify(result)).not.toContain('wrong-one');
  });

  it('says that nothing answers', async () => {
    const url = await listening('x');
    await new Promise((resolve) => server?.close(resolve));
    const result = await testConnection(url, 'x', 'letta');
    expect(result.ok).toBe(false);
    expect(result.answer).toContain(`${url} does not answer: connect ECONNREFUSED`);
  });

  it.each([
    [200, true, 'HTTP 200: the password is right'],
    [204, true, 'HTTP 204: the password is right'],
    [302, false, 'HTTP 302'],
    [502, false, 'HTTP 502: nginx does not reach the server; it may still be starting'],
    [418, false, 'HTTP 418'],
  ])('HTTP %d', (status, ok, answer) => {
    expect(meaning(status, 'password')).toEqual({ ok, answer });
  });

  it.each([
    [200, 'HTTP 200: the token is right'],
    [401, 'HTTP 401: the server refuses the token; it may run with an older one: apply the settings anew'],
  ])('HTTP %d of an App Server', async (status, answer) => {
    const told = await testConnection(await listening('right'), status === 200 ? 'right' : 'x', 'app-server');
    expect(told.answer).toBe(answer);
  });
});
