import type { ContainerInspect, Engine, Filters } from '../../../main/docker/port.ts';
import { LABEL } from '../../../main/stack/labels.ts';

/** Everything that an engine has of a project, as far as a change of it would show. */
export interface Objects {
  /** by name */
  readonly containers: Readonly<Record<string, { id: string; state: string; startedAt: string }>>;
  /** ids by name */
  readonly networks: Readonly<Record<string, string>>;
  /** times of creation by name */
  readonly volumes: Readonly<Record<string, string>>;
}

const ofProject = (project: string): Filters => ({ label: [`${LABEL.project}=${project}`] });

/** The containers of a project, by name. */
export async function inspectAll(engine: Engine, project: string): Promise<readonly ContainerInspect[]> {
  const list = await engine.containers.list(ofProject(project), { all: true });
  const found = await Promise.all(list.map((c) => engine.containers.inspect(c.Id)));
  return found.filter((c) => c !== undefined).toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
}

/** What there is of a project now; equal before and after where nothing was touched. */
export async function objectsOf(engine: Engine, project: string): Promise<Objects> {
  const [containers, networks, volumes] = await Promise.all([
    inspectAll(engine, project),
    engine.networks.list(ofProject(project)),
    engine.volumes.list(ofProject(project)),
  ]);
  return {
    containers: Object.fromEntries(
      containers.map((c) => [
        c.Name.slice(1),
        { id: c.Id, state: c.State.Status, startedAt: c.State.StartedAt },
      ]),
    ),
    networks: Object.fromEntries(networks.map((n) => [n.Name, n.Id])),
    volumes: Object.fromEntries(volumes.map((v) => [v.Name, v.CreatedAt ?? ''])),
  };
}

/** Container ids of a project, by service (by service and number where there are several). */
export async function idsOf(engine: Engine, project: string): Promise<Record<string, string>> {
  const entries = (await inspectAll(engine, project)).map((c) => {
    const { [LABEL.service]: service = '', [LABEL.number]: number = '1' } = c.Config.Labels ?? {};
    return [number === '1' ? service : `${service}-${number}`, c.Id] as const;
  });
  return Object.fromEntries(entries);
}

/** The label of every container of a project, by service. */
export async function labelsOf(
  engine: Engine,
  project: string,
  label: string,
): Promise<Record<string, string>> {
  return Object.fromEntries(
    (await inspectAll(engine, project)).map((c) => {
      const labels = c.Config.Labels ?? {};
      return [labels[LABEL.service] ?? '', labels[label] ?? ''] as const;
    }),
  );
}

/** Names of the nameless volumes of a project's containers: a `down` leaves them, as the CLI's does. */
export async function anonymousVolumes(engine: Engine, project: string): Promise<readonly string[]> {
  const mounts = (await inspectAll(engine, project)).flatMap((c) => c.Mounts);
  return [...new Set(mounts.flatMap((m) => (/^[0-9a-f]{64}$/.test(m.Name ?? '') ? [m.Name!] : [])))];
}

/** Removes everything of the projects whose names begin with `prefix`. */
export async function removeProjects(engine: Engine, prefix: string): Promise<void> {
  const labelled = { label: [LABEL.project] };
  const isOurs = (labels: Readonly<Record<string, string>> | null): boolean =>
    (labels?.[LABEL.project] ?? '').startsWith(prefix);
  const containers = await engine.containers.list(labelled, { all: true });
  const going = containers.filter((c) => isOurs(c.Labels));
  await Promise.all(going.map((c) => engine.containers.remove(c.Id, { force: true, volumes: true })));
  for (const n of await engine.networks.list(labelled)) {
    if (isOurs(n.Labels)) await engine.networks.remove(n.Id);
  }
  for (const v of await engine.volumes.list(labelled)) {
    if (isOurs(v.Labels)) await engine.volumes.remove(v.Name);
  }
}
