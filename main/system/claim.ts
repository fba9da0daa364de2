import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { type Server, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { failure } from '../errors.ts';
import { isErrno } from './files.ts';
import { Peer } from './peer.ts';
import { within } from './within.ts';

/**
 * A name that one process of this user can have at a time. Having it means listening on a local socket, so it is gone
 * with the process, even after kill -9, and whoever comes second is connected to whoever has it.
 *
 * A Unix socket's file outlives its process, and "it is dead: remove it, make mine" is a race between two starters.
 * So no name is ever used twice: every claimant listens under a name of its own, first makes itself seen, and then
 * asks everyone else it sees. A dead one's file can be removed by anybody, and of two claimants the one that was seen
 * second always sees the first: both can never believe that they are alone. Two that see each other while neither has
 * it yet are decided by their names: the higher one steps back.
 */
export type Claim = { readonly held: true; release(): void } | ({ readonly held: false } & Holder);

/** Who has a name. */
export interface Holder {
  readonly peer: Peer;
  /** 0 where the system does not tell (Windows) */
  readonly pid: number;
}

/** A Unix socket's path must fit into the kernel's `sun_path`: 108 bytes on Linux, 104 on macOS, with its zero. */
const LONGEST_PATH = 103;
/** How long a claimant may be silent before it counts as frozen. Milliseconds. */
const ANSWER_WITHIN = 10_000;
/** A candidate may itself be waiting for two others that are silent, each for that long. Milliseconds. */
const DECIDED_WITHIN = 3 * ANSWER_WITHIN;
/** A socket file that was never renamed within this time is left over from a killed process. Milliseconds. */
const UNBORN_FOR = 10_000;

const Hello = z.object({ claim: z.enum(['candidate', 'held']) });

/**
 * Claims `name` in the runtime folder. `serve` is given everyone who comes while we have it.
 * Throws `lock.silent` when a claimant neither answers nor ends, `lock.path` when the folder's path is too long.
 */
export function claim(runtime: string, name: string, serve: (peer: Peer) => void): Promise<Claim> {
  if (process.platform !== 'win32') return claimSocket(runtime, name, serve);
  return claimPipe(pipeOf(runtime, name), serve);
}

/** All users share the names of pipes, and every user's folder differs. */
function pipeOf(runtime: string, name: string): string {
  const user = createHash('sha256').update(runtime).digest('hex').slice(0, 16);
  return `\\\\.\\pipe\\letta-stack-${user}-${name}`;
}

/**
 * Who has the name now, without claiming it; undefined when nobody has.
 * Throws `lock.silent` when a claimant says nothing within so many milliseconds.
 */
export async function holderOf(
  runtime: string,
  name: string,
  milliseconds = ANSWER_WITHIN,
): Promise<Holder | undefined> {
  const pipes = process.platform === 'win32';
  const files = pipes
    ? []
    : readdirSync(runtime).filter((f) => f.startsWith(`${name}-`) && f.endsWith('.sock'));
  for (const path of pipes ? [pipeOf(runtime, name)] : files.map((f) => join(runtime, f))) {
    const other = await meet(path, milliseconds);
    if (other?.held) return other;
    other?.peer.close();
  }
  return undefined;
}

/** Someone else who has the name already, or who may get it before us. */
interface Other extends Holder {
  readonly held: boolean;
}

async function claimSocket(runtime: string, name: string, serve: (peer: Peer) => void): Promise<Claim> {
  for (;;) {
    const mine = await Candidate.enter(runtime, name, serve);
    let other: Other | undefined;
    try {
      other = await mine.seekOther();
    } catch (e) {
      mine.leave();
      throw e;
    }
    if (!other) {
      mine.hold();
      return { held: true, release: () => mine.leave() };
    }
    mine.leave();
    if (other.held || (await becomesHeld(other))) return { ...other, held: false };
    // it stepped back or died in the meantime: the name is free again
  }
}

/** Waits until a candidate has the name; false when it is gone instead. */
async function becomesHeld(candidate: Other): Promise<boolean> {
  const hello = Hello.safeParse(await nextOf(candidate, DECIDED_WITHIN));
  return hello.success && hello.data.claim === 'held';
}

/**
 * The next message of a process that has the name or wants it; undefined when it is gone first.
 * Throws `lock.silent` when neither happens in time: it is stopped or hangs.
 */
export async function nextOf({ peer, pid }: Holder, milliseconds = ANSWER_WITHIN): Promise<unknown> {
  const heard = await within(
    milliseconds,
    peer.next().then((message) => ({ message })),
  );
  if (heard) return heard.message;
  peer.close();
  throw failure('lock.silent', { pid });
}

class Candidate {
  readonly #runtime: string;
  readonly #name: string;
  readonly #file: string;
  readonly #server: Server;
  readonly #peers = new Set<Peer>();
  readonly #serve: (peer: Peer) => void;
  #held = false;

  private constructor(runtime: string, name: string, serve: (peer: Peer) => void) {
    this.#runtime = runtime;
    this.#name = name;
    this.#serve = serve;
    this.#file = `${name}-${randomBytes(4).toString('hex')}-${process.pid}.sock`;
    this.#server = createServer((socket) => this.#greet(new Peer(socket)));
    // the lock alone does not keep a process alive
    this.#server.unref();
  }

  /** Makes itself seen. Listening starts under another name, so that nobody can take us for dead before it. */
  static async enter(runtime: string, name: string, serve: (peer: Peer) => void): Promise<Candidate> {
    const self = new Candidate(runtime, name, serve);
    const path = join(runtime, self.#file);
    const unborn = `${path}~`;
    if (Buffer.byteLength(unborn) > LONGEST_PATH) throw failure('lock.path', { folder: runtime });
    await listen(self.#server, unborn);
    renameSync(unborn, path);
    return self;
  }

  /** Asks everyone who can be seen; undefined when we are alone. */
  async seekOther(): Promise<Other | undefined> {
    const others = readdirSync(this.#runtime).filter(
      (f) => f.startsWith(`${this.#name}-`) && f !== this.#file,
    );
    for (const file of others.toSorted()) {
      const path = join(this.#runtime, file);
      if (file.endsWith('~')) {
        removeUnborn(path);
        continue;
      }
      const other = await meet(path);
      if (!other) continue;
      if (other.held || file < this.#file) return other;
      // it sees us and steps back, unless it had looked around before we could be seen
      if (await becomesHeld(other)) return { ...other, held: true };
    }
    return undefined;
  }

  hold(): void {
    this.#held = true;
    const waiting = [...this.#peers];
    for (const peer of waiting) this.#introduce(peer);
  }

  leave(): void {
    remove(join(this.#runtime, this.#file));
    this.#server.close();
    for (const peer of this.#peers) peer.close();
    this.#peers.clear();
  }

  #greet(peer: Peer): void {
    peer.unref();
    this.#peers.add(peer);
    void peer.closed.then(() => this.#peers.delete(peer));
    if (this.#held) this.#introduce(peer);
    else peer.send({ claim: 'candidate' });
  }

  #introduce(peer: Peer): void {
    peer.send({ claim: 'held' });
    this.#serve(peer);
  }
}

/** Connects to a claimant and hears how far it is; undefined when it is gone (a dead one's file is removed). */
async function meet(path: string, milliseconds = ANSWER_WITHIN): Promise<Other | undefined> {
  const until = Date.now() + milliseconds;
  const pid = Number(/-(\d+)\.sock$/.exec(path)?.[1] ?? 0);
  while (Date.now() < until) {
    const peer = await dial(path);
    if (!peer) return undefined;
    const answer = await within(until - Date.now(), peer.next());
    const hello = Hello.safeParse(answer);
    if (hello.success) return { held: hello.data.claim === 'held', peer, pid };
    peer.close();
    // it hung up on us: it leaves or dies this moment, and is gone only when nobody listens any more
    await sleep(5);
  }
  throw failure('lock.silent', { pid });
}

/** Undefined when nobody listens there any more. */
async function dial(path: string): Promise<Peer | undefined> {
  for (;;) {
    const socket = connect(path);
    const problem = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      socket.once('connect', () => resolve(undefined));
      socket.once('error', resolve);
    });
    if (!problem) return new Peer(socket);
    if (problem.code === 'ENOENT') return undefined;
    if (problem.code === 'ECONNREFUSED' || problem.code === 'ECONNRESET') {
      // its process is gone; nobody will ever listen under this file's name again (a pipe has no file)
      if (path.endsWith('.sock')) remove(path);
      return undefined;
    }
    // EAGAIN: its queue of connections is full
    if (problem.code !== 'EAGAIN') throw problem;
    await sleep(10);
  }
}

/** A pipe's name is free when its process is gone, so trying to take it is all. Exported for the test. */
export async function claimPipe(address: string, serve: (peer: Peer) => void): Promise<Claim> {
  const peers = new Set<Peer>();
  for (;;) {
    const server = createServer((socket) => {
      const peer = new Peer(socket);
      peer.unref();
      peers.add(peer);
      void peer.closed.then(() => peers.delete(peer));
      peer.send({ claim: 'held' });
      serve(peer);
    });
    server.unref();
    try {
      await listen(server, address);
      const release = (): void => {
        server.close();
        for (const peer of peers) peer.close();
      };
      return { held: true, release };
    } catch (e) {
      if (!isErrno(e, 'EADDRINUSE')) throw e;
    }
    const other = await meet(address);
    if (other) return { ...other, held: false };
  }
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function removeUnborn(path: string): void {
  try {
    if (Date.now() - statSync(path).mtimeMs > UNBORN_FOR) remove(path);
  } catch (e) {
    // it was born or removed just now
    if (!isErrno(e, 'ENOENT')) throw e;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (e) {
    if (!isErrno(e, 'ENOENT')) throw e;
  }
}
