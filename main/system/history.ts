import { createTwoFilesPatch } from 'diff';
import { incidentText } from '../incident-text.ts';
import type { Applied, Incident, HistoryEntry, Settings } from './types.ts';

/** How many versions can be looked back at. */
export const VERSIONS_KEPT = 20;

/** A version as named texts, so that any two can be compared file by file. */
type Texts = Readonly<Record<string, string>>;

/** Unified diff over all texts; a text that one side lacks is compared with nothing. Empty when they are equal. */
export function diffTexts(before: Texts, after: Texts): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted((a, b) =>
    a < b ? -1 : 1,
  );
  const patches: string[] = [];
  for (const name of names) {
    const [old, now] = [before[name], after[name]];
    if (old === now) continue;
    const patch = createTwoFilesPatch(
      old === undefined ? '/dev/null' : name,
      now === undefined ? '/dev/null' : name,
      old ?? '',
      now ?? '',
      undefined,
      undefined,
      { context: 2 },
    );
    // its first line is a rule of equal signs
    patches.push(patch.slice(patch.indexOf('--- ')));
  }
  return patches.join('');
}

/** The last 20 of these versions with the diff to the one before, newest first. */
function entries<T extends { readonly at: string }>(
  versions: readonly T[],
  texts: (version: T) => Texts,
  rest: (version: T) => Pick<HistoryEntry, 'kind' | 'project' | 'title'>,
): HistoryEntry[] {
  return versions
    .map((version, i) => {
      const before = versions[i - 1];
      return {
        at: version.at,
        ...rest(version),
        diff: diffTexts(before ? texts(before) : {}, texts(version)),
      };
    })
    .slice(-VERSIONS_KEPT)
    .toReversed();
}

/** Versions of one stack's applied profile, oldest first → entries, newest first. */
export function profileHistory(project: string, versions: readonly Applied[]): HistoryEntry[] {
  const texts = (v: Applied): Texts => ({
    ...v.contents,
    variables: Object.entries(v.variables)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  });
  return entries(versions, texts, (v) => ({
    kind: 'profile',
    project,
    title: v.profile ? [v.profile, v.version].filter((x) => x !== undefined).join(' ') : v.files.join(' '),
  }));
}

/** Versions of the settings, oldest first → entries, newest first. */
export function settingsHistory(
  versions: readonly { readonly at: string; readonly settings: Settings }[],
): HistoryEntry[] {
  return entries(
    versions,
    (v) => ({ 'settings.json': `${JSON.stringify(v.settings, null, 2)}\n` }),
    () => ({ kind: 'settings' }),
  );
}

/** What went wrong with a stack, as entries of the history. */
export function incidentHistory(project: string, incidents: readonly Incident[]): HistoryEntry[] {
  return incidents.map(({ at, service, sentence }) => ({
    at,
    kind: 'incident',
    project,
    title: service === undefined ? sentence : incidentText({ service, sentence }),
    diff: '',
  }));
}
