import { say } from '../errors.ts';
import { formatPlan, stepTitle } from '../stack/plan-format.ts';
import type { Plan } from '../stack/plan-types.ts';
import type { Downloads } from '../preview-shape.ts';
import type { RunCommand } from './command-types.ts';
import type { PlanJson } from './json-shapes.ts';
import { stackOf, wordsForStack } from './target.ts';
import { print, printJson } from './terminal.ts';
import { upRequest } from './up-request.ts';

export const run: RunCommand = async (call, context) => {
  const stack = await stackOf(call, context);
  const plan = await stack.plan(upRequest(call));
  const downloads = await stack.downloads(plan, new AbortController().signal);
  const words = wordsForStack(call);
  if (context.json) await printJson(context.terminal, planJson(plan, downloads, words));
  else await print(context.terminal, formatPlan(plan, downloads, words));
  return 0;
};

function planJson(plan: Plan, { images, bytes, seconds }: Downloads, words: string | undefined): PlanJson {
  const sizes = new Map(images.map((i) => [i.step, i.bytes]));
  return {
    project: plan.project,
    operation: plan.operation,
    steps: plan.steps.map((s) => ({
      id: s.id,
      kind: s.kind,
      title: stepTitle(s),
      cause: s.cause,
      after: [...s.after],
      ...withBytes(sizes.get(s.id)),
    })),
    downloadBytes: bytes,
    ...(seconds !== undefined && { downloadSeconds: seconds }),
    warnings: plan.warnings.map((e) => say(e, words)),
    confirmations: plan.confirmations.map((c) => ({ ...c })),
    orphans: [...plan.orphans],
    unchanged: [...plan.unchanged],
  };
}

const withBytes = (bytes: number | undefined): { bytes?: number } => (bytes === undefined ? {} : { bytes });
