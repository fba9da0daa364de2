/** Jobs of a profile: services that run to their end before others start, and say in their log how far they are. */
import { lines } from '../docker/lines.ts';
import type { Engine } from '../docker/port.ts';
import { appError, type AppError } from '../errors.ts';
import type { StepReport } from './execute.ts';
import type { JobFailure, ProfileBlock } from './profile.ts';
import { fillSettings, type Chosen } from './profile-settings.ts';
import { Speed, transferSentence } from './transfer.ts';

/** The line of a job's log that says how far it is. */
const PROGRESS = /^letta-stack: (\d+) of (\d+) bytes$/;

/** What is known of a job: how it may fail, with the settings in the words. */
export interface Job {
  readonly failures: readonly JobFailure[];
}

/** The job that a service is to its profile; undefined when it is none. */
export function jobOf(block: ProfileBlock, chosen: Chosen, service: string): Job | undefined {
  const fill = (text: string): string =>
    // filled one by one: `{stack}` is no setting, and is filled where the command line is known
    text.replaceAll(/\{[\w-]+\}/g, (placeholder) => fillSettings(block, chosen, placeholder));
  const failures = block.jobs[service];
  return (
    failures && {
      failures: failures.map(({ exit, says, next }) => ({ exit, says: fill(says), next: fill(next) })),
    }
  );
}

/** Why a job ended with this exit code, in its profile's words; undefined when they say nothing of it. */
export function jobError(
  job: Job,
  service: string,
  exitCode: number,
  log: readonly string[],
): AppError | undefined {
  const known = job.failures.find((f) => f.exit === exitCode);
  if (!known) return undefined;
  const said = log.filter((line) => !PROGRESS.test(line));
  return appError('stack.job-failed', { service, says: known.says, next: known.next, log: said });
}

/**
 * Reports the bytes that a running job tells of, until its log ends or the signal aborts.
 * @throws Failure when the engine is gone
 */
export async function followJob(
  engine: Engine,
  id: string,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const container = await engine.containers.inspect(id, signal);
  if (!container) return;
  // it may have run before: only of this run is told
  const since = Date.parse(container.State.StartedAt) / 1000;
  const speed = new Speed();
  for await (const line of lines(bytesOf(engine.containers.logs(id, { follow: true, since, signal })))) {
    const [, done, total] = (PROGRESS.exec(line) ?? []).map(Number);
    if (done === undefined || total === undefined) continue;
    speed.note(done);
    report.progress(done, total);
    report.detail(transferSentence(done, total, speed.perSecond()));
  }
}

async function* bytesOf(chunks: ReturnType<Engine['containers']['logs']>): AsyncGenerator<Uint8Array> {
  for await (const { data } of chunks) yield data;
}
