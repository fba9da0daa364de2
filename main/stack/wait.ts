import type { Engine } from '../docker/port.ts';
import { Failure, failure } from '../errors.ts';
import { causeOf, endsInALoop, isKilledInALoop } from './derive.ts';
import type { StepReport } from './execute.ts';
import { followJob, jobError, type Job } from './job.ts';
import { containerFacts } from './observe.ts';
import type { ObservedContainer } from './observed.ts';
import type { Condition, Plan, Step } from './plan-types.ts';
import type { ContainerWatch } from './watch.ts';
import { Surprise } from './surprise.ts';

/** How many of its last log lines a failure carries. */
const LOG_LINES = 20;
/** How long the engine may take to tell what a failure carries, in milliseconds. */
const TELL_MS = 3_000;

type WaitStep = Extract<Step, { kind: 'wait' }>;
export interface WaitEdges {
  readonly engine: Engine;
  readonly watch: ContainerWatch;
  readonly redact: (text: string) => string;
  /** what the profile says of a service that runs to its end */
  readonly jobOf: (service: string) => Job | undefined;
}

/** What is decided about one container while it is waited for. */
type Verdict = { ready: true } | { ready: false; sentence: string; detail?: string };

/**
 * Waits until a service's containers are as the step's condition says. A job of the profile tells how far it is, and is
 * stopped when nobody waits for it any more.
 * @throws Failure `stack.not-healthy` with the cause when one fails or the budget is over; `stack.job-failed`
 */
export async function waitFor(
  edges: WaitEdges,
  plan: Plan,
  step: WaitStep,
  ids: readonly string[],
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const job = step.condition === 'completed' ? edges.jobOf(step.service) : undefined;
  if (!job) return waitUntil(edges, plan, step, ids, report, signal);
  const waiting = new AbortController();
  const either = AbortSignal.any([signal, waiting.signal]);
  // a log that cannot be read costs the progress alone
  const told = ids.map((id) => followJob(edges.engine, id, report, either).catch(() => {}));
  try {
    await waitUntil(edges, plan, step, ids, report, signal, job);
  } catch (error) {
    // an engine that is gone by now ends its containers itself
    if (signal.aborted) await Promise.all(ids.map((id) => edges.engine.containers.stop(id).catch(() => {})));
    throw error;
  } finally {
    waiting.abort();
    await Promise.all(told);
  }
}

async function waitUntil(
  edges: WaitEdges,
  plan: Plan,
  step: WaitStep,
  ids: readonly string[],
  report: StepReport,
  signal: AbortSignal,
  job?: Job,
): Promise<void> {
  const timeout = step.budgetMs === undefined ? undefined : AbortSignal.timeout(step.budgetMs);
  const either = timeout ? AbortSignal.any([signal, timeout]) : signal;
  const verdicts = ids.map(async (id): Promise<{ id: string; verdict: Verdict; exitCode?: number }> => {
    let last: ObservedContainer | undefined;
    let restartsBefore: number | undefined;
    const decide = (c: ObservedContainer | undefined): Verdict | undefined => {
      last = c;
      restartsBefore ??= c?.restarts ?? 0;
      const line = c?.state === 'running' && c.healthOutput?.split('\n').at(-1);
      if (line) report.detail(edges.redact(line));
      return verdictOf(step, c, restartsBefore);
    };
    try {
      const verdict = await edges.watch.until(id, decide, either);
      const isOld = step.containers.some((c) => c.id === id);
      if (plan.operation === 'up' && isOld && last && isKilledInALoop(last, restartsBefore))
        throw new Surprise(`${last.service} is killed each time it is started`);
      return { id, verdict, ...(last && { exitCode: last.exitCode }) };
    } catch (error) {
      if (!timeout?.aborted || signal.aborted) throw error;
      // what its checks said since the last look was no event
      const now = (await lookOnce(edges.engine, id, signal)) ?? last;
      return { id, verdict: timeoutVerdict(step, step.budgetMs ?? 0, now) };
    }
  });
  const failed = (await Promise.all(verdicts)).find((v) => !v.verdict.ready);
  if (!failed || failed.verdict.ready) return;
  const { sentence, detail } = failed.verdict;
  const log = (await lastLogLines(edges.engine, failed.id, signal)).map((l) => edges.redact(l));
  const known = job && jobError(job, step.service, failed.exitCode ?? 0, log);
  if (known) throw new Failure([known]);
  throw failure('stack.not-healthy', {
    service: step.service,
    sentence,
    ...(detail && { detail: edges.redact(detail) }),
    // its dependents go on where they may lack it
    waiting: step.optional ? [] : waitingServices(plan, step.id),
    log,
  });
}

/**
 * Whether a container fulfils a condition, fails it for good, or (undefined) may still get there. Pure.
 * `restartsBefore` is how often Docker had restarted it when the wait began.
 */
export function verdictOf(
  { condition, patient }: { readonly condition: Condition; readonly patient: boolean },
  c: ObservedContainer | undefined,
  restartsBefore = 0,
): Verdict | undefined {
  if (!c) throw new Surprise('a container was removed while it was waited for');
  const failed = (sentence: string, cause = causeOf(c)): Verdict => ({
    ready: false,
    sentence: cause?.sentence ?? sentence,
    ...(cause?.detail && { detail: cause.detail }),
  });
  if (c.state === 'exited' || c.state === 'dead') {
    const wanted = condition === 'completed' || (condition === 'running' && c.restartPolicy !== 'always');
    if (wanted && c.exitCode === 0) return { ready: true };
    return failed(`${c.service} ended with exit code ${c.exitCode}`);
  }
  if (c.state === 'created' && c.error) return failed(`${c.service} could not be started`);
  if (endsInALoop(c, restartsBefore)) return failed(`${c.service} keeps ending`, causeOf(c, 'restarting'));
  if (condition === 'completed' || c.state !== 'running') return undefined;
  if (condition === 'running') return { ready: true };
  if (c.health === 'healthy') return { ready: true };
  if (c.health === 'unhealthy' && !patient) return failed(`${c.service} fails its health check`);
  if (c.health === undefined)
    return failed(`${c.service} has no health check, and something waits for its health`);
  return undefined;
}

function timeoutVerdict(step: WaitStep, budgetMs: number, last: ObservedContainer | undefined): Verdict {
  const seconds = Math.round(budgetMs / 1000);
  const was = last?.health ?? last?.state ?? 'not there';
  return {
    ready: false,
    sentence: `${step.service} was not ${step.condition} within ${seconds} s, it is ${was}`,
    ...(last?.healthOutput && { detail: last.healthOutput }),
  };
}

/** Services whose start comes after this wait, directly or through others. */
function waitingServices(plan: Plan, id: string): string[] {
  const blocked = new Set([id]);
  const services = new Set<string>();
  for (let size = 0; size !== blocked.size;) {
    size = blocked.size;
    for (const s of plan.steps) {
      if (!s.after.some((a) => blocked.has(a))) continue;
      blocked.add(s.id);
      if (s.kind === 'start') services.add(s.container.service);
    }
  }
  return [...services];
}

/** Looks at a container for what a failure tells of it; undefined when that is not to be had in time. */
async function lookOnce(
  engine: Engine,
  id: string,
  signal: AbortSignal,
): Promise<ObservedContainer | undefined> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(TELL_MS)]);
  const found = await engine.containers.inspect(id, inTime).catch(() => undefined);
  return found && containerFacts(found);
}

async function lastLogLines(engine: Engine, id: string, signal: AbortSignal): Promise<string[]> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(TELL_MS)]);
    for await (const chunk of engine.containers.logs(id, { tail: LOG_LINES, signal: inTime }))
      text += decoder.decode(chunk.data, { stream: true });
  } catch (error) {
    return [`(its log could not be read: ${error instanceof Error ? error.message : String(error)})`];
  }
  return text.split('\n').filter((l) => l.trim() !== '');
}
