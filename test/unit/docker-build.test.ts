import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readContext } from '../../main/docker/build-context.ts';
import { buildQuery } from '../../main/docker/build.ts';
import { buildWithBuildx, buildxEnvironment, buildxFlags, steeringArgs } from '../../main/docker/buildx.ts';
import type { BuildOptions } from '../../main/docker/port.ts';
import { Failure } from '../../main/errors.ts';

describe('the archive of a build context', () => {
  let folder: string;
  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'letta-stack-build-')), 'context');
    await mkdir(folder);
    await write({
      Dockerfile: 'FROM a',
      'src/a.ts': 'a',
      'src/deep/b.ts': 'b',
      'node_modules/x/y.js': 'y',
      'log.txt': 'l',
    });
  });
  afterEach(() => rm(path.dirname(folder), { recursive: true }));

  async function write(files: Record<string, string>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
  }
  /** Names of the files in the archive, and what the Dockerfile is called there. */
  async function packed(options: Partial<BuildOptions> = {}) {
    const context = await readContext({ context: folder, tags: [], ...options });
    const archive = extract();
    context.tar().pipe(archive);
    const entries: Record<string, { type: string; text: string; mode: number; link: string }> = {};
    for await (const entry of archive) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      const { name, type, mode, linkname } = entry.header;
      entries[name] = {
        type: type ?? '',
        text: Buffer.concat(chunks).toString(),
        mode: mode ?? 0,
        link: linkname ?? '',
      };
    }
    const files = Object.keys(entries).filter((n) => entries[n]?.type !== 'directory');
    return { context, entries, files };
  }

  test.each<[string, string | undefined, string[]]>([
    ['everything', undefined, ['Dockerfile', 'log.txt', 'node_modules/x/y.js', 'src/a.ts', 'src/deep/b.ts']],
    ['a folder', 'node_modules', ['.dockerignore', 'Dockerfile', 'log.txt', 'src/a.ts', 'src/deep/b.ts']],
    ['a pattern', '**/*.ts\n# a comment\n*.txt', ['.dockerignore', 'Dockerfile', 'node_modules/x/y.js']],
    ['all but one', '*\n!src/deep', ['Dockerfile', 'src/deep/b.ts']],
    [
      'the Dockerfile travels all the same',
      'Dockerfile\n.dockerignore\nsrc\nnode_modules',
      ['Dockerfile', 'log.txt'],
    ],
  ])('.dockerignore: %s', async (_name, rules, files) => {
    if (rules !== undefined) await write({ '.dockerignore': rules });
    expect((await packed()).files).toEqual(files);
  });

  test('a file that is gone when its turn comes is named, and is no error of the connection', async () => {
    // more than a stream takes by itself, so that the archive waits for its reader
    await write({ 'a.bin': 'x'.repeat(4_000_000), 'b.txt': 'b' });
    const tar = (await readContext({ context: folder, tags: [] })).tar();
    const error = once(tar, 'error');
    await once(tar, 'readable');
    await rm(path.join(folder, 'b.txt'));
    tar.resume();
    expect(await error).toMatchObject([
      { errors: [{ code: 'engine.build-file', data: { path: path.join(folder, 'b.txt') } }] },
    ]);
  });

  test('the Dockerfile’s own ignore file comes before .dockerignore', async () => {
    await write({
      'docker/app.Dockerfile': 'FROM b',
      'docker/app.Dockerfile.dockerignore': '*\n!src/a.ts',
      '.dockerignore': 'src',
    });
    const { context, files } = await packed({ dockerfile: 'docker/app.Dockerfile' });
    expect(context).toMatchObject({ name: 'docker/app.Dockerfile', text: 'FROM b' });
    expect(files).toEqual(['docker/app.Dockerfile', 'src/a.ts']);
  });

  test('a Dockerfile outside, or written in the Compose file, travels under a name that COPY does not see', async () => {
    await writeFile(path.join(folder, '..', 'outside'), 'FROM c');
    const outside = await packed({ dockerfile: '../outside' });
    expect(outside.entries[outside.context.name]?.text).toBe('FROM c');
    await write({ '.dockerignore': 'node_modules' });
    const inline = await packed({ dockerfileInline: 'FROM d\n' });
    expect(inline.entries[inline.context.name]?.text).toBe('FROM d\n');
    expect(inline.entries['.dockerignore']?.text.split('\n')).toEqual([
      'node_modules',
      inline.context.name,
      '.dockerignore',
      '',
    ]);
    expect(inline.files.filter((f) => f === '.dockerignore')).toHaveLength(1);
  });

  test.skipIf(process.platform === 'win32')('links and executable files stay what they are', async () => {
    await symlink('src/a.ts', path.join(folder, 'link'));
    await chmod(path.join(folder, 'log.txt'), 0o755);
    const { entries } = await packed();
    expect(entries['link']).toMatchObject({ type: 'symlink', link: 'src/a.ts' });
    expect(entries['log.txt']?.mode).toBe(0o755);
  });

  test.each<[string, Partial<BuildOptions>, string]>([
    ['no such folder', { context: '/nowhere/at/all' }, '/nowhere/at/all'],
    ['no Dockerfile', { dockerfile: 'Nope' }, 'Nope'],
    ['a file as context', { context: import.meta.filename }, import.meta.filename],
  ])('%s is named', async (_name, options, named) => {
    const error: unknown = await readContext({ context: folder, tags: [], ...options }).catch(
      (e: unknown) => e,
    );
    expect((error as Failure).errors[0]?.code).toBe('engine.build-context');
    expect(String(error)).toContain(named);
  });
});

const OPTIONS: BuildOptions = {
  context: '/src',
  tags: ['a:1', 'b:1'],
  args: { TOKEN: 'canary', EMPTY: '', UNSET: null },
  labels: { l: '1' },
  target: 'runtime',
  platform: 'linux/amd64',
  noCache: true,
  pull: true,
  network: 'host',
  extraHosts: ['x:1.2.3.4'],
  cacheFrom: ['a:cache'],
  shmSize: 64e6,
};

test('the classic builder’s query; an argument that is null is left to the Dockerfile', () => {
  expect(buildQuery(OPTIONS)).toMatchObject({
    version: '1',
    t: ['a:1', 'b:1'],
    target: 'runtime',
    buildargs: { TOKEN: 'canary', EMPTY: '' },
    labels: { l: '1' },
    nocache: true,
    extrahosts: ['x:1.2.3.4'],
    cachefrom: '["a:cache"]',
  });
});

test('buildx gets names of arguments in argv and their values in its environment', () => {
  const flags = buildxFlags(OPTIONS);
  expect(flags.join(' ')).not.toContain('canary');
  expect(flags.filter((_, i) => flags[i - 1] === '--build-arg')).toEqual(['TOKEN', 'EMPTY']);
  expect(flags).toEqual(
    expect.arrayContaining(['--load', '--tag', 'b:1', '--target', 'runtime', '--no-cache', '--pull']),
  );
  const env = { PATH: '/bin', DOCKER_HOST: 'tcp://other:1', DOCKER_CONTEXT: 'other' };
  const endpoint = { url: 'unix:///x', source: 'test', local: true };
  expect(buildxEnvironment(endpoint, OPTIONS, env)).toEqual({
    PATH: '/bin',
    TOKEN: 'canary',
    EMPTY: '',
    DOCKER_HOST: 'unix:///x',
  });
  expect(buildxEnvironment({ ...endpoint, context: 'lab' }, { context: '/', tags: [] }, env)).toEqual({
    PATH: '/bin',
    DOCKER_CONTEXT: 'lab',
  });
});

test.each<[string, string, boolean]>([
  ['VERSION', '1', false],
  ['PATH', '/x', true],
  ['PATH', '/bin', false], // the value that it has anyway
  ['USER', 'app', true], // would change what is there
  ['Home', '/x', true], // names are one in any case on Windows
  ['LD_PRELOAD', '/x.so', true],
  ['DOCKER_CONFIG', '/x', true],
  ['BUILDX_BUILDER', 'x', true],
  ['BUILDKIT_HOST', 'x', true],
  ['BUILDKIT_INLINE_CACHE', '1', false],
  ['https_proxy', 'x', true],
  ['GOLANG_VERSION', '1.2', false],
  ['PATHS', '/x', false],
])('the build argument %s=%s means something to buildx: %s', (name, value, refused) => {
  const options = { context: '/', tags: [], args: { [name]: value } };
  expect(steeringArgs(options, { PATH: '/bin', USER: 'me' })).toEqual(refused ? [name] : []);
});

test('a build that was cancelled before buildx is started starts none', async () => {
  const options = { context: '/nowhere', tags: ['app:1'], signal: AbortSignal.abort() };
  const context = { file: '/nowhere/Dockerfile', text: '', name: 'Dockerfile', tar: () => Readable.from([]) };
  const endpoint = { url: 'unix:///nowhere', source: 'test', local: true };
  await expect(buildWithBuildx(endpoint, options, context)).rejects.toMatchObject({
    errors: [{ code: 'engine.cancelled' }],
  });
});
