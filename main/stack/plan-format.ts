import { say } from '../errors.ts';
import type { Downloads } from '../preview-shape.ts';
import type { Plan, Step } from './plan-types.ts';
import { mb } from './transfer.ts';

type Titles = { readonly [K in Step['kind']]: (step: Extract<Step, { kind: K }>) => string };

const titles: Titles = {
  pullImage: (s) => `pull image ${s.ref}`,
  buildImage: (s) => `build image ${s.ref}`,
  probeGpu: (s) => `ask the engine for the GPU of ${s.service}`,
  generateSecrets: (s) => `generate secrets ${s.names.join(', ')}`,
  createNetwork: (s) => `create network ${s.name}`,
  removeNetwork: (s) => `remove network ${s.name}`,
  createVolume: (s) => `create volume ${s.name}`,
  removeVolume: (s) => `delete volume ${s.name}`,
  removeSecret: (s) => `delete secret ${s.name}`,
  forgetStack: () => 'forget settings and state of the stack',
  create: (s) =>
    s.replaces ? `recreate container ${s.replaces.name}` : `create container ${s.container.name}`,
  rename: (s) => `rename container ${s.container.name} to ${s.to}`,
  start: (s) => `start container ${s.container.name}`,
  stop: (s) => `stop container ${s.container.name}`,
  remove: (s) => `remove container ${s.container.name}`,
  restart: (s) => `restart container ${s.container.name}`,
  wait: (s) => `wait until ${s.service} is ${s.condition}`,
};

/** A step in words: `create container letta-production-db-1`. */
export function stepTitle(step: Step): string {
  return (titles[step.kind] as (s: Step) => string)(step);
}

/**
 * The plan as text: every step with its cause, then what is said and asked; with the sizes of what is pulled, and how
 * long that takes, where they are given. `stack` is how a command line names it. Ends with a newline.
 */
export function formatPlan(
  plan: Plan,
  downloads: Downloads = { images: [], bytes: 0, words: '' },
  stack?: string,
): string {
  const sizes = new Map(downloads.images.map(({ step, bytes }) => [step, bytes]));
  const words = plan.steps.map((step) => {
    const bytes = sizes.get(step.id);
    return bytes === undefined ? stepTitle(step) : `${stepTitle(step)} (${mb(bytes)} MB)`;
  });
  const width = Math.min(64, Math.max(0, ...words.map((t) => t.length)));
  const lines = [
    `${plan.project}: ${plan.operation}${plan.steps.length === 0 ? ', nothing to do' : ''}`,
    ...plan.steps.map((step, i) => `  ${words[i]!.padEnd(width)}  ${step.cause}`),
    ...(downloads.words === '' ? [] : [`  to download: ${downloads.words}`]),
    ...(plan.unchanged.length > 0 ? [`  unchanged: ${plan.unchanged.join(', ')}`] : []),
    ...(plan.orphans.length > 0 ? [`  orphans, kept: ${plan.orphans.join(', ')}`] : []),
    ...plan.warnings.map((w) => say(w, stack)).flatMap((w) => [`  warning: ${w.message}`, `    ${w.next}`]),
    ...plan.confirmations.map((c) => `  needs your word: ${c.text}`),
  ];
  return `${lines.join('\n')}\n`;
}
