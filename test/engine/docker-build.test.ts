import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { findBuildx } from '../../main/docker/buildx.ts';
import type { BuildOptions, Engine, ImageInspect } from '../../main/docker/port.ts';
import { Failure } from '../../main/errors.ts';
import { describeEngine } from '../setup/lab.ts';
import { codesOf, connectTo, removeTestObjects, TEST_IMAGE, testPrefix } from './real-engine.ts';

const hasBuildx = await findBuildx();
if (!hasBuildx) console.warn('skipped: builds with docker buildx (it is not on PATH)');

describeEngine('building', () => {
  const { prefix, labels, filters } = testPrefix();
  const tag = `${prefix}:1`;
  let engine: Engine;
  let folder: string;
  let output: string[];

  beforeAll(async () => {
    engine = await connectTo();
  });
  beforeEach(async () => {
    output = [];
    folder = await mkdtemp(path.join(os.tmpdir(), 'letta-stack-build-'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await removeTestObjects(engine, filters);
    if (await engine.images.inspect(tag)) await engine.images.remove(tag);
    await rm(folder, { recursive: true });
  });
  afterAll(() => engine?.close());

  const build = async (dockerfile: string, more: Partial<BuildOptions> = {}): Promise<ImageInspect> => {
    await writeFile(path.join(folder, 'Dockerfile'), dockerfile);
    const options = { context: folder, tags: [tag], labels, onOutput: (line: string) => output.push(line) };
    return engine.images.build({ ...options, ...more });
  };
  const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
    const e: unknown = await promise.catch((x: unknown) => x);
    if (!(e instanceof Failure)) throw new Error('it did not fail');
    return e;
  };
  /** What a command in a container of the image prints. */
  const runIn = async (image: string, ...cmd: string[]): Promise<string> => {
    const HostConfig = {};
    const NetworkingConfig = { EndpointsConfig: {} };
    const body = {
      Image: image,
      Labels: labels,
      HostConfig,
      NetworkingConfig,
      Cmd: ['sleep', '60'],
      Entrypoint: [],
    };
    const { Id } = await engine.containers.create(`${prefix}-run`, body);
    await engine.containers.start(Id);
    return (await engine.containers.exec(Id, { cmd })).stdout;
  };

  test('target, arguments, labels, ignored files; the output as it comes', async () => {
    await mkdir(path.join(folder, 'src'));
    await writeFile(path.join(folder, 'src', 'kept'), 'kept');
    await writeFile(path.join(folder, 'src', 'dropped'), 'dropped');
    await writeFile(path.join(folder, '.dockerignore'), 'src/dropped\n');
    const image = await build(
      [
        `FROM ${TEST_IMAGE} AS base`,
        'ARG GREETING=default',
        'ARG OTHER=other',
        'RUN echo "$GREETING $OTHER" > /greeting',
        'COPY src /src',
        'FROM base AS never',
        'RUN exit 9',
      ].join('\n'),
      { target: 'base', args: { GREETING: 'hello world', OTHER: null } },
    );
    expect(image.RepoTags).toContain(tag);
    expect(image.Config.Labels).toMatchObject(labels);
    expect(await runIn(tag, 'sh', '-c', 'cat /greeting; ls /src')).toBe('hello world other\nkept\n');
    expect(output.some((line) => /^Step 4\/\d+ : RUN echo/.test(line))).toBe(true);
  });

  test('a Dockerfile that is written in the Compose file is not copied into the image', async () => {
    await writeFile(path.join(folder, 'data'), 'data');
    await build('FROM unused', { dockerfileInline: `FROM ${TEST_IMAGE}\nCOPY . /all\n` });
    expect(await runIn(tag, 'ls', '-A', '/all')).toBe('Dockerfile\ndata\n');
  });

  test('the step that fails is named, with its last words', async () => {
    const failure = await failureOf(build(`FROM ${TEST_IMAGE}\nRUN true\nRUN echo no such luck >&2; exit 7`));
    expect(failure.errors).toMatchObject([
      {
        code: 'engine.build-failed',
        data: { image: tag, step: 'Step 3/4 : RUN echo no such luck >&2; exit 7' },
      },
    ]);
    expect(failure.message).toMatch(/non-zero code: 7 \(no such luck\)/);
    expect(await engine.images.inspect(tag)).toBeUndefined();
  });

  test('a file of the context that cannot be packed is named', async () => {
    // those of the kernel say that they are empty, and are not
    const context = '/proc/sys/kernel/random';
    const failure = await failureOf(build('', { context, dockerfileInline: `FROM ${TEST_IMAGE}\n` }));
    expect(failure.errors).toMatchObject([
      { code: 'engine.build-file', data: { path: `${context}/boot_id` } },
    ]);
  });

  test.each([
    ['a base image that is not there', 'FROM redis:none', 'engine.image-not-found'],
    ['an instruction that does not exist', `FROM ${TEST_IMAGE}\nFOO bar`, 'engine.build-failed'],
    ['a file that is missing', `FROM ${TEST_IMAGE}\nCOPY nope /x`, 'engine.build-failed'],
  ])('%s', async (_name, dockerfile, code) => {
    expect(await codesOf(build(dockerfile))).toEqual([code]);
  });

  test('cancelled in the middle of a step', async () => {
    const controller = new AbortController();
    const building = build(`FROM ${TEST_IMAGE}\nRUN sleep 60`, {
      noCache: true,
      signal: controller.signal,
      onOutput: (line) => line.startsWith('Step 2/') && controller.abort(),
    });
    expect(await codesOf(building)).toEqual(['engine.cancelled']);
  });

  const NEEDS_BUILDKIT = `FROM ${TEST_IMAGE}\nARG GREETING\nRUN <<EOF\necho "$GREETING" > /greeting\nEOF\n`;

  test('without buildx, a Dockerfile that needs BuildKit is refused by its line', async () => {
    vi.stubEnv('PATH', '/nonexistent');
    const { errors } = await failureOf(build(NEEDS_BUILDKIT));
    expect(errors).toMatchObject([
      {
        code: 'engine.buildkit-needed',
        data: { file: path.join(folder, 'Dockerfile'), line: 3, text: 'RUN <<EOF', why: 'a here-document' },
      },
    ]);
  });

  describe.skipIf(!hasBuildx)('with docker buildx', () => {
    test('such a Dockerfile is built on the same engine', async () => {
      const image = await build(NEEDS_BUILDKIT, { args: { GREETING: 'from BuildKit' } });
      expect(image.RepoTags).toContain(tag);
      expect(image.Config.Labels).toMatchObject(labels);
      expect(await runIn(tag, 'cat', '/greeting')).toBe('from BuildKit\n');
      expect(output.some((line) => line.includes('RUN <<EOF'))).toBe(true);
    });

    test('its failing step is named too', async () => {
      const { errors } = await failureOf(
        build(`FROM ${TEST_IMAGE}\nRUN --mount=type=tmpfs,target=/x exit 7`),
      );
      expect(errors).toMatchObject([
        {
          code: 'engine.build-failed',
          data: { step: expect.stringMatching(/2\/2\] RUN --mount/) as string },
        },
      ]);
    });

    test('it is cancelled', async () => {
      const controller = new AbortController();
      const building = build(`FROM ${TEST_IMAGE}\nRUN --mount=type=tmpfs,target=/x sleep 60`, {
        noCache: true,
        signal: controller.signal,
        onOutput: (line) => line.includes('RUN --mount') && controller.abort(),
      });
      expect(await codesOf(building)).toEqual(['engine.cancelled']);
    });
  });
});
