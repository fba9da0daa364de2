// The vllm profile's download of its model, and the probe of the GPU, on an engine that has NVIDIA's driver in name:
// huggingface_hub is real, the hub is the lab's, and so is what the engine calls instead of NVIDIA's hook.
import { chownSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Operation, Task } from '../../main/contract.ts';
import { say } from '../../main/errors.ts';
import type { Stack } from '../../main/stack/stack-types.ts';
import { describeLab, freshLab, type LabHandle } from '../setup/lab.ts';
import { canary } from './helpers/canary-scan.ts';
import { choose, openBox, PROFILES, type CoreBox } from './helpers/core-box.ts';
import { startHub, type Hub } from './helpers/fake-hub.ts';
import { objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';

const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
/** bytes of each */
const SHARD = 3_000_000;

describeLab('the download of a model', () => {
  let lab: LabHandle;
  let box: CoreBox;
  let hub: Hub;
  const token = canary();
  beforeAll(async () => {
    lab = await freshLab('gpu', { hook: true, images: ['vllm-stand-in', 'fake-hub'] });
    box = await openBox({ profilesFolder: PROFILES, host: lab.host });
    box.forget({ scope: 'global', name: 'HF_TOKEN' });
    hub = await startHub(box.engine, { name: box.project('hub'), token });
  });
  afterAll(async () => {
    await box[Symbol.asyncDispose]();
    await lab[Symbol.asyncDispose]();
  });

  /** A stack whose job alone is run: it needs no GPU. */
  async function open(name: string, model: string, more: Record<string, string> = {}): Promise<Stack> {
    const project = box.project(name);
    const variables = {
      LETTA_STACK_MODEL: model,
      LETTA_STACK_HF_URL: hub.url,
      LETTA_STACK_VLLM_IMAGE: 'lab/vllm-stand-in:0.33.0',
      ...more,
    };
    await choose(box.core, project, { profile: 'vllm', variables });
    return box.stackFor({ profile: 'vllm', project });
  }
  const download = (stack: Stack, io = new Recorder()): Promise<unknown> =>
    stack.up({ services: ['model'] }, io);
  /** The words of the one error that it ends with. */
  async function refusal(stack: Stack): Promise<{ message: string; next: string }> {
    const error: unknown = await download(stack).then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ errors: [{ code: 'stack.job-failed' }] });
    return say((error as { errors: Parameters<typeof say>[0][] }).errors[0]!);
  }

  it.each([
    [
      'a name that the hub does not have',
      'lab/no-such',
      'lab/no-such cannot be had from the hub at revision main',
      'model OWNER/NAME',
    ],
    [
      'no name that a hub can have',
      'lab/a..b',
      'lab/a..b cannot be had from the hub at revision main',
      'model OWNER/NAME',
    ],
    [
      'terms that were not accepted',
      'lab/gated-chat',
      'The hub does not give lab/gated-chat without an account',
      'secrets set HF_TOKEN',
    ],
    [
      'more than the disk has room for',
      'lab/huge-chat',
      'lab/huge-chat cannot be stored where models are kept',
      'Make room',
    ],
  ])('ends with what to do at %s', async (_what, model, says, next) => {
    const said = await refusal(await open('refused', model));
    expect(said.message).toContain(says);
    expect(said.next).toContain(next);
  });

  it('ends with what to do when the hub does not answer or sends damage, and for a token that is none', async () => {
    const stack = await open('refused', 'lab/tiny-chat');
    await hub.set({ down: true });
    const down = await refusal(stack);
    expect(down.message).toContain(`${hub.url} could not be asked for lab/tiny-chat`);
    await hub.set({ down: false, damage: 1 });
    expect((await refusal(stack)).message).toContain('A file of lab/tiny-chat came damaged and was removed');
    await stack.setSecret('HF_TOKEN', canary());
    expect((await refusal(stack)).next).toContain('secrets set HF_TOKEN');
  });

  it('takes what is behind terms with the token, which stands nowhere', async () => {
    const stack = await open('gated', 'lab/gated-chat');
    await stack.setSecret('HF_TOKEN', token);
    await download(stack);
    const { engine } = box;
    const [container] = await engine.containers.list(
      { label: [`com.docker.compose.project=${stack.project}`] },
      { all: true },
    );
    const texts = [JSON.stringify(await engine.containers.inspect(container!.Id))];
    for await (const { data } of engine.containers.logs(container!.Id, {}))
      texts.push(Buffer.from(data).toString());
    expect(texts.join('')).toContain('lab/gated-chat is there');
    expect(texts.join('')).not.toContain(token);
  });

  it('tells how far it is, stops when it is cancelled, and goes on from there', async () => {
    const stack = await open('tiny', 'lab/tiny-chat');
    const before = (await hub.transfers()).length;
    await hub.set({ rate: 400_000 });
    const cancel = new AbortController();
    const seen: Task[] = [];
    const io = Object.assign(new Recorder({ signal: cancel.signal }), {
      onOperation: ({ tasks }: Operation) => {
        const task = tasks.find((t) => t.id.startsWith('wait:model'));
        if (task?.progress) seen.push(task);
        if ((task?.progress?.current ?? 0) > 1_000_000) cancel.abort();
      },
    });
    await expect(download(stack, io)).rejects.toMatchObject({ errors: [{ code: 'stack.cancelled' }] });
    const containers = (await objectsOf(box.engine, stack.project)).containers;
    expect(Object.values(containers).map((c) => c.state)).toEqual(['exited']);
    expect(seen.every((t) => t.progress?.total === 2 * SHARD)).toBe(true);
    expect(seen.map((t) => t.detail)).toContainEqual(
      expect.stringMatching(/^\d\.\d of 6\.0 MB, \d\.\d MB\/s, \d+ s left$/),
    );

    const first = (await hub.transfers()).slice(before);
    await hub.set({ rate: 0, cut: 1 });
    await download(stack);
    const second = (await hub.transfers()).slice(before + first.length);
    // each goes on where it was, one of them twice: its connection was cut
    expect(second.map((t) => t.file).toSorted()).toEqual(expect.arrayContaining(SHARDS));
    expect(second).toHaveLength(3);
    expect(second.every((t) => t.from > 0)).toBe(true);
    expect(second.reduce((sum, t) => sum + t.sent, 0)).toBeLessThan(2 * SHARD - 500_000);
    expect(new Set([...first, ...second].map((t) => t.file))).toEqual(new Set(SHARDS));
  });

  it('needs no hub for what is there', async () => {
    const stack = await open('tiny', 'lab/tiny-chat');
    await hub.set({ down: true });
    await download(stack);
    await hub.set({ down: false });
  });

  it("downloads into a user's own cache as its owner", async () => {
    const cache = path.join(box.folder, 'huggingface');
    mkdirSync(cache);
    chownSync(cache, 1234, 1234);
    await download(await open('own', 'lab/tiny-chat', { LETTA_STACK_HF_CACHE: cache }));
    const model = path.join(cache, 'hub', 'models--lab--tiny-chat');
    const [snapshot] = readdirSync(path.join(model, 'snapshots'));
    const files = readdirSync(path.join(model, 'snapshots', snapshot!));
    expect(files.toSorted()).toEqual(
      ['config.json', 'model.safetensors.index.json', 'tokenizer.json', ...SHARDS].toSorted(),
    );
    for (const file of files) expect(statSync(path.join(model, 'snapshots', snapshot!, file)).uid).toBe(1234);
  });

  it.each([
    ['works', '', { state: 'works', form: 'as-written' }],
    [
      'driver',
      'nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1: cannot open shared object file',
      undefined,
    ],
    [
      'old-driver',
      'nvidia-container-cli: requirement error: unsatisfied condition: cuda>=13.0, please update your driver',
      undefined,
    ],
    [
      'other-driver',
      'nvidia-container-cli: initialization error: nvml error: driver/library version mismatch',
      undefined,
    ],
    ['device', 'nvidia-container-cli: device error: 7: unknown device', undefined],
    [
      'adapter',
      'nvidia-container-cli: initialization error: WSL environment detected but no adapters were found',
      undefined,
    ],
  ])('asks the engine for a GPU: %s', async (why, hookSays, works) => {
    lab.gpu({ hookSays });
    const answer = await box.core.probeGpu();
    expect(answer).toMatchObject(
      works ?? { state: 'fails', error: { code: 'engine.no-gpu', data: { why } } },
    );
    expect(await box.engine.containers.list({ label: ['letta-stack.gpu-probe'] }, { all: true })).toEqual([]);
  });
});
