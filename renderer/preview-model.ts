import { memoryText, type Downloads, type Preview } from '../main/channels.ts';

type Step = Preview['steps'][number];

/** Steps that mean the same to a person. */
export interface StepGroup {
  readonly title: string;
  readonly steps: readonly Step[];
}

const TITLES = [
  'Download',
  'Build',
  'Check',
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
  probeGpu: 'Check',
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

/** The plan as it will be once another stack is stopped: its ports are free then. */
export const withPortsOf = (preview: Preview, stopped: string | undefined): Preview => ({
  ...preview,
  warnings: preview.warnings.filter(
    ({ code, data }) => code !== 'engine.port-taken' || stopped === undefined || data['project'] !== stopped,
  ),
});

/** One thing that an `up` would make or make anew. */
export interface Change {
  readonly words: string;
  readonly cause: string;
}

/** What of an `up` is more than starting what is there: with none of it, a restart would do as well. */
export function changesOf(steps: readonly Step[]): Change[] {
  const ids = new Set(steps.map((s) => s.id));
  return steps.flatMap((step) => {
    const { id, kind, title, cause, service } = step;
    if (kind === 'create') {
      const isAnew = ids.has(`remove:${id.slice(id.indexOf(':') + 1)}`);
      return [{ words: `${service ?? title} is ${isAnew ? 'made anew' : 'created'}`, cause }];
    }
    return MAKES.has(kind) ? [{ words: title, cause }] : [];
  });
}

const MAKES: ReadonlySet<string> = new Set([
  'pullImage',
  'buildImage',
  'generateSecrets',
  'createNetwork',
  'createVolume',
]);

/** The services that a restart starts again, in the order in which their turn comes. */
export const restarted = (steps: readonly Step[]): string[] => [
  ...new Set(
    steps.flatMap(({ kind, service }) =>
      service !== undefined && (kind === 'start' || kind === 'restart') ? [service] : [],
    ),
  ),
];

/** How many images are pulled. */
export const pulls = (steps: readonly Step[]): number => steps.filter((s) => s.kind === 'pullImage').length;

/**
 * How much is to be downloaded and how long that takes, in a sentence. `downloads` is what the registries say; undefined
 * while they are asked, null where that failed.
 */
export function downloadText(
  { steps, diskNeeded }: Preview,
  downloads: Downloads | null | undefined,
): string {
  const count = pulls(steps);
  const what = count === 1 ? 'One image is downloaded' : `${count} images are downloaded`;
  const disk =
    diskNeeded === undefined ? '' : ` The stack needs ${memoryText(diskNeeded)} of disk with all its images.`;
  if (downloads === undefined) return `${what}; how large, its registry is asked …${disk}`;
  if (downloads === null) return `${what}; how large, could not be asked.${disk}`;
  return `${what}: ${downloads.words}.${disk}`;
}
