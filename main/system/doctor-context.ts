import { readdir } from 'node:fs/promises';
import os from 'node:os';
import { Failure } from '../errors.ts';
import { LABEL } from '../stack/labels.ts';
import { holderOf } from '../stack/port-holder.ts';
import { freeBytes } from './disk.ts';
import type { DoctorContext } from './doctor-types.ts';
import { isErrno } from './files.ts';
import { listens } from './host-reach.ts';
import { httpStatus } from './http-status.ts';
import { portUse } from './ports.ts';

/** How long an address of this machine may take to answer, in milliseconds. */
const HTTP_MS = 4_000;
/** Lines of a log in which words are looked for. */
const LOG_LINES = 40;

type Given = Pick<
  DoctorContext,
  | 'engine'
  | 'engines'
  | 'probeGpu'
  | 'hostReach'
  | 'stack'
  | 'state'
  | 'changes'
  | 'secrets'
  | 'secretValue'
  | 'home'
  | 'folders'
> & {
  /** project of a stack that will be stopped first: its ports are free then */
  readonly stops?: string | undefined;
};

/**
 * The context of one examination with this machine's edges; the caller gives what depends on the command. What several
 * checks look at is looked at once.
 */
export function doctorContext({ stops, ...given }: Given): DoctorContext {
  const [engine, engines, stack] = [once(given.engine), once(given.engines), once(given.stack)];
  const containers = once(async () => {
    const [{ containers: of }, { project }] = await Promise.all([engine(), stack()]);
    return of.list({ label: [`${LABEL.project}=${project}`] }, { all: true });
  });
  return {
    ...given,
    engine,
    engines,
    stack,
    containers,
    state: once(given.state),
    changes: once(given.changes),
    inside: async (service, options) => {
      const found = (await containers()).find(
        (c) => c.State === 'running' && c.Labels[LABEL.service] === service,
      );
      if (!found) return undefined;
      try {
        return await (await engine()).containers.exec(found.Id, options);
      } catch (e) {
        // it ended in this moment
        if (isGone(e)) return undefined;
        throw e;
      }
    },
    lastLines: async (service, tail = LOG_LINES) => {
      const found = (await containers()).find((c) => c.Labels[LABEL.service] === service);
      if (!found) return '';
      const lines: Uint8Array[] = [];
      for await (const { data } of (await engine()).containers.logs(found.Id, { tail })) lines.push(data);
      return Buffer.concat(lines).toString('utf8');
    },
    freeBytes,
    freeMemory: os.freemem,
    portUse: async (address, port, protocol) => {
      const use = await portUse(address, port, protocol);
      if (use.free || stops === undefined) return use;
      const running = await (await engine()).containers.list({});
      return holderOf(running, { address, port, protocol })?.project === stops ? { free: true } : use;
    },
    listens,
    entries,
    httpStatus: (url) => httpStatus(url, AbortSignal.timeout(HTTP_MS)).catch(() => undefined),
    now: Date.now,
  };
}

/** The engine refuses an exec in what does not run with 409, and in what is not there with 404. */
const isGone = (e: unknown): boolean =>
  e instanceof Failure && e.errors.some((x) => x.code === 'engine.not-found' || x.data['status'] === 409);

function once<T>(look: () => Promise<T>): () => Promise<T> {
  let looked: Promise<T> | undefined;
  return () => (looked ??= look());
}

async function entries(path: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(path);
  } catch (e) {
    if (isErrno(e, 'ENOENT') || isErrno(e, 'ENOTDIR')) return undefined;
    throw e;
  }
}
