/** Folders of this machine that a container has mounted and the one in its place would not have. Pure. */
import type { Project } from '../model/types.ts';
import { volumeNameOf, type NamedService } from './desired.ts';
import type { Observed, ObservedContainer } from './observed.ts';
import type { Confirmation, Step } from './plan-types.ts';

interface LeftFolder {
  /** path in the container */
  readonly target: string;
  readonly from: string;
  /** what comes in its place, in words; undefined: nothing */
  readonly to?: string;
  /** another folder or file of this machine comes in its place */
  readonly isMoved: boolean;
  readonly isWritable: boolean;
}

function leftFolders(project: Project, service: NamedService, container: ObservedContainer): LeftFolder[] {
  return container.mounts.flatMap(({ Type, Source: from, Destination: target, RW }) => {
    if (Type !== 'bind') return [];
    const next = service.volumes?.find((v) => v.target === target);
    const isMoved = next?.type === 'bind';
    if (isMoved && bare(next.source ?? '') === bare(from)) return [];
    const isWritable = RW !== false;
    const to = isMoved
      ? next.source
      : next?.type === 'volume'
        ? volumeWords(project, next.source)
        : undefined;
    return [{ target, from, ...(to !== undefined && { to }), isMoved, isWritable }];
  });
}

const volumeWords = (project: Project, key: string | undefined): string =>
  key === undefined ? 'a volume without a name' : `volume ${volumeNameOf(project, key)}`;

const bare = (path: string): string => (path.length > 1 ? path.replace(/[/\\]+$/, '') : path);

/** Why a container whose configuration changed is made anew, where that gives it another folder. */
export function movedCause(
  { project }: { readonly project: Project },
  service: NamedService,
  container: ObservedContainer,
  { absent }: Observed,
): string | undefined {
  const moved = leftFolders(project, service, container).filter((m) => m.isMoved);
  if (moved.length === 0) return undefined;
  return moved
    .map(({ target, from, to = '' }) => `its ${target} moves from ${from} to ${to}${notThere(to, absent)}`)
    .join('; ');
}

const notThere = (path: string, absent: Observed['absent']): string =>
  absent?.has(path) ? ', which is not there' : '';

/**
 * The user's word for each folder that a container may have written to, and that the one in its place would not have.
 * What is mounted read-only holds nothing of the container's.
 */
export function askLeftFolders(
  {
    project,
    services,
  }: { readonly project: Project; readonly services: Readonly<Record<string, NamedService>> },
  { containers, absent }: Observed,
  steps: readonly Step[],
): Confirmation[] {
  return steps.flatMap((step) => {
    if (step.kind !== 'create' || !step.replaces) return [];
    const old = containers.find((c) => c.id === step.replaces?.id);
    const service = services[step.container.service];
    if (!old || !service) return [];
    return leftFolders(project, service, old)
      .filter((m) => m.isWritable)
      .map(({ target, from, to }): Confirmation => ({
        kind: 'left-folder',
        subject: from,
        text: `${service.name} has ${target} from ${from}; ${
          to === undefined
            ? 'it would have nothing there'
            : `it would be ${to}${absent?.has(to) ? EMPTY : ''}`
        }. ${from} stays as it is, and ${service.name} no longer sees what is in it.`,
      }));
  });
}

const EMPTY = ', which is not there and would be made, empty';

/** Folders and files that containers are to mount and that none of them has mounted now. */
export function newSources(
  services: Readonly<Record<string, NamedService>>,
  containers: readonly ObservedContainer[],
): string[] {
  const mounted = new Set(containers.flatMap((c) => c.mounts.map((m) => bare(m.Source))));
  const wanted = Object.values(services).flatMap((s) =>
    (s.volumes ?? []).flatMap((v) => (v.type === 'bind' && v.source ? [v.source] : [])),
  );
  return wanted.filter((source) => !mounted.has(bare(source)));
}
