import type { FileReference, Project } from '../model/types.ts';
import type { NamedService } from './desired.ts';

/** One file that we put into a container before its first start. */
export interface ContainerFile {
  /** absolute path in the container */
  readonly target: string;
  /** permission bits */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly origin: { readonly kind: 'configs' | 'secrets'; readonly name: string };
}

/** Secrets and configs of a service, with the default targets of the compose-spec. */
function references(service: NamedService): { kind: 'configs' | 'secrets'; reference: FileReference }[] {
  return [
    ...(service.secrets ?? []).map((reference) => ({ kind: 'secrets' as const, reference })),
    ...(service.configs ?? []).map((reference) => ({ kind: 'configs' as const, reference })),
  ];
}

function targetOf(kind: 'configs' | 'secrets', reference: FileReference): string {
  const folder = kind === 'secrets' ? '/run/secrets/' : '/';
  const target = reference.target ?? reference.source;
  return target.startsWith('/') ? target : folder + target;
}

/** A file on the host is bound only where it cannot be put in: the container is read-only, or it is a secret's file. */
function isBound(
  project: Project,
  service: NamedService,
  kind: 'configs' | 'secrets',
  name: string,
): boolean {
  const definition = project[kind][name];
  return definition?.file !== undefined && (service.read_only === true || kind === 'secrets');
}

/**
 * Files that are put into the container over the Engine API: no host path, so they work on an engine that does not
 * see our file system. Mode 0444 unless the file says otherwise (compose-spec, `configs` and `secrets`, long syntax).
 */
export function injectedFiles(project: Project, service: NamedService): ContainerFile[] {
  return references(service)
    .filter(({ kind, reference }) => !isBound(project, service, kind, reference.source))
    .map(({ kind, reference }) => ({
      target: targetOf(kind, reference),
      mode: reference.mode === undefined ? 0o444 : Number.parseInt(reference.mode, 8),
      uid: Number(reference.uid ?? 0),
      gid: Number(reference.gid ?? 0),
      origin: { kind, name: reference.source },
    }));
}

/** Files of the host that are mounted read-only. */
export function boundFiles(project: Project, service: NamedService): { source: string; target: string }[] {
  return references(service).flatMap(({ kind, reference }) => {
    const file = project[kind][reference.source]?.file;
    if (file === undefined || !isBound(project, service, kind, reference.source)) return [];
    return [{ source: file, target: targetOf(kind, reference) }];
  });
}
