import type { Plan, Step } from '../stack/plan-types.ts';

/** What takes long, or takes something away: a container that is made anew is removed first. */
const NEWS: ReadonlySet<Step['kind']> = new Set([
  'pullImage',
  'buildImage',
  'remove',
  'removeNetwork',
  'removeVolume',
]);

/**
 * What of a start is to be seen before it is done: ids of its steps. To start what is there, and to create what is not,
 * is what the word says.
 */
export const newsOf = ({ steps }: Plan): string[] => steps.filter((s) => NEWS.has(s.kind)).map((s) => s.id);
