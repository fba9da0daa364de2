// Pulls through the lab's registry with its faults, on an empty engine of their own.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as tls from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connectEngine } from '../../main/docker/connect.ts';
import type { Engine, ImagePart, PullProgress } from '../../main/docker/port.ts';
import { Failure } from '../../main/errors.ts';
import { describeLab, freshLab, type LabHandle } from '../setup/lab.ts';
import { makeCore } from './helpers/core-box.ts';
import { Recorder } from './helpers/recorder.ts';
import { codesOf } from './real-engine.ts';

const IMAGE = 'redis:7.4-alpine';
const OTHER_IMAGE = 'nginx:1.27-alpine';

/** Slow ones are left to the store that most engines have; containerd's has other words and other events. */
const STORES = [
  { store: 'the classic store', args: '', containerd: false },
  { store: 'containerd’s store', args: '--feature containerd-snapshotter=true', containerd: true },
];

for (const { store, args, containerd } of STORES)
  describeLab(`pulling into ${store}`, () => {
    const testClassic = test.skipIf(containerd);
    let lab: LabHandle;
    let engine: Engine;
    let home: string;

    beforeAll(async () => {
      lab = await freshLab(containerd ? 'pull-containerd' : 'pull', { args });
      home = await mkdtemp(path.join(os.tmpdir(), 'letta-stack-home-'));
      engine = await connectEngine({ url: lab.host, source: 'test', local: true }, { env: {}, home });
    });
    afterEach(async () => {
      await lab.registry.reset();
      await rm(path.join(home, '.docker'), { recursive: true, force: true });
      const images = await engine.images.list();
      for (const ref of images.flatMap((i) => i.RepoTags ?? [])) await engine.images.remove(ref);
    });
    afterAll(async () => {
      engine?.close();
      await lab?.[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    });

    const bytes = (p: PullProgress): number =>
      p.layers.reduce((sum, l) => sum + l.downloaded + l.extracted, 0);

    /** One pull, everything that it told, and the codes that it failed with. */
    const pull = async (ref = IMAGE, options: Parameters<Engine['images']['pull']>[1] = {}) => {
      const seen: PullProgress[] = [];
      const retries: string[] = [];
      const codes = await codesOf(
        engine.images.pull(ref, {
          ...options,
          onProgress: (p) => seen.push(p),
          onRetry: (_attempt, why) => retries.push(why),
        }),
      );
      return { seen, retries, codes };
    };

    test('bytes rise to the whole, through all phases', async () => {
      await lab.registry.set({ rate: 60_000_000 });
      const { seen, codes, retries } = await pull();
      expect(engine.info.storageDriver).toBe(containerd ? 'overlayfs' : 'overlay2');
      expect([codes, retries]).toEqual([[], []]);
      expect(new Set(seen.map((p) => p.phase))).toEqual(
        new Set(['resolving', 'downloading', 'extracting', 'done']),
      );
      const sums = seen.map(bytes);
      expect(sums).toEqual(sums.toSorted((a, b) => a - b));
      const last = seen.at(-1);
      expect(
        last?.layers.every((l) => l.done && l.downloaded === (l.total ?? 0) && l.extracted === l.downloaded),
      ).toBe(true);
      // a second pull has nothing to do
      const again = await pull();
      expect([again.codes, again.seen.at(-1)?.phase]).toEqual([[], 'done']);
    });

    test('cancelled in the middle of a layer: at once, and the engine stops too', async () => {
      await lab.registry.set({ rate: 3_000_000 });
      const controller = new AbortController();
      const pulling = codesOf(
        engine.images.pull(IMAGE, {
          signal: controller.signal,
          onProgress: (p) => p.layers.some((l) => l.downloaded > 0) && controller.abort(),
        }),
      );
      expect(await pulling).toEqual(['engine.cancelled']);
      await expect.poll(async () => (await lab.registry.get()).transfers, { timeout: 5000 }).toBe(0);
      expect(await engine.images.inspect(IMAGE)).toBeUndefined();
    });

    testClassic('a registry that answers 500 once and 503 once is asked again', async () => {
      await lab.registry.set({
        fail: [
          { match: 'redis/manifests', status: 500, times: 1 },
          { match: 'redis/manifests', status: 503, times: 1 },
        ],
      });
      const { codes, retries } = await pull();
      expect(codes).toEqual([]);
      expect(retries.length).toBeGreaterThan(0);
    });

    testClassic('a transfer that breaks off goes on', async () => {
      await lab.registry.set({ fail: [{ match: 'redis/blobs', after: 2_000_000, times: 1 }] });
      const { codes, seen } = await pull();
      expect(codes).toEqual([]);
      const sums = seen.map(bytes);
      expect(sums).toEqual(sums.toSorted((a, b) => a - b));
    });

    test.each([
      ['no such tag', 'redis:99', {}, 'engine.image-not-found'],
      ['no such repository', 'nope/nope:1', {}, 'engine.image-denied'],
      ['a rate limit', IMAGE, { fail: [{ match: 'redis', status: 429 }] }, 'engine.rate-limited'],
      [
        'a login is missing',
        'private.lab.test/library/redis:7.4-alpine',
        { auth: { 'private.lab.test': 'u:p' } },
        'engine.image-denied',
      ],
    ])('%s is final: %s', async (_name, ref, settings, code) => {
      await lab.registry.set(settings);
      const { codes, retries } = await pull(ref);
      expect([codes, retries]).toEqual([[code], []]);
      expect(await engine.images.inspect(ref)).toBeUndefined();
    });

    testClassic('a registry that cannot be reached is tried four times, then named', async () => {
      await lab.registry.set({ refuse: ['registry-1.docker.io', 'auth.docker.io'] });
      const { codes, retries } = await pull();
      expect(codes).toEqual(['engine.registry-unreachable']);
      expect(retries.length).toBe(3);
    });

    testClassic('credentials of the Docker config open a private registry; wrong ones do not', async () => {
      const ref = 'private.lab.test/library/redis:7.4-alpine';
      await lab.registry.set({ auth: { 'private.lab.test': 'u:p' } });
      const docker = path.join(home, '.docker');
      const login = async (text: string): Promise<void> => {
        await mkdir(docker, { recursive: true });
        const auth = Buffer.from(text).toString('base64');
        await writeFile(
          path.join(docker, 'config.json'),
          JSON.stringify({ auths: { 'private.lab.test': { auth } } }),
        );
      };
      await login('u:wrong');
      expect((await pull(ref)).codes).toEqual(['engine.image-denied']);
      await login('u:p');
      expect((await pull(ref)).codes).toEqual([]);
      expect((await engine.images.inspect(ref))?.RepoTags).toEqual([ref]);
    });

    testClassic('a helper that fails is named where the registry then refuses', async () => {
      await mkdir(path.join(home, '.docker'), { recursive: true });
      await writeFile(
        path.join(home, '.docker', 'config.json'),
        JSON.stringify({ credsStore: 'letta-stack-missing' }),
      );
      const error: unknown = await engine.images.pull('nope/nope:1').catch((e: unknown) => e);
      expect(error).toBeInstanceOf(Failure);
      expect((error as Failure).message).toMatch(/docker-credential-letta-stack-missing/);
      expect((await pull()).codes).toEqual([]); // and where it gives, nobody needs one
    });

    test('from a mirror, under the name of the file, with no other name left', async () => {
      await lab.registry.set({ refuse: ['registry-1.docker.io', 'auth.docker.io'] });
      const image = await engine.images.pull(IMAGE, { mirror: 'hub.lab.test' });
      expect(image.RepoTags).toEqual([IMAGE]);
      const asked = (await lab.registry.get()).requests;
      expect(asked.some((r) => r.includes('hub.lab.test GET /v2/library/redis/blobs'))).toBe(true);
    });

    test('from a mirror that is the image’s own registry', async () => {
      const ref = 'hub.lab.test/library/redis:7.4-alpine';
      const image = await engine.images.pull(ref, { mirror: 'hub.lab.test' });
      expect(image.RepoTags).toEqual([ref]);
    });

    test('a damaged layer is fetched again, and named when it stays so', async () => {
      await lab.registry.set({ fail: [{ match: 'nginx/blobs', corrupt: true }] });
      const { codes, retries } = await pull(OTHER_IMAGE);
      expect([codes, retries.length]).toEqual([['engine.corrupt-layer'], 2]);
      if (containerd) return; // its store keeps what is damaged in other layers, and meets it in later pulls
      await lab.registry.set({ fail: [{ match: 'nginx/blobs', corrupt: true, times: 1 }] });
      expect((await pull(OTHER_IMAGE)).codes).toEqual([]);
    });

    testClassic(
      'the engine is killed in the middle: told at once; events say lost, then connected again',
      async () => {
        await lab.registry.set({ rate: 3_000_000 });
        const kinds: string[] = [];
        const controller = new AbortController();
        const listening = (async () => {
          for await (const item of engine.events({}, controller.signal))
            if (item.kind !== 'event') kinds.push(item.kind);
        })();
        const started = Promise.withResolvers<void>();
        const pulling = codesOf(
          engine.images.pull(IMAGE, {
            onProgress: (p) => p.layers.some((l) => l.downloaded > 0) && started.resolve(),
          }),
        );
        await started.promise;
        await lab.kill();
        const killed = performance.now();
        expect(await pulling).toEqual(['engine.connection-lost']);
        expect(performance.now() - killed).toBeLessThan(5000);
        expect(await codesOf(engine.ping())).toEqual(['engine.not-running']);
        await lab.registry.reset();
        await lab.restart();
        await expect.poll(() => kinds.at(-1), { timeout: 15_000 }).toBe('connected');
        expect(kinds[0]).toBe('connected');
        expect(kinds).toContain('lost');
        controller.abort();
        await listening;
        expect((await pull()).codes).toEqual([]);
      },
    );
  });

describeLab('what registries say of an image before it is pulled', () => {
  let lab: LabHandle;
  let engine: Engine;
  let home: string;
  let env: Readonly<Record<string, string>>;
  const known = tls.getCACertificates('default');

  beforeAll(async () => {
    lab = await freshLab('parts');
    home = await mkdtemp(path.join(os.tmpdir(), 'letta-stack-home-'));
    const { proxy, certificate } = await lab.registry.asProxy();
    tls.setDefaultCACertificates([...known, await readFile(certificate, 'utf8')]);
    env = { HTTPS_PROXY: proxy };
    engine = await connectEngine({ url: lab.host, source: 'test', local: true }, { env, home });
  });
  afterEach(() => lab.registry.reset());
  afterAll(async () => {
    tls.setDefaultCACertificates(known);
    engine?.close();
    await lab?.[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  const parts = (ref: string, mirror?: string): Promise<readonly ImagePart[]> =>
    engine.images.parts(ref, {
      signal: AbortSignal.timeout(10_000),
      ...(mirror !== undefined && { mirror }),
    });
  const sum = (sizes: readonly (number | undefined)[]): number =>
    sizes.reduce<number>((a, b) => a + (b ?? 0), 0);

  test('is what the engine then downloads, from the registry and from a mirror', async () => {
    const told = await parts(IMAGE);
    expect(await parts(IMAGE, 'hub.lab.test')).toEqual(told);
    const seen: PullProgress[] = [];
    await engine.images.pull(IMAGE, { onProgress: (p) => seen.push(p) });
    const layers = seen.at(-1)?.layers.map((l) => l.total) ?? [];
    // besides the layers there is the configuration, of some kilobytes
    expect(told).toHaveLength(layers.length + 1);
    expect(sum(layers)).toBeGreaterThan(1_000_000);
    expect(sum(told.map((p) => p.size)) - sum(layers)).toBeLessThan(100_000);
  });

  test('with the login of the Docker config', async () => {
    const ref = 'private.lab.test/library/redis:7.4-alpine';
    await lab.registry.set({ auth: { 'private.lab.test': 'u:p' } });
    expect(await codesOf(parts(ref))).toEqual(['engine.image-denied']);
    const auth = Buffer.from('u:p').toString('base64');
    await mkdir(path.join(home, '.docker'));
    await writeFile(
      path.join(home, '.docker', 'config.json'),
      JSON.stringify({ auths: { 'private.lab.test': { auth } } }),
    );
    expect((await parts(ref)).length).toBeGreaterThan(1);
  });

  test('is said with the time that it takes, by the speed of the last download', async () => {
    await engine.images.remove(IMAGE);
    const core = makeCore({ host: lab.host, home: path.join(home, 'stack'), env });
    const file = path.join(home, 'compose.yaml');
    const told = async (image: string) => {
      await writeFile(file, JSON.stringify({ services: { cache: { image, network_mode: 'none' } } }));
      const stack = await core.stack({ files: [file], project: 'speed', directory: home });
      return { stack, ...(await stack.downloads(await stack.plan({}), AbortSignal.timeout(10_000))) };
    };
    const before = await told(IMAGE);
    expect(before.words).toMatch(/^at most \d+ MB, about \d+ s at 50 Mbit\/s$/);
    expect(before.seconds).toBe(Math.ceil(before.bytes / 6.25e6));
    const rate = 20_000_000;
    await lab.registry.set({ rate });
    const begun = performance.now();
    await before.stack.up({}, new Recorder());
    const tookSeconds = (performance.now() - begun) / 1000;
    const speed = core.edges.state.downloadSpeed(engine.info.id)!;
    // not faster than the registry lets it be; slower only as far as the machine has other things to do
    expect(speed).toBeLessThan(rate * 1.1);
    expect(speed).toBeGreaterThan(before.bytes / tookSeconds / 2);
    const after = await told(OTHER_IMAGE);
    expect(after.words).toMatch(/ at the \d+\.\d MB\/s of the last download$/);
    expect(after.seconds).toBe(Math.ceil(after.bytes / speed));
    core.close();
  });

  test.each([
    ['no such tag', 'redis:99', {}, 'engine.image-not-found'],
    ['a rate limit', IMAGE, { fail: [{ match: 'redis', status: 429 }] }, 'engine.rate-limited'],
    [
      'a registry that fails',
      IMAGE,
      { fail: [{ match: 'redis', status: 500 }] },
      'engine.registry-unreachable',
    ],
    ['nobody there', IMAGE, { refuse: ['registry-1.docker.io'] }, 'engine.registry-unreachable'],
  ])('%s is told', async (_name, ref, settings, code) => {
    await lab.registry.set(settings);
    expect(await codesOf(parts(ref))).toEqual([code]);
  });
});

describeLab('pulling onto a full disk', () => {
  test('is told as that, and nothing is tried again', async () => {
    await using lab = await freshLab('full', { dataSize: '100m' });
    const engine = await connectEngine({ url: lab.host, source: 'test', local: true });
    const retries: number[] = [];
    const pulling = engine.images.pull(IMAGE, { onRetry: (attempt) => retries.push(attempt) });
    expect(await codesOf(pulling)).toEqual(['engine.disk-full']);
    expect(retries).toEqual([]);
    engine.close();
  });
});
