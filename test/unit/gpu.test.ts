import { describe, expect, it } from 'vitest';
import { probeGpu } from '../../main/docker/gpu-probe.ts';
import type { ContainerCreate, EngineDeviceRequest } from '../../main/docker/port.ts';
import { failure } from '../../main/errors.ts';
import { askForGpu, findGpuForm } from '../../main/stack/find-gpu.ts';
import { ALL_OF_NVIDIA, asCdi, cdiRequest, gpuRequestOf, withCdi } from '../../main/stack/gpu.ts';
import { formatPlan } from '../../main/stack/plan-format.ts';
import type { FakeEngine } from '../fakes/fake-engine.ts';
import { desiredOf } from './helpers/desired.ts';
import { known, makeEngine, planOn, up } from './helpers/rig.ts';

const serviceOf = (text: string) =>
  desiredOf(`name: p\nservices:\n  a: { image: "app:1", ${text} }\n`).services['a']!;
const reserved = (device: string): string =>
  `deploy: { resources: { reservations: { devices: [${device}] } } }`;

describe('what a service asks for', () => {
  it.each<[what: string, service: string, asked: object | undefined]>([
    ['nothing', 'cap_add: [SYS_PTRACE]', undefined],
    ['another device', 'devices: ["/dev/null", "vendor.com/net=all"]', undefined],
    ['no GPU of a driver', reserved('{ capabilities: [tpu], driver: other }'), undefined],
    [
      'a GPU by the reservation',
      reserved('{ driver: nvidia, device_ids: [all], capabilities: [gpu] }'),
      { requests: [{ Driver: 'nvidia', DeviceIDs: ['all'], Capabilities: [['gpu']], Options: {} }] },
    ],
    ['a GPU by `gpus`', 'gpus: all', { requests: [{ Driver: '', Count: -1 }] }],
    ['a GPU by CDI', 'devices: ["nvidia.com/gpu=0"]', { requests: [{ Driver: 'cdi' }] }],
    ['the runtime alone', 'runtime: nvidia', { requests: [], runtime: 'nvidia' }],
  ])('%s', (_what, service, asked) => {
    const found = gpuRequestOf(serviceOf(service));
    if (asked) expect(found).toMatchObject(asked);
    else expect(found).toBeUndefined();
  });
});

describe('the same in the form of CDI', () => {
  it.each<[request: EngineDeviceRequest, names: string[] | undefined]>([
    [ALL_OF_NVIDIA, ['nvidia.com/gpu=all']],
    [{ Driver: '', Count: 2, Capabilities: [['gpu']] }, ['nvidia.com/gpu=0', 'nvidia.com/gpu=1']],
    [
      { Driver: 'nvidia', DeviceIDs: ['GPU-1a', '3'], Capabilities: [['gpu', 'compute']] },
      ['nvidia.com/gpu=GPU-1a', 'nvidia.com/gpu=3'],
    ],
    [{ Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=0'] }, undefined],
    [{ Driver: 'other', Count: 1, Capabilities: [['gpu']] }, undefined],
    [{ Driver: 'nvidia', Count: 1, Capabilities: [['tpu']] }, undefined],
  ])('%j', (request, names) => {
    const cdi = names && [{ Driver: 'cdi', DeviceIDs: names }];
    expect(asCdi([request])).toEqual(cdi ?? [request]);
    expect(cdiRequest({ requests: [request] })).toEqual(cdi && { requests: cdi });
  });

  it('replaces the runtime, and nothing else of a container', () => {
    const body = (host: object): ContainerCreate => ({
      Image: 'i',
      Labels: {},
      HostConfig: { ShmSize: 1, ...host },
      NetworkingConfig: { EndpointsConfig: {} },
    });
    const DeviceRequests = [{ Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=all'] }];
    expect(withCdi(body({ Runtime: 'nvidia' }))).toEqual(body({ DeviceRequests }));
    expect(withCdi(body({ DeviceRequests: [ALL_OF_NVIDIA] }))).toEqual(body({ DeviceRequests }));
  });
});

/** An engine whose starts fail as the table says, by the driver that is asked: what it would say of the GPU. */
function engineWith(says: Readonly<Record<string, { why: string } | { text: string }>>): FakeEngine {
  const engine = makeEngine();
  const drivers = new Map<string, string>();
  const real = { ...engine.containers };
  engine.containers.create = async (name, body, options) => {
    const made = await real.create(name, body, options);
    const [request] = (body.HostConfig['DeviceRequests'] ?? []) as EngineDeviceRequest[];
    if (request) drivers.set(made.Id, request.Driver);
    return made;
  };
  engine.containers.start = async (id) => {
    const said = says[drivers.get(id) ?? 'none'];
    if (said && 'why' in said) throw failure('engine.no-gpu', { why: said.why as 'cdi', reason: 'said so' });
    if (said) throw failure('engine.api', { call: 'POST /start', status: 400, text: said.text });
    return real.start(id);
  };
  return engine;
}

const left = (engine: FakeEngine): Promise<unknown[]> =>
  engine.containers.list({ label: ['letta-stack.gpu-probe'] }, { all: true });

describe('asking an engine', () => {
  it.each<[what: string, says: Parameters<typeof engineWith>[0], answer: object]>([
    ['that gives it', {}, { state: 'works', form: 'as-written' }],
    ['without the driver, with CDI', { nvidia: { why: 'toolkit' } }, { state: 'works', form: 'cdi' }],
    ['without the runtime, with CDI', { nvidia: { why: 'runtime' } }, { state: 'works', form: 'cdi' }],
    [
      'without either: what is told is the usual way',
      { nvidia: { why: 'toolkit' }, cdi: { why: 'cdi' } },
      { state: 'fails', error: { data: { why: 'toolkit' } } },
    ],
    [
      'whose driver does not work: no other form would',
      { nvidia: { why: 'driver' } },
      { state: 'fails', error: { data: { why: 'driver' } } },
    ],
    [
      'with an image that has no program `true`',
      { nvidia: { text: 'exec: "true": executable file not found in $PATH: unknown' } },
      { state: 'works', form: 'as-written' },
    ],
  ])('%s', async (_what, says, answer) => {
    const engine = engineWith(says);
    expect(await askForGpu(engine)).toMatchObject(answer);
    expect(await left(engine)).toEqual([]);
  });

  it('tells what is no answer about the GPU, and leaves nothing then either', async () => {
    const engine = engineWith({ nvidia: { text: 'no space left' } });
    await expect(findGpuForm(engine, 'app:1', { requests: [ALL_OF_NVIDIA] })).rejects.toMatchObject({
      errors: [{ code: 'engine.api' }],
    });
    expect(await left(engine)).toEqual([]);
  });

  it('needs an image', async () => {
    expect(await askForGpu(makeEngine({ images: {} }))).toEqual({ state: 'unknown' });
  });

  it('removes what a killed probe left, and not one that may be at work', async () => {
    const engine = makeEngine();
    const body = {
      Image: 'app:1',
      Labels: { 'letta-stack.gpu-probe': 'true' },
      HostConfig: {},
      NetworkingConfig: { EndpointsConfig: {} },
    };
    await engine.containers.create('fresh', body);
    await probeGpu(engine, 'app:1', { requests: [] });
    expect(await left(engine)).toHaveLength(1);
  });
});

const STACK = `
name: p
services:
  db: { image: "data:1", volumes: [data:/data] }
  job: { image: "app:1" }
  model:
    image: app:2
    gpus: all
    depends_on: { job: { condition: service_completed_successfully } }
volumes: { data: {} }
`;

describe('an up with a GPU', () => {
  it('asks first, before anything is made, and only for a container that is made', async () => {
    const engine = makeEngine();
    const desired = known(desiredOf(STACK));
    const plan = await planOn(engine, desired);
    expect(formatPlan(plan).split('\n')[1]).toMatch(
      /^ {2}ask the engine for the GPU of model +it reserves a GPU$/,
    );
    const roots = plan.steps.filter((s) => s.after.length === 0);
    expect(roots.map((s) => s.id)).toEqual(['gpu:model']);
    engine.behave('p-job-1', { exitsAfterMs: 1 });
    await up(engine, desired);
    expect((await planOn(engine, desired)).steps.map((s) => s.id)).not.toContain('gpu:model');
  });

  it('leaves nothing where there is none', async () => {
    const engine = engineWith({ '': { why: 'driver' } });
    await expect(up(engine, known(desiredOf(STACK)))).rejects.toMatchObject({
      errors: [{ code: 'engine.no-gpu', data: { why: 'driver' } }],
    });
    expect(await engine.containers.list({}, { all: true })).toEqual([]);
    expect(await engine.volumes.list({})).toEqual([]);
  });

  it('asks for the image first where that is not here, and for secrets after it', async () => {
    const engine = makeEngine({ images: { 'data:1': {}, 'app:1': {} } });
    const desired = { ...known(desiredOf(STACK)), generate: [{ volume: 'data', names: ['PASSWORD'] }] };
    const { steps } = await planOn(engine, desired);
    expect(steps.slice(0, 3).map((s) => [s.id, s.after])).toEqual([
      ['image:app:2', []],
      ['gpu:model', ['image:app:2']],
      ['secrets:data', ['gpu:model']],
    ]);
    expect(steps.slice(3).filter((s) => s.after.length === 0)).toEqual([]);
  });

  it('makes the container in the form that the engine gives', async () => {
    const engine = engineWith({ '': { why: 'toolkit' } });
    engine.behave('p-job-1', { exitsAfterMs: 1 });
    await up(engine, known(desiredOf(STACK)));
    const body = await engine.containers.inspect('p-model-1');
    expect(body?.HostConfig['DeviceRequests']).toEqual([
      { Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=all'] },
    ]);
  });
});
