import { say } from '../errors.ts';
import type { Plan, Step } from './plan-types.ts';

/** A step in words: `create container letta-production-db-1`. */
export function stepTitle(step: Step): string {
  switch (step.kind) {
    case 'pullImage':
      return `pull image ${step.ref}`;
    case 'buildImage':
      return `build image ${step.ref}`;
    case 'generateSecrets':
      return `generate secrets ${step.names.join(', ')}`;
    case 'createNetwork':
      return `create network ${step.name}`;
    case 'removeNetwork':
      return `remove network ${step.name}`;
    case 'disconnect':
      return `disconnect container ${step.container.name} from network ${step.network}`;
    case 'createVolume':
      return `create volume ${step.name}`;
    case 'removeVolume':
      return `delete volume ${step.name}`;
    case 'create':
      return step.replaces
        ? `recreate container ${step.replaces.name}`
        : `create container ${step.container.name}`;
    case 'rename':
      return `rename container ${step.container.name} to ${step.to}`;
    case 'start':
      return `start container ${step.container.name}`;
    case 'stop':
      return `stop container ${step.container.name}`;
    case 'remove':
      return `remove container ${step.container.name}`;
    case 'restart':
      return `restart container ${step.container.name}`;
    case 'wait':
      return `wait until ${step.service} is ${step.condition}`;
  }
}

/** The plan as text: every step with its cause, then what is said and asked. Ends with a newline. */
export function formatPlan(plan: Plan): string {
  const titles = plan.steps.map(stepTitle);
  const width = Math.min(64, Math.max(0, ...titles.map((t) => t.length)));
  const lines = [
    `${plan.project}: ${plan.operation}${plan.steps.length === 0 ? ', nothing to do' : ''}`,
    ...plan.steps.map((step, i) => `  ${titles[i]!.padEnd(width)}  ${step.cause}`),
    ...(plan.unchanged.length > 0 ? [`  unchanged: ${plan.unchanged.join(', ')}`] : []),
    ...(plan.orphans.length > 0 ? [`  orphans, kept: ${plan.orphans.join(', ')}`] : []),
    ...plan.warnings.map((w) => `  warning: ${say(w).message}`),
    ...plan.confirmations.map((c) => `  needs your word: ${c.text}`),
  ];
  return `${lines.join('\n')}\n`;
}
