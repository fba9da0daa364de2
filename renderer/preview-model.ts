import type { Preview } from '../main/channels.ts';

type Step = Preview['steps'][number];

/** Steps that mean the same to a person. */
export interface StepGroup {
  readonly title: string;
  readonly steps: readonly Step[];
}

const TITLES = [
  'Download',
  'Build',
  'Generate',
  'Create',
  'Recreate',
  'Start',
  'Stop and remove',
  'And',
] as const;
type Title = (typeof TITLES)[number];

const BY_KIND: Readonly<Record<string, Title>> = {
  pullImage: 'Download',
  buildImage: 'Build',
  generateSecrets: 'Generate',
  createNetwork: 'Create',
  createVolume: 'Create',
  create: 'Create',
  start: 'Start',
  stop: 'Stop and remove',
  remove: 'Stop and remove',
  removeNetwork: 'Stop and remove',
  removeVolume: 'Stop and remove',
};

/**
 * A plan as a person reads it: waiting is left out, and what is only a part of making or replacing a container is said
 * once, with it. A kind of step that is not known here is shown all the same.
 */
export function groupsOf(steps: readonly Step[]): StepGroup[] {
  const ids = new Set(steps.map((s) => s.id));
  const groups = Map.groupBy(steps, (step) => titleOf(step, ids));
  return TITLES.flatMap((title) => {
    const its = groups.get(title);
    return its ? [{ title, steps: its }] : [];
  });
}

function titleOf({ id, kind }: Step, ids: ReadonlySet<string>): Title | undefined {
  if (kind === 'wait') return undefined;
  const subject = id.slice(id.indexOf(':') + 1);
  if (kind === 'create') return ids.has(`remove:${subject}`) ? 'Recreate' : 'Create';
  if (isPart(kind) && ids.has(`create:${subject}`)) return undefined;
  return BY_KIND[kind] ?? 'And';
}

const isPart = (kind: string): boolean => ['start', 'stop', 'remove', 'rename'].includes(kind);
