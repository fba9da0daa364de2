import type { ContainerSummary } from '../docker/port.ts';
import { LABEL } from './labels.ts';

/** Names of those of these containers that belong to none of the projects: who else uses what they have. Pure. */
export const othersOf = (containers: readonly ContainerSummary[], projects: readonly string[]): string[] =>
  containers
    .filter((c) => !projects.includes(c.Labels[LABEL.project] ?? ''))
    .map((c) => (c.Names[0] ?? c.Id).replace(/^\//, ''));
