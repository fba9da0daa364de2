// Letta with a local model, in order: each test goes on from the one before. Letta, PostgreSQL, Redis and
// huggingface_hub are real; a stand-in speaks vLLM's endpoints, the hub is the lab's, and the engine gives a GPU in name:
// it has a CDI specification without any device, and no driver of NVIDIA's.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stack } from '../../main/stack/stack-types.ts';
import type { Finding } from '../../main/system/doctor-types.ts';
import { currentLab, describeLab } from '../setup/lab.ts';
import { canary } from './helpers/canary-scan.ts';
import { composeOf } from './helpers/commands.ts';
import { choose, freePort, openBox, PROFILES, type CoreBox } from './helpers/core-box.ts';
import { startHub, type Hub } from './helpers/fake-hub.ts';
import { objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { complaintsOf } from './helpers/whole-doctor.ts';
import { LettaClient } from './production-client.ts';

const MODEL = 'lab/tiny-chat';

describeLab('the vllm profile on a stand-in for vLLM', () => {
  const lab = currentLab();
  let box: CoreBox;
  let hub: Hub;
  let stack: Stack;
  let client: LettaClient;
  let vllm: string;
  beforeAll(async () => {
    box = await openBox({ profilesFolder: PROFILES });
    const project = box.project('vllm');
    hub = await startHub(box.engine, { name: box.project('hub'), token: canary() });
    const [port, vllmPort] = [await freePort(), await freePort()];
    vllm = `http://127.0.0.1:${vllmPort}`;
    const variables = {
      LETTA_STACK_PORT: String(port),
      LETTA_STACK_VLLM_PORT: String(vllmPort),
      LETTA_STACK_VLLM_IMAGE: 'lab/vllm-stand-in:0.33.0',
      LETTA_STACK_HF_URL: hub.url,
      LETTA_STACK_MODEL: MODEL,
      LETTA_STACK_MAX_LENGTH: '8192',
      // speaks the same endpoints
      LETTA_STACK_SGLANG_URL: 'http://vllm:8000',
    };
    await choose(box.core, project, { profile: 'vllm', variables });
    stack = await box.stackFor({ profile: 'vllm', project });
    const password = canary();
    await stack.setSecret('LETTA_SERVER_PASSWORD', password);
    client = new LettaClient(`http://127.0.0.1:${port}`, password);
  });
  afterAll(async () => {
    await box[Symbol.asyncDispose]();
    lab.gpu({});
  });

  const finding = async (id: string): Promise<Finding | undefined> => {
    const ref = { profile: 'vllm', project: stack.project, directory: box.folder };
    return (await box.core.doctor({ ref, only: [id] }))[0];
  };

  it('leaves nothing and downloads nothing where the engine gives no GPU, and says what is missing', async () => {
    lab.gpu({});
    const io = new Recorder();
    await expect(stack.up({}, io)).rejects.toMatchObject({
      errors: [{ code: 'engine.no-gpu', data: { why: 'toolkit' } }],
    });
    expect(io.steps).toContain('gpu:vllm');
    expect(await objectsOf(box.engine, stack.project)).toEqual({ containers: {}, networks: {}, volumes: {} });
    expect(await hub.transfers()).toEqual([]);
    expect(await finding('gpu')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('could not select device driver'),
      fix: expect.stringContaining('nvidia-ctk'),
      remedy: { do: 'open-card', card: 'gpu' },
    });
  });

  it('comes up, the GPU by the form that the engine has, the server after its model', async () => {
    lab.gpu({ cdi: true });
    const state = await stack.up({}, new Recorder());
    expect(state).toMatchObject({ status: 'running', sentence: 'All services are well.' });
    expect(
      await complaintsOf(box.core, { profile: 'vllm', project: stack.project, directory: box.folder }),
    ).toEqual([]);
    expect(state.services.map((s) => [s.name, s.status])).toEqual([
      ['db', 'healthy'],
      ['redis', 'healthy'],
      ['model', 'completed'],
      ['vllm', 'healthy'],
      ['server', 'healthy'],
    ]);
    const { engine, id } = await stack.containerOf('vllm');
    expect((await engine.containers.inspect(id))?.HostConfig['DeviceRequests']).toMatchObject([
      { Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=all'] },
    ]);
    const env = await engine.containers.exec(id, { cmd: ['cat', '/proc/1/environ'] });
    expect(env.stdout).toContain('LETTA_STACK_LAB_CDI=all');
    expect((await stack.status({ deep: true })).probes.filter((p) => !p.ok)).toEqual([]);
  });

  it('has the model in Letta, and an agent that answers by it', async () => {
    const models = await client.get<{ handle: string; context_window?: number }[]>('GET', '/v1/models/');
    expect(models.map((m) => [m.handle, m.context_window])).toContainEqual([`vllm/${MODEL}`, 8192]);
    expect(models.map((m) => m.handle)).toContain(`sglang/${MODEL}`);
    const { id } = await client.get<{ id: string }>('POST', '/v1/agents/', {
      name: 'local',
      model: `vllm/${MODEL}`,
      memory_blocks: [{ label: 'human', value: 'The user is local.' }],
    });
    const { messages } = await client.get<{ messages: { message_type?: string; content?: string }[] }>(
      'POST',
      `/v1/agents/${id}/messages`,
      { messages: [{ role: 'user', content: 'hello heron' }] },
    );
    const said = messages.find((m) => m.message_type === 'assistant_message')?.content;
    expect(said).toContain('STAND-IN-REPLY: ');
    expect(said).toContain('hello heron');
  });

  it('publishes the model on this machine, by its own name', async () => {
    const list = (await (await fetch(`${vllm}/v1/models`)).json()) as { data: object[] };
    expect(list.data).toMatchObject([{ id: MODEL, max_model_len: 8192 }]);
    const answer = await fetch(`${vllm}/v1/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: MODEL, prompt: 'otter' }),
    });
    expect(await answer.text()).toContain('STAND-IN-REPLY: otter');
  });

  it('needs no hub for what is there, and nothing but a look at it, also after the docker compose CLI', async () => {
    await hub.set({ down: true });
    await composeOf(stack, ['up', '--detach']);
    const io = new Recorder();
    expect((await stack.up({}, io)).status).toBe('running');
    const { project } = stack;
    expect(io.steps).toEqual([`start:${project}-model-1`, 'wait:model:completed']);
    expect([await finding('gpu'), await finding('model')]).toMatchObject([
      { status: 'ok' },
      { status: 'ok' },
    ]);
  });

  it('does not load for a context that the model does not know, and the doctor gives the longest', async () => {
    const withContext = async (tokens: string): Promise<Stack> => {
      await choose(box.core, stack.project, {
        profile: 'vllm',
        variables: { LETTA_STACK_MAX_LENGTH: tokens },
      });
      return box.stackFor({ profile: 'vllm', project: stack.project });
    };
    // which would be begun again with it
    await stack.stop(['server'], new Recorder());
    const request = { services: ['vllm'] };
    const tooLong = (await withContext('999999')).up({ ...request, waitTimeoutMs: 15_000 }, new Recorder());
    await expect(tooLong).rejects.toMatchObject({ errors: [{ code: 'stack.not-healthy' }] });
    const found = await finding('model');
    expect(found).toMatchObject({
      status: expect.stringMatching(/^(fail|warn)$/), // it is started again and again
      detail: expect.stringMatching(/^vllm: the model knows contexts of \d+ tokens, and 999999 are set/),
      remedy: { do: 'use-value', setting: 'max-length' },
    });
    const { value } = found!.remedy as { value: string };
    expect((await (await withContext(value)).up(request, new Recorder())).services).toContainEqual(
      expect.objectContaining({ name: 'vllm', status: 'healthy' }),
    );
    expect(await finding('model')).toMatchObject({ status: 'ok' });
  });
});
