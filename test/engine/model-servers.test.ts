// Ollama and LM Studio on this machine, from being found to being used by a real Letta: both are stand-ins, which say so
// in their names; that they are reached, or not, is real. In order: each test goes on from the one before.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { firstMessage, modelsOf } from '../../main/desktop/first-message.ts';
import { keyCalls } from '../../main/desktop/key-calls.ts';
import type { ServerApi } from '../../main/desktop/server-api.ts';
import type { Stack, StackRef } from '../../main/stack/stack-types.ts';
import type { Finding } from '../../main/system/doctor-types.ts';
import { findModelServers, type ModelServer } from '../../main/system/model-servers.ts';
import { describeLab } from '../setup/lab.ts';
import { choose, freePort, openBox, PROFILES, type CoreBox } from './helpers/core-box.ts';
import { gateway } from './helpers/fake-provider.ts';
import { LMSTUDIO_MODEL, OLLAMA_MODEL, startStandIn, type StandIn } from './helpers/model-server-stand-in.ts';
import { Recorder } from './helpers/recorder.ts';
import { LettaClient } from './production-client.ts';

const START = 400_000;
const HANDLES = [`lmstudio_openai/${LMSTUDIO_MODEL}`, `ollama/${OLLAMA_MODEL}`];

describeLab('model servers of this machine', () => {
  let box: CoreBox;
  let project: string;
  let stack: Stack;
  let api: ServerApi;
  let address: string;
  let ollama: StandIn;
  let lmstudio: StandIn;
  let ports: { readonly ollama: number; readonly lmstudio: number };

  beforeAll(async () => {
    box = await openBox({ profilesFolder: PROFILES });
    project = box.project('models');
    address = await gateway(box.engine);
    // as Ollama does unless it is told otherwise
    ollama = await startStandIn('ollama', '127.0.0.1');
    lmstudio = await startStandIn('lmstudio', '0.0.0.0');
    // of an address that ends in 1 the server takes that away with its /v1 (`strip('/v1')` in providers/lmstudio.py)
    while (lmstudio.port % 10 === 1) {
      await lmstudio[Symbol.asyncDispose]();
      lmstudio = await startStandIn('lmstudio', '0.0.0.0');
    }
    ports = { ollama: ollama.port, lmstudio: lmstudio.port };
  });
  afterAll(async () => {
    await ollama[Symbol.asyncDispose]();
    await lmstudio[Symbol.asyncDispose]();
    await box[Symbol.asyncDispose]();
  });

  const found = async (): Promise<Record<string, ModelServer>> =>
    Object.fromEntries((await findModelServers(await box.core.hostReach(), ports)).map((s) => [s.id, s]));
  const ref = (): StackRef => ({ profile: 'production', project, directory: box.folder });
  const doctor = async (at: StackRef = ref()): Promise<Finding | undefined> =>
    (await box.core.doctor({ ref: at, only: ['providers'] }))[0];
  const handles = async (): Promise<string[]> =>
    (await modelsOf(api)).models.filter((m) => !m.startsWith('letta/')).toSorted();
  const tried = (provider: string) =>
    keyCalls({ core: box.core, openExternal: () => Promise.resolve() }).tryProvider({ project, provider });
  const url = (port: number): string => `http://host.docker.internal:${port}/v1`;

  it('are found, and told that containers do not reach what listens on 127.0.0.1 alone', async () => {
    expect(await found()).toEqual({
      ollama: {
        id: 'ollama',
        title: 'Ollama',
        setting: 'ollama-url',
        url: url(ports.ollama),
        reach: 'loopback',
        next: expect.stringContaining(`Environment=OLLAMA_HOST=${address}:${ports.ollama}`),
      },
      lmstudio: {
        id: 'lmstudio',
        title: 'LM Studio',
        setting: 'lmstudio-url',
        url: url(ports.lmstudio),
        reach: 'yes',
      },
    });
  });

  it('say so before the start: in the plan, in the doctor, and where the address is tried', async () => {
    const port = await freePort();
    const { ollama: one, lmstudio: other } = await found();
    const variables = {
      LETTA_STACK_PORT: String(port),
      LETTA_STACK_OLLAMA_URL: one!.url,
      LETTA_STACK_LMSTUDIO_URL: other!.url,
    };
    await choose(box.core, project, { profile: 'production', variables });
    stack = await box.stackFor({ profile: 'production', project });
    const hidden = {
      code: 'models.hidden',
      data: { service: 'server', id: 'ollama', title: 'Ollama', url: url(ports.ollama), address },
    };
    expect((await stack.plan({})).warnings).toEqual([hidden]);
    const words = `server does not reach Ollama at ${url(ports.ollama)}: it listens on 127.0.0.1 of this computer alone`;
    expect(await doctor()).toMatchObject({
      status: 'fail',
      detail: words,
      fix: expect.stringContaining('sudo systemctl edit ollama'),
    });
    expect(await tried('ollama')).toEqual({
      as: 'other',
      words: expect.stringContaining('listens on 127.0.0.1 of this computer alone'),
    });
    expect(await tried('lmstudio')).toMatchObject({ as: 'ok' });
    api = { url: `http://127.0.0.1:${port}`, secret: '' };
  });

  it(
    'say so at the start, after which the server has the models of the other alone',
    { timeout: START },
    async () => {
      const io = new Recorder();
      expect((await stack.up({}, io)).status).toBe('running');
      expect(io.warnings.map((w) => w.code)).toEqual(['models.hidden']);
      const password = await (
        await box.core.secretStore()
      ).get({ scope: project, name: 'LETTA_SERVER_PASSWORD' });
      api = { ...api, secret: password! };
      expect(await handles()).toEqual([HANDLES[0]]);
      expect(ollama.asked.filter((route) => route.includes('/api/tags'))).toEqual([]);
      // asked where the server is, with its own answer behind it
      expect(await doctor()).toMatchObject({
        status: 'warn',
        detail: expect.stringMatching(/^server does not reach Ollama .* alone$/),
        fix: expect.stringContaining('letta-stack restart{stack} server'),
      });
    },
  );

  it(
    'are reached at the address that was named, and used once the server was restarted',
    { timeout: START },
    async () => {
      await ollama[Symbol.asyncDispose]();
      ollama = await startStandIn('ollama', address, ports.ollama);
      expect((await found())['ollama']).toMatchObject({ reach: 'yes' });
      expect(await doctor()).toMatchObject({ status: 'ok' });
      expect(await tried('ollama')).toMatchObject({ as: 'ok' });
      // as the fix says
      const io = new Recorder();
      await stack.restart(['server'], io);
      expect(io.warnings).toEqual([]);
      expect(await handles()).toEqual(HANDLES);
      expect(ollama.asked).toEqual(expect.arrayContaining(['GET /api/tags', 'POST /api/show']));
      // made with Ollama's, the agent has its embeddings, too
      for (const model of HANDLES.toReversed()) {
        const said = await firstMessage(api, { model, text: 'hello' });
        expect(said.answer).toMatch(/^STAND-IN heard \d+ messages$/);
      }
      expect(
        [...ollama.asked, ...lmstudio.asked].filter((r) => r === 'POST /v1/chat/completions'),
      ).toHaveLength(2);
    },
  );

  it(
    'are used at another address by the agents that are there, once the doctor took it over',
    { timeout: START },
    async () => {
      await using moved = await startStandIn('ollama', address);
      await choose(box.core, project, {
        profile: 'production',
        variables: { LETTA_STACK_OLLAMA_URL: url(moved.port) },
      });
      await (await box.stackFor({ profile: 'production', project })).up({}, new Recorder());
      // the list is of the new one
      expect(await handles()).toEqual(HANDLES);
      expect(moved.asked).toContain('GET /api/tags');
      const before = ollama.asked.length;
      const [model] = HANDLES.slice(1);
      const say = () => firstMessage(api, { model: model!, text: 'hello again' });
      await say();
      // the danger is real: what it is told goes to the one before
      expect(ollama.asked.slice(before)).toEqual(['POST /v1/chat/completions']);
      const look = async () => (await box.core.doctor({ ref: ref(), only: ['provider-addresses'] }))[0];
      expect(await look()).toMatchObject({
        status: 'fail',
        detail: `Ollama: agents are sent to ${url(ports.ollama)} (1 so far), and the server is given ${url(moved.port)}`,
        remedy: { do: 'repair', asks: expect.stringContaining(`Ollama becomes ${url(moved.port)}`) },
      });
      await box.core.repair({ ref: ref(), id: 'provider-addresses', io: new Recorder() });
      expect(await look()).toMatchObject({ status: 'ok' });
      // the agent that was there, before it is given its model anew
      const agents = await new LettaClient(api.url, api.secret).get('GET', '/v1/agents/?name=first-agent');
      expect(agents).toMatchObject([
        {
          llm_config: { model_endpoint: url(moved.port) },
          embedding_config: { embedding_endpoint: url(moved.port) },
        },
      ]);
      await say();
      expect(moved.asked.filter((route) => route === 'POST /v1/chat/completions')).toHaveLength(1);
      expect(ollama.asked).toHaveLength(before + 1);
    },
  );

  it('are reached by the App Server, too', { timeout: START }, async () => {
    const other = box.project('app-server');
    const { ollama: one, lmstudio: two } = await found();
    const variables = {
      LETTA_STACK_PORT: String(await freePort()),
      LETTA_STACK_OLLAMA_URL: one!.url,
      LETTA_STACK_LMSTUDIO_URL: two!.url,
    };
    await choose(box.core, other, { profile: 'app-server', variables });
    const server = await box.stackFor({ profile: 'app-server', project: other });
    const io = new Recorder();
    expect((await server.up({}, io)).status).toBe('running');
    // two profiles side by side, each on ports of its own
    expect((await stack.status({})).status).toBe('running');
    expect(io.warnings).toEqual([]);
    const at: StackRef = { profile: 'app-server', project: other, directory: box.folder };
    expect(await doctor(at)).toMatchObject({ status: 'ok', detail: expect.stringContaining('Ollama (') });
    const { engine, id } = await server.containerOf('server');
    const cmd = ['sh', '/letta-stack/start.sh', 'letta', 'model', 'list'];
    const { stdout } = await engine.containers.exec(id, { cmd, timeoutMs: 60_000 });
    for (const model of [`ollama/${OLLAMA_MODEL}`, `lmstudio/${LMSTUDIO_MODEL}`])
      expect(stdout).toContain(model);
    await ollama[Symbol.asyncDispose]();
    expect(await doctor(at)).toMatchObject({
      status: 'warn',
      detail: `server does not find Ollama at ${one!.url}: nothing listens there on this computer`,
    });
    ollama = await startStandIn('ollama', '127.0.0.1', ports.ollama);
    expect(await doctor(at)).toMatchObject({ status: 'warn', detail: expect.stringContaining('alone') });
  });
});
