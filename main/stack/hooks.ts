import type { Engine } from '../docker/port.ts';
import { failure } from '../errors.ts';
import type { Hook } from '../model/types.ts';
import type { StepReport } from './execute.ts';

/**
 * Runs a service's lifecycle hooks in its container, one after the other (compose-spec, `post_start`, `pre_stop`).
 * @throws Failure `stack.hook-failed` for a post_start hook that fails; a pre_stop hook's failure does not keep the
 * container alive and is only told.
 */
export async function runHooks(
  engine: Engine,
  id: string,
  service: string,
  kind: 'post_start' | 'pre_stop',
  hooks: readonly Hook[] | undefined,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, hook] of (hooks ?? []).entries()) {
    report.detail(`${kind} hook ${index + 1} of ${hooks!.length}`);
    const result = await engine.containers.exec(id, {
      cmd: hook.command ?? [],
      env: Object.entries(hook.environment ?? {}).map(([k, v]) => (v === null ? k : `${k}=${v}`)),
      ...(hook.user !== undefined && { user: hook.user }),
      ...(hook.working_dir !== undefined && { workingDir: hook.working_dir }),
      ...(hook.privileged !== undefined && { privileged: hook.privileged }),
      signal,
    });
    if (result.exitCode === 0) continue;
    const output = (result.stderr || result.stdout).trim();
    const data = { service, hook: `${kind}[${index}]`, exitCode: result.exitCode, output };
    if (kind === 'post_start') throw failure('stack.hook-failed', data);
    report.detail(`${data.hook} ended with exit code ${data.exitCode}`);
  }
}
