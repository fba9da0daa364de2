import type { Engine, ExecResult } from '../docker/port.ts';
import { failure, hasCode } from '../errors.ts';
import { durationToNanoseconds } from '../model/durations.ts';
import type { Hook, Service } from '../model/types.ts';
import type { NamedService } from './desired.ts';
import type { StepReport } from './execute.ts';

/** What the post_start hooks of a service may take together: a first import takes minutes. Milliseconds. */
const POST_START_WITHIN = 10 * 60_000;
/** The engine's own time for a stop, of which the pre_stop hooks are a part. Milliseconds. */
const STOP_WITHIN = 10_000;
/** A service that wants to be killed at once has hooks all the same. Milliseconds. */
const LEAST = 1_000;

/**
 * Runs a service's lifecycle hooks in its container, one after the other (compose-spec, `post_start`, `pre_stop`).
 * All pre_stop hooks together have the service's `stop_grace_period`, so that a hook that hangs keeps no container.
 * @throws Failure `stack.hook-failed` or `stack.hook-late` for a post_start hook; a pre_stop hook's failure does not
 * keep the container alive and is only told.
 */
export async function runHooks(
  engine: Engine,
  id: string,
  service: NamedService,
  kind: 'post_start' | 'pre_stop',
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const hooks = service[kind] ?? [];
  const limit = kind === 'post_start' ? POST_START_WITHIN : graceOf(service);
  const until = Date.now() + limit;
  for (const [index, hook] of hooks.entries()) {
    report.detail(`${kind} hook ${index + 1} of ${hooks.length}`);
    const name = `${kind}[${index}]`;
    const result = await runHook(engine, id, hook, Math.max(1, until - Date.now()), signal);
    if (!result) {
      if (kind === 'post_start')
        throw failure('stack.hook-late', { service: service.name, hook: name, ms: limit });
      report.detail(`${name} did not end within ${limit / 1000} s`);
      return;
    }
    if (result.exitCode === 0) continue;
    const { exitCode } = result;
    const output = (result.stderr || result.stdout).trim();
    if (kind === 'post_start') {
      throw failure('stack.hook-failed', { service: service.name, hook: name, exitCode, output });
    }
    report.detail(`${name} ended with exit code ${exitCode}`);
  }
}

/** Undefined when it did not end in time. */
async function runHook(
  engine: Engine,
  id: string,
  hook: Hook,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ExecResult | undefined> {
  try {
    return await engine.containers.exec(id, {
      cmd: hook.command ?? [],
      env: Object.entries(hook.environment ?? {}).map(([k, v]) => (v === null ? k : `${k}=${v}`)),
      ...(hook.user !== undefined && { user: hook.user }),
      ...(hook.working_dir !== undefined && { workingDir: hook.working_dir }),
      ...(hook.privileged !== undefined && { privileged: hook.privileged }),
      timeoutMs,
      signal,
    });
  } catch (e) {
    if (hasCode(e, 'engine.exec-timeout')) return undefined;
    throw e;
  }
}

function graceOf(service: Service): number {
  if (service.stop_grace_period === undefined) return STOP_WITHIN;
  return Math.max(LEAST, durationToNanoseconds(service.stop_grace_period) / 1e6);
}
