import dockerignore from '@balena/dockerignore';
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import { failure } from '../errors.ts';
import type { BuildOptions } from './port.ts';

/** A Dockerfile and the folder it is built in. */
export interface BuildContext {
  /** its place for messages: `/src/app/Dockerfile`, or `dockerfile_inline` */
  readonly file: string;
  readonly text: string;
  /** its name inside the archive */
  readonly name: string;
  /** the archive, made while it is read; what cannot be read ends it with `engine.build-file` */
  tar(): Readable;
}

/** Reads the Dockerfile of a build and what is needed to pack its folder. Throws `engine.build-context`. */
export async function readContext(options: BuildOptions): Promise<BuildContext> {
  const { context, dockerfile = 'Dockerfile', dockerfileInline } = options;
  const folder = await lstat(context).catch((e: unknown) => unreadable(context, e));
  if (!folder.isDirectory() && !folder.isSymbolicLink())
    throw failure('engine.build-context', { path: context, reason: 'the build context is no folder' });

  const file = path.resolve(context, dockerfile);
  const text = dockerfileInline ?? (await readFile(file, 'utf8').catch((e: unknown) => unreadable(file, e)));
  const inside = relativeName(context, file);
  // One that is not in the folder travels along under a name of its own, left out of what COPY sees.
  const extra =
    dockerfileInline !== undefined || inside === undefined
      ? `.dockerfile.${randomBytes(8).toString('hex')}`
      : undefined;
  const rules = await ignoreRules(context, dockerfileInline === undefined ? file : undefined);
  return {
    file: dockerfileInline === undefined ? file : `${context} (dockerfile_inline)`,
    text,
    name: extra ?? inside ?? dockerfile,
    tar: () => packContext(context, rules, inside, extra === undefined ? undefined : { name: extra, text }),
  };
}

function unreadable(file: string, e: unknown): never {
  throw failure('engine.build-context', { path: file, reason: reasonOf(e) }, e);
}

/** A file's error would pass for one of the connection on which the archive is sent: it says what it is about. */
function unpackable(file: string, e: unknown): never {
  throw failure('engine.build-file', { path: file, reason: reasonOf(e) }, e);
}

function reasonOf(e: unknown): string {
  const { code, message } = e as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'there is no such file or folder' : message;
}

/** `a/b` for a file inside the folder; undefined for one outside. */
function relativeName(folder: string, file: string): string | undefined {
  const name = path.relative(folder, file);
  if (name === '' || name.startsWith('..') || path.isAbsolute(name)) return undefined;
  return name.split(path.sep).join('/');
}

/** `<Dockerfile>.dockerignore` before `.dockerignore` (Dockerfile reference, ".dockerignore"). */
async function ignoreRules(context: string, file: string | undefined): Promise<string> {
  const candidates = [
    ...(file === undefined ? [] : [`${file}.dockerignore`]),
    path.join(context, '.dockerignore'),
  ];
  for (const candidate of candidates) {
    try {
      return await readFile(candidate, 'utf8');
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'ENOENT') unreadable(candidate, e);
    }
  }
  return '';
}

interface ExtraFile {
  readonly name: string;
  readonly text: string;
}

/** The archive of a folder without what the rules leave out; the Dockerfile itself always travels. */
function packContext(
  folder: string,
  rules: string,
  dockerfile: string | undefined,
  extra: ExtraFile | undefined,
): Readable {
  const tar = pack();
  const work = async (): Promise<void> => {
    const wanted = dockerignore.default({ ignorecase: false }).add(rules);
    // Rules with `!` may bring back something below a folder that is left out: then every folder is looked into.
    const deep = rules.split('\n').some((line) => line.trimStart().startsWith('!'));
    const wants = (name: string): boolean => name === dockerfile || !wanted.ignores(name);
    await packFolder(tar, folder, '', wants, deep || (dockerfile?.includes('/') ?? false));
    if (extra) {
      tar.entry({ name: extra.name, mode: 0o600 }, extra.text);
      tar.entry({ name: '.dockerignore' }, `${rules}\n${extra.name}\n.dockerignore\n`);
    }
    tar.finalize();
  };
  work().catch((e: unknown) => tar.destroy(e as Error));
  return tar as unknown as Readable;
}

async function packFolder(
  tar: Pack,
  root: string,
  name: string,
  wants: (name: string) => boolean,
  deep: boolean,
): Promise<void> {
  const folder = path.join(root, name);
  const entries = await readdir(folder).catch((e: unknown) => unpackable(folder, e));
  for (const entry of entries.toSorted()) {
    const inner = name === '' ? entry : `${name}/${entry}`;
    const file = path.join(root, inner);
    const stats = await lstat(file).catch((e: unknown) => unpackable(file, e));
    const wanted = wants(inner);
    if (wanted) await packEntry(tar, file, inner, stats);
    if (stats.isDirectory() && (wanted || deep)) await packFolder(tar, root, inner, wants, deep);
  }
}

/** Owner and group are root's, as the Docker CLI sends them; sockets and devices are left out. */
async function packEntry(tar: Pack, file: string, name: string, stats: Stats): Promise<void> {
  const header = { name, mode: modeOf(stats), mtime: stats.mtime, uid: 0, gid: 0 };
  if (stats.isDirectory()) tar.entry({ ...header, name: `${name}/`, type: 'directory' });
  else if (stats.isSymbolicLink()) {
    const linkname = await readlink(file).catch((e: unknown) => unpackable(file, e));
    tar.entry({ ...header, type: 'symlink', linkname });
  } else if (stats.isFile()) {
    const { size } = stats;
    await pipeline(contentOf(file, size), tar.entry({ ...header, type: 'file', size }));
  }
}

/** What a file holds; an error of it ends the whole archive, so it is told here. */
async function* contentOf(file: string, size: number): AsyncGenerator<Uint8Array> {
  let read = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      read += chunk.length;
      if (read > size) break;
      yield chunk;
    }
  } catch (e) {
    unpackable(file, e);
  }
  if (read !== size)
    throw failure('engine.build-file', { path: file, reason: 'it changed while it was read' });
}

/** Windows has no executable bit: the Docker CLI sends everything as executable from there. */
const modeOf = (stats: Stats): number => (process.platform === 'win32' ? 0o755 : stats.mode & 0o7777);
