// The App Server as a user lives with it, in order: each test goes on from the one before. The server is Letta's own
// package; only the model behind it is a fake, which says so in its name.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { firstMessage, modelsOf } from '../../main/desktop/first-message-app-server.ts';
import { testConnection } from '../../main/desktop/test-connection.ts';
import type { Stack } from '../../main/stack/stack-types.ts';
import { snippetsOf } from '../../renderer/snippets.ts';
import { describeLab } from '../setup/lab.ts';
import { canary, collectEvents, scan } from './helpers/canary-scan.ts';
import { composeOf } from './helpers/commands.ts';
import { choose, freePort, openBox, PROFILES, type CoreBox } from './helpers/core-box.ts';
import { startProvider } from './helpers/fake-provider.ts';
import { objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { complaintsOf } from './helpers/whole-doctor.ts';

describeLab('the app-server profile', () => {
  let box: CoreBox;
  let project: string;
  let url: string;
  let stack: Stack;
  let token: string;
  let agent: string;
  let events: ReturnType<typeof collectEvents>;
  const secrets = { ANTHROPIC_API_KEY: canary() };

  beforeAll(async () => {
    box = await openBox({ profilesFolder: PROFILES });
    project = box.project('app-server');
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const provider = await startProvider(box.engine, { name: box.project('provider'), delayMs: 0 });
    const variables = { LETTA_STACK_PORT: String(port), LETTA_STACK_LMSTUDIO_URL: provider };
    await choose(box.core, project, { profile: 'app-server', variables });
    stack = await box.stackFor({ profile: 'app-server', project });
    box.forget({ scope: 'global', name: 'ANTHROPIC_API_KEY' });
    for (const [name, value] of Object.entries(secrets)) await stack.setSecret(name, value);
    events = collectEvents(box.engine);
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const ask = (path: string, body?: unknown, bearer = token): Promise<Response> =>
    fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'content-type': 'application/json',
        ...(bearer !== '' && { authorization: `Bearer ${bearer}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
  /** `letta …` inside the container, with the keys. */
  async function letta(...args: string[]): Promise<string> {
    const { engine, id } = await stack.containerOf('server');
    const cmd = ['sh', '/letta-stack/start.sh', 'letta', ...args];
    const ended = await engine.containers.exec(id, { cmd, timeoutMs: 60_000 });
    expect(ended).toMatchObject({ exitCode: 0 });
    return ended.stdout;
  }
  /** What the agent answers, over the OpenAI-compatible door. */
  async function say(text: string): Promise<string> {
    const answer = await ask('/v1/chat/completions', {
      model: agent,
      messages: [{ role: 'user', content: text }],
    });
    const body = await answer.text();
    expect(answer.status, body).toBe(200);
    return (JSON.parse(body) as { choices: { message: { content: string } }[] }).choices[0]!.message.content;
  }

  /** The names of all agents, as a client of OpenAI's API sees them. */
  async function agents(): Promise<string[]> {
    const list = (await (await ask('/v1/models')).json()) as { data: { id: string }[] };
    return list.data.map((a) => a.id).toSorted();
  }

  it('comes up with a token of its own, and lets nobody in without it', async () => {
    const io = new Recorder();
    const state = await stack.up({}, io);
    expect(state).toMatchObject({ status: 'running', support: { status: 'current' } });
    expect(await complaintsOf(box.core, { profile: 'app-server', project, directory: box.folder })).toEqual(
      [],
    );
    expect(io.plans[0]!.steps.find((s) => s.kind === 'generateSecrets')).toMatchObject({
      names: ['LETTA_APP_SERVER_TOKEN'],
      volume: `${project}_state`,
    });
    const store = await box.core.secretStore();
    token = (await store.get({ scope: project, name: 'LETTA_APP_SERVER_TOKEN' }))!;
    expect(token).toMatch(/^[A-Za-z0-9]{32}$/);

    for (const path of ['/healthz', '/readyz']) expect((await ask(path, undefined, '')).status).toBe(200);
    expect((await ask('/v1/models', undefined, '')).status).toBe(401);
    expect((await ask('/v1/models', undefined, 'x'.repeat(32))).status).toBe(401);
    expect((await ask('/v1/models')).status).toBe(200);
  });

  it('is deeply ready, and says so of each part', async () => {
    const { probes } = await stack.status({ deep: true });
    expect(probes.filter((p) => !p.ok)).toEqual([]);
    expect(probes.map((p) => [p.id, p.answer])).toEqual([
      ['published', expect.any(String)],
      ['ready', 'ok'],
      ['token', '0 agents'],
    ]);
  });

  it('has the keys of providers, and agents that answer', async () => {
    const models = await letta('model', 'list');
    expect(models).toContain('"anthropic/');
    expect(models).not.toContain('"openai/');
    await letta('agents', 'create', '--name', 'recall', '--model', 'lmstudio/fake-chat');
    // the server looks at its folder when it starts
    await stack.restart(['server'], new Recorder());
    expect(await agents()).toEqual(['recall']);
    agent = 'recall';
    expect(await say('the first word is heron')).toContain('heron');
  });

  it('tells its models, makes a first agent of one, and asks it again with another', async () => {
    const server = { url, secret: token };
    // of one that has just started, which nobody has asked for models yet
    await stack.restart(['server'], new Recorder());
    const { models, likely } = await modelsOf(server);
    expect(models).toEqual(expect.arrayContaining(['lmstudio/fake-chat', 'lmstudio/gpt-4.1']));
    expect(models.find((m) => m.startsWith('anthropic/'))).toBeDefined();
    expect(likely).toBe('lmstudio/gpt-4o-mini');
    const said = await firstMessage(server, { model: 'lmstudio/fake-chat', text: 'do you hear giraffes?' });
    expect(said).toEqual({ agent: 'first-agent', answer: expect.stringContaining('do you hear giraffes?') });
    const again = await firstMessage(server, { model: 'lmstudio/gpt-4.1', text: 'and zebras?' });
    expect(again).toEqual({ agent: 'first-agent', answer: expect.stringContaining('and zebras?') });
    expect(await agents()).toEqual(['first-agent', 'recall']);
    const made = JSON.parse(await letta('agents', 'list', '--tags', 'letta-stack:first-agent')) as {
      items: { model: string; system: string }[];
    };
    expect(made.items).toMatchObject([
      { model: 'lmstudio/gpt-4.1', system: expect.stringMatching(/memory/i) },
    ]);
  });

  it('says what its provider refuses, and refuses another token', async () => {
    const server = { url, secret: token };
    await expect(firstMessage(server, { model: 'no-such/model', text: 'hello' })).rejects.toMatchObject({
      errors: [
        {
          code: 'app.api-refused',
          data: {
            what: 'The agent does not answer',
            text: expect.stringMatching(/^Model provider "no-such"/),
          },
        },
      ],
    });
    await expect(modelsOf({ url, secret: 'x'.repeat(32) })).rejects.toMatchObject({
      errors: [{ code: 'app.api-refused', data: { status: 401 } }],
    });
  });

  it('is tried as a client would, and answers the first example', async () => {
    const { connect } = await stack.status();
    expect(connect).toEqual({
      api: 'app-server',
      secret: 'LETTA_APP_SERVER_TOKEN',
      test: `${url}/v1/models`,
    });
    const right = await testConnection(`${url}/v1/models`, token, 'app-server');
    expect(right).toMatchObject({ ok: true, answer: 'HTTP 200: the token is right' });
    const wrong = await testConnection(`${url}/v1/models`, 'x'.repeat(32), 'app-server');
    expect(wrong.answer).toMatch(/^HTTP 401: the server refuses the token/);
    const [curl] = snippetsOf('app-server', url, 'LETTA_APP_SERVER_TOKEN');
    const env = { ...process.env, LETTA_APP_SERVER_TOKEN: token };
    const { stdout } = await promisify(execFile)('sh', ['-c', curl!.text], { env });
    expect(stdout).toContain('"id":"first-agent"');
  });

  it('shows its secrets nowhere', async () => {
    const words = { ...secrets, token, project };
    const texts = { status: JSON.stringify(await stack.status({ deep: true })) };
    const found = await scan({ engine: box.engine, project, home: box.home, events: events(), texts }, words);
    expect(found).toMatchObject({ ANTHROPIC_API_KEY: [], token: [] });
    expect(found['project']).toEqual(expect.arrayContaining(['events', 'status']));
  });

  it('keeps its agents over down and up, also by the docker compose CLI', async () => {
    const { volumes } = await objectsOf(box.engine, project);
    expect(Object.keys(volumes).toSorted()).toEqual([`${project}_state`, `${project}_workspace`]);
    await stack.down({}, new Recorder());
    await composeOf(stack, ['up', '--detach', '--wait']);
    const made = await objectsOf(box.engine, project);
    const io = new Recorder();
    expect((await stack.up({}, io)).status).toBe('running');
    expect([io.plans[0]!.steps, io.asked]).toEqual([[], []]);
    expect(await objectsOf(box.engine, project)).toEqual(made);
    expect(made.volumes).toEqual(volumes);
    expect(await say('the second word is otter')).toContain('otter');
    const hello = { model: 'lmstudio/fake-chat', text: 'still there?' };
    expect((await firstMessage({ url, secret: token }, hello)).answer).toContain('still there?');
    expect(await agents()).toEqual(['first-agent', 'recall']);
  });

  it('takes another token, and refuses the one before', async () => {
    const before = token;
    token = canary();
    await stack.setSecret('LETTA_APP_SERVER_TOKEN', token);
    await stack.up({}, new Recorder());
    expect((await ask('/v1/models')).status).toBe(200);
    expect((await ask('/v1/models', undefined, before)).status).toBe(401);
  });

  it('starts with no token made beside data that is there', async () => {
    await stack.down({}, new Recorder());
    await stack.unsetSecret('LETTA_APP_SERVER_TOKEN', 'LETTA_APP_SERVER_TOKEN');
    await expect(stack.up({}, new Recorder())).rejects.toMatchObject({
      errors: [{ code: 'stack.secret-missing', data: { name: 'LETTA_APP_SERVER_TOKEN' } }],
    });
  });
});
