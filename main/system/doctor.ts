import { readdir } from 'node:fs/promises';
import { Failure, say } from '../errors.ts';
import { checkComposeFile } from './checks/compose-file.ts';
import { checkDisk } from './checks/disk.ts';
import { checkEngine } from './checks/engine.ts';
import { checkInventedVariables } from './checks/invented-variables.ts';
import { checkPorts } from './checks/ports.ts';
import { checkSecrets } from './checks/secrets.ts';
import { checkStrayFolder } from './checks/stray-folder.ts';
import { freeBytes } from './disk.ts';
import { isErrno } from './files.ts';
import { portUse } from './ports.ts';
import type { Check, DoctorContext, Finding } from './types.ts';

/** In the order in which they are shown. */
export const checks: readonly Check[] = [
  checkEngine,
  checkDisk,
  checkPorts,
  checkSecrets,
  checkComposeFile,
  checkInventedVariables,
  checkStrayFolder,
];

/** Runs the checks that have something to look at. A check that throws is a finding that failed, with what it threw. */
export async function runDoctor(
  ctx: DoctorContext,
  all: readonly Check[] = checks,
): Promise<readonly Finding[]> {
  const findings = await Promise.all(all.map((check) => look(check, ctx)));
  return findings.filter((finding) => finding !== undefined);
}

async function look(check: Check, ctx: DoctorContext): Promise<Finding | undefined> {
  const { id, title, category } = check;
  try {
    if (!(await check.applicable(ctx))) return undefined;
    return { id, title, category, ...(await check.run(ctx)) };
  } catch (e) {
    return { id, title, category, status: 'fail', ...toldBy(e) };
  }
}

function toldBy(e: unknown): Pick<Finding, 'detail' | 'fix' | 'code'> {
  if (!(e instanceof Failure)) return { detail: e instanceof Error ? e.message : String(e) };
  const said = e.errors.map((x) => say(x));
  return {
    code: e.errors[0]?.code,
    detail: said.map((x) => x.message).join('\n'),
    fix: [...new Set(said.map((x) => x.next))].join('\n'),
  };
}

/** The context with this machine's edges; the caller gives what depends on the command. */
export function doctorContext(
  given: Pick<DoctorContext, 'engine' | 'stack' | 'secrets' | 'home'>,
): DoctorContext {
  return { ...given, freeBytes, portUse, entries };
}

async function entries(path: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(path);
  } catch (e) {
    if (isErrno(e, 'ENOENT') || isErrno(e, 'ENOTDIR')) return undefined;
    throw e;
  }
}
