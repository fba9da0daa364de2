import { z } from 'zod';
import { VERSIONS_KEPT } from './history.ts';
import { SettingsSchema } from './settings-schema.ts';
import type { Applied, EngineOfStack, Incident, SecretStore, SecretUse, Settings } from './types.ts';

const INCIDENTS_KEPT = 100;

const at = z.string();
const project = z.string();
const strings = z.record(z.string(), z.string());

/** What a line of `state.jsonl` can be. Lines of kinds we do not know (a newer version's) are left as they are. */
const StateRecord = z.discriminatedUnion('kind', [
  /** null: the secret was unset */
  z.object({
    kind: z.literal('secret-id'),
    at,
    scope: z.string(),
    name: z.string(),
    id: z.string().nullable(),
    /** it was set at some time before: the entry was found in the store */
    found: z.literal(true).optional(),
    /** which store it was put into, or found in */
    store: z.enum(['keychain', 'file']).optional(),
  }),
  /** a start of the stack went well, of services that take these secrets, which were set: `scope/name` */
  z.object({ kind: z.literal('secrets-used'), at, project, secrets: z.array(z.string()) }),
  z.object({
    kind: z.literal('engine-of-stack'),
    at,
    project,
    engine: z.object({ id: z.string(), name: z.string() }),
  }),
  /** bytes per second that an engine last downloaded images with, over the whole of it */
  z.object({ kind: z.literal('download-speed'), at, engine: z.string(), perSecond: z.number().positive() }),
  z.object({
    kind: z.literal('applied'),
    at,
    project,
    applied: z.object({
      profile: z.string().optional(),
      version: z.string().optional(),
      services: z.array(z.string()).readonly().optional(),
      directory: z.string(),
      files: z.array(z.string()).readonly(),
      contents: strings,
      variables: strings,
      environment: z.array(z.string()).readonly(),
      envFiles: z.array(z.string()).readonly().optional(),
      composeProfiles: z.array(z.string()).readonly().optional(),
      keys: z.array(z.string()).readonly().optional(),
    }),
  }),
  z.object({
    kind: z.literal('incident'),
    at,
    project,
    service: z.string().optional(),
    sentence: z.string(),
  }),
  z.object({ kind: z.literal('settings'), at, settings: SettingsSchema }),
]);
export type StateRecord = z.input<typeof StateRecord>;

/** What the records say, the latest last. Versions hold one more than is shown: the oldest shown has a diff too. */
export interface Facts {
  /** by `scope/name`: its id, and when it was set, where that is known */
  readonly secrets: Map<string, { id: string; setAt?: string; store?: SecretStore['kind'] }>;
  /** by `scope/name`: the last start with it */
  readonly used: Map<string, SecretUse>;
  /** by project: each engine that had it, once, the last one last */
  readonly engines: Map<string, EngineOfStack[]>;
  /** by id of the engine */
  readonly speeds: Map<string, number>;
  readonly applied: Map<string, Applied[]>;
  readonly incidents: Map<string, Incident[]>;
  readonly settings: { at: string; settings: Settings }[];
}

/** Reads the lines of the state file, the oldest first. */
export function facts(lines: readonly unknown[]): Facts {
  const all: Facts = {
    secrets: new Map(),
    used: new Map(),
    engines: new Map(),
    speeds: new Map(),
    applied: new Map(),
    incidents: new Map(),
    settings: [],
  };
  for (const line of lines) {
    const parsed = StateRecord.safeParse(line);
    if (parsed.success) apply(all, parsed.data);
  }
  return all;
}

function apply(all: Facts, record: StateRecord): void {
  switch (record.kind) {
    case 'secret-id': {
      const key = `${record.scope}/${record.name}`;
      if (record.id === null) {
        all.secrets.delete(key);
        all.used.delete(key);
      } else {
        const { id, store } = record;
        all.secrets.set(key, { id, ...(!record.found && { setAt: record.at }), ...(store && { store }) });
      }
      break;
    }
    case 'secrets-used':
      for (const key of record.secrets) all.used.set(key, { at: record.at, project: record.project });
      break;
    case 'engine-of-stack':
      all.engines.set(record.project, [
        ...(all.engines.get(record.project) ?? []).filter(({ id }) => id !== record.engine.id),
        record.engine,
      ]);
      break;
    case 'download-speed':
      all.speeds.set(record.engine, record.perSecond);
      break;
    case 'applied':
      push(all.applied, record.project, { at: record.at, ...record.applied }, VERSIONS_KEPT + 1);
      break;
    case 'incident': {
      const { at: when, service, sentence } = record;
      const incident = { at: when, sentence, ...(service !== undefined && { service }) };
      push(all.incidents, record.project, incident, INCIDENTS_KEPT);
      break;
    }
    case 'settings':
      all.settings.push({ at: record.at, settings: record.settings });
      if (all.settings.length > VERSIONS_KEPT + 1) all.settings.shift();
      break;
  }
}

function push<T>(lists: Map<string, T[]>, key: string, value: T, keep: number): void {
  const list = lists.get(key) ?? [];
  list.push(value);
  if (list.length > keep) list.shift();
  lists.set(key, list);
}

/** The lines that still say something, in their order; from these `facts` reads the same. */
export function worthKeeping(lines: readonly unknown[]): readonly unknown[] {
  const seen = new Map<string, number>();
  return lines
    .toReversed()
    .filter((line) => {
      const parsed = StateRecord.safeParse(line);
      if (!parsed.success) return true;
      const [subject, keep] = subjectOf(parsed.data);
      const count = (seen.get(subject) ?? 0) + 1;
      seen.set(subject, count);
      return count <= keep;
    })
    .toReversed();
}

/** The lines without those about a stack; ids of its secrets that are still set stay. Others are left as they are. */
export function without(lines: readonly unknown[], projectName: string): readonly unknown[] {
  const { secrets } = facts(lines);
  return lines.filter((line) => {
    const parsed = StateRecord.safeParse(line);
    if (!parsed.success) return true;
    const record = parsed.data;
    if (record.kind !== 'secret-id') return !isOf(record, projectName);
    return record.scope !== projectName || secrets.has(`${record.scope}/${record.name}`);
  });
}

/** Whether a line names this stack as what it is about. */
export const isOf = (line: unknown, projectName: string): boolean =>
  typeof line === 'object' && line !== null && 'project' in line && line.project === projectName;

/** What a record is about, and how many of the latest about it are kept. */
function subjectOf(record: StateRecord): [subject: string, keep: number] {
  if (record.kind === 'secret-id') return [`secret-id ${record.scope}/${record.name}`, 1];
  if (record.kind === 'secrets-used') return [`used ${record.project} ${record.secrets.join(' ')}`, 1];
  if (record.kind === 'engine-of-stack') return [`engine ${record.project} ${record.engine.id}`, 1];
  if (record.kind === 'download-speed') return [`speed ${record.engine}`, 1];
  if (record.kind === 'applied') return [`applied ${record.project}`, VERSIONS_KEPT + 1];
  if (record.kind === 'incident') return [`incident ${record.project}`, INCIDENTS_KEPT];
  return ['settings', VERSIONS_KEPT + 1];
}
