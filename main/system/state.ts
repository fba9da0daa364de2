import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { incidentHistory, profileHistory, settingsHistory } from './history.ts';
import { JsonLines } from './jsonl.ts';
import { withLock } from './short-lock.ts';
import { type Facts, type StateRecord, facts, isOf, without, worthKeeping } from './state-records.ts';
import type { Folders, State } from './types.ts';
import { watchFile } from './watch-folder.ts';

/** Superseded lines that may pile up before the file is written anew. */
const SUPERSEDED_AT_MOST = 64;

/** How services were, which the app notes beside the state: written under the lock of the state. */
export const HEALTH_FILE = 'health.jsonl';

/** Runs `work` while nobody else writes files of the state. @throws Failure `lock.timeout` */
export const withStateLock = <T>(folders: Pick<Folders, 'runtime'>, work: () => T | Promise<T>): Promise<T> =>
  withLock(folders.runtime, 'state', work);

/** Opens the state of this user: append-only JSON lines, `state.jsonl` in the state folder. */
export function openState(folders: Pick<Folders, 'state' | 'runtime'>): State {
  const path = join(folders.state, 'state.jsonl');
  const file = new JsonLines(path);
  let known: { from: object; facts: Facts } | undefined;
  const now = (): Facts => {
    const lines = file.read();
    if (known?.from !== lines) known = { from: lines, facts: facts(lines.values) };
    return known.facts;
  };
  /** `make` sees what is there under the lock, and may find that there is nothing to add */
  const add = (make: (there: Facts) => StateRecord | undefined): Promise<void> =>
    withStateLock(folders, () => {
      const record = make(now());
      if (!record) return;
      file.append(record);
      const all = file.read().values;
      const kept = worthKeeping(all);
      if (all.length - kept.length > SUPERSEDED_AT_MOST) file.replace(kept);
    });
  const at = (): string => new Date().toISOString();
  const versionsOf = (project: string) => now().applied.get(project) ?? [];

  return {
    secretId: (scope, name) => now().secrets.get(secretKey(scope, name))?.id,
    secretSetAt: (scope, name) => now().secrets.get(secretKey(scope, name))?.setAt,
    secretKeptIn: (scope, name) => now().secrets.get(secretKey(scope, name))?.store,
    setSecretId: async (scope, name, { found = false, store } = {}) => {
      const id = randomUUID();
      await add(() => ({
        kind: 'secret-id',
        at: at(),
        scope,
        name,
        id,
        ...(found && { found }),
        ...(store && { store }),
      }));
      return id;
    },
    unsetSecretId: (scope, name) => add(() => ({ kind: 'secret-id', at: at(), scope, name, id: null })),

    secretUsed: (scope, name) => now().used.get(secretKey(scope, name)),
    noteSecretsUsed: (project, secrets) =>
      add(() => ({
        kind: 'secrets-used',
        at: at(),
        project,
        secrets: secrets.map(({ scope, name }) => secretKey(scope, name)).toSorted(),
      })),
    secretNames: (scope) =>
      [...now().secrets.keys()]
        .filter((key) => key.startsWith(secretKey(scope, '')))
        .map((key) => key.slice(secretKey(scope, '').length)),
    knows: (project) => {
      const { applied, engines, incidents } = now();
      return [applied, engines, incidents].some((of) => of.has(project));
    },
    forget: (project) =>
      withStateLock(folders, () => {
        file.replace(without(file.read().values, project));
        const health = new JsonLines(join(folders.state, HEALTH_FILE));
        const { values } = health.read();
        const others = values.filter((line) => !isOf(line, project));
        if (others.length < values.length) health.replace(others);
      }),

    engineOf: (project) => now().engines.get(project)?.at(-1),
    enginesOf: (project) => now().engines.get(project) ?? [],
    setEngineOf: (project, engine) =>
      add((there) =>
        isDeepStrictEqual(there.engines.get(project)?.at(-1), engine)
          ? undefined
          : { kind: 'engine-of-stack', at: at(), project, engine },
      ),

    downloadSpeed: (engine) => now().speeds.get(engine),
    saveDownloadSpeed: (engine, perSecond) =>
      add(() => ({ kind: 'download-speed', at: at(), engine, perSecond })),

    applied: (project) => versionsOf(project).at(-1),
    saveApplied: (project, applied) =>
      add((there) => {
        const { at: _, ...last } = there.applied.get(project)?.at(-1) ?? { at: '' };
        return isDeepStrictEqual(last, applied) ? undefined : { kind: 'applied', at: at(), project, applied };
      }),
    appliedHistory: (project) => profileHistory(project, versionsOf(project)),

    incidents: (project) => now().incidents.get(project) ?? [],
    addIncident: (project, incident) => add(() => ({ kind: 'incident', at: at(), project, ...incident })),

    saveSettingsVersion: (settings) =>
      add((there) =>
        isDeepStrictEqual(there.settings.at(-1)?.settings, settings)
          ? undefined
          : { kind: 'settings', at: at(), settings },
      ),
    history: () => {
      const { applied, incidents, settings } = now();
      const profiles = [...applied].flatMap(([project, versions]) => profileHistory(project, versions));
      const wrong = [...incidents].flatMap(([project, list]) => incidentHistory(project, list));
      return [...profiles, ...wrong, ...settingsHistory(settings)].toSorted((a, b) => (a.at < b.at ? 1 : -1));
    },
    watch: (changed) => watchFile(path, changed),
  };
}

const secretKey = (scope: string, name: string): string => `${scope}/${name}`;
