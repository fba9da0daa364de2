import { Failure, failure, nextOf, say } from '../errors.ts';
import { checkArchitecture } from './checks/architecture.ts';
import { checkChanges } from './checks/changes.ts';
import { checkClock } from './checks/clock.ts';
import { checkComposeFile } from './checks/compose-file.ts';
import { checkDatabasePassword } from './checks/database-password.ts';
import { checkDisk } from './checks/disk.ts';
import { checkE2b } from './checks/e2b.ts';
import { checkEngine } from './checks/engine.ts';
import { checkExtensions } from './checks/extensions.ts';
import { checkGpu } from './checks/gpu.ts';
import { checkHealthPath } from './checks/health-path.ts';
import { checkHostGateway } from './checks/host-gateway.ts';
import { checkInventedVariables } from './checks/invented-variables.ts';
import { checkMemory } from './checks/memory.ts';
import { checkMigrations } from './checks/migrations.ts';
import { checkModel } from './checks/model.ts';
import { checkNames } from './checks/names.ts';
import { checkNginx } from './checks/nginx.ts';
import { checkPassword } from './checks/password.ts';
import { checkPool } from './checks/pool.ts';
import { checkPorts } from './checks/ports.ts';
import { checkProviderAddresses } from './checks/provider-addresses.ts';
import { checkProviders } from './checks/providers.ts';
import { checkPublishedStore } from './checks/published-store.ts';
import { checkSecrets } from './checks/secrets.ts';
import { checkServices } from './checks/services.ts';
import { checkStrayFolder } from './checks/stray-folder.ts';
import { checkToolEnvironment } from './checks/tool-environment.ts';
import { checkVolumes } from './checks/volumes.ts';
import { checkWhichEngine } from './checks/which-engine.ts';
import type { Check, CheckCategory, DoctorContext, Finding, RepairContext } from './doctor-types.ts';
import { remedyOf } from './remedies.ts';

export { doctorContext } from './doctor-context.ts';

/** In the order in which they are shown. */
export const checks: readonly Check[] = [
  checkEngine,
  checkWhichEngine,
  checkArchitecture,
  checkGpu,
  checkClock,
  checkDisk,
  checkMemory,
  checkPorts,
  checkStrayFolder,
  checkSecrets,
  checkComposeFile,
  checkInventedVariables,
  checkHealthPath,
  checkServices,
  checkChanges,
  checkModel,
  checkVolumes,
  checkToolEnvironment,
  checkDatabasePassword,
  checkExtensions,
  checkMigrations,
  checkPool,
  checkProviderAddresses,
  checkNames,
  checkPassword,
  checkPublishedStore,
  checkNginx,
  checkHostGateway,
  checkProviders,
  checkE2b,
];

const WITHOUT_STACK: ReadonlySet<CheckCategory> = new Set(['engine', 'machine', 'secrets']);

/** Ids of those that have something to look at before there is any stack. */
export const checksWithoutStack: readonly string[] = checks
  .filter((c) => WITHOUT_STACK.has(c.category))
  .map((c) => c.id);

/** So many checks look at a time: each exec costs the engine's machine a process. */
const AT_ONCE = 8;
/** A check that waits for what hangs is a finding too; a keychain may ask the user first. Seconds. */
const PATIENCE_S = 60;

/**
 * Runs the checks that have something to look at, some at a time. A check that throws is a finding that failed, with
 * what it threw.
 */
export async function runDoctor(
  ctx: DoctorContext,
  all: readonly Check[] = checks,
): Promise<readonly Finding[]> {
  const findings = new Map<Check, Finding>();
  const waiting = [...all];
  const takeTurns = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const finding = await look(check, ctx);
      if (finding) findings.set(check, finding);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
  return all.flatMap((check) => findings.get(check) ?? []);
}

/**
 * Runs the repair of a check.
 * @throws Failure `doctor.no-repair`; why it could not
 */
export async function repair(
  ctx: DoctorContext,
  id: string,
  deeds: Omit<RepairContext, keyof DoctorContext>,
): Promise<void> {
  const check = checks.find((c) => c.id === id);
  if (!check?.repair) throw failure('doctor.no-repair', { id });
  await check.repair({ ...ctx, ...deeds });
}

async function look(check: Check, ctx: DoctorContext): Promise<Finding | undefined> {
  const { id, title, category } = check;
  try {
    const result = await inTime(async () => ((await check.applicable(ctx)) ? check.run(ctx) : undefined));
    return result && { id, title, category, ...result };
  } catch (e) {
    return { id, title, category, status: 'fail', ...toldBy(e) };
  }
}

async function inTime<T>(work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure('doctor.slow', { seconds: PATIENCE_S })), PATIENCE_S * 1000);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function toldBy(e: unknown): Pick<Finding, 'detail' | 'fix' | 'code' | 'remedy'> {
  if (!(e instanceof Failure)) return { detail: e instanceof Error ? e.message : String(e) };
  const remedy = e.errors.map(remedyOf).find((r) => r !== undefined);
  return {
    code: e.errors[0]?.code,
    detail: e.errors.map((x) => say(x).message).join('\n'),
    fix: [...new Set(e.errors.map(nextOf))].join('\n'),
    ...(remedy && { remedy }),
  };
}
