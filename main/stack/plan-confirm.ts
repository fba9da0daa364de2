import type { Desired } from './desired.ts';
import { LABEL } from './labels.ts';
import type { Observed, ObservedVolume } from './observed.ts';
import type { Confirmation } from './plan-types.ts';

/**
 * What an `up` must not do without the user's word: use a volume that is another's, or that holds data of a stack that
 * this program never ran; go to another engine than the one that holds the stack's volumes.
 */
export function confirmationsFor(
  desired: Desired,
  observed: Observed,
  volumeKeys: readonly string[],
): Confirmation[] {
  const confirmations: Confirmation[] = [];
  const known = desired.knownEngine;
  if (known && known.id !== observed.engineId) {
    confirmations.push({
      kind: 'other-engine',
      subject: observed.engineName,
      text:
        `The volumes of ${desired.project.name} are on engine ${known.name} (${known.id}). ` +
        `This is engine ${observed.engineName} (${observed.engineId}): the stack starts there without that data.`,
    });
  }
  const ranHere = known?.id === observed.engineId;
  for (const key of volumeKeys) {
    const volume = desired.project.volumes[key];
    const there = observed.volumes.get(volume?.name ?? key);
    if (!volume || volume.external || !there) continue;
    const owner = there.labels[LABEL.project];
    if (owner !== desired.project.name) {
      const whose = owner === undefined ? 'not made for any stack' : `made for ${owner}`;
      confirmations.push({
        kind: 'foreign-volume',
        subject: there.name,
        text: `Volume ${there.name} is ${whose}${facts(there)}; ${desired.project.name} would use its data.`,
      });
    } else if (!ranHere && there.size !== 0) {
      confirmations.push({
        kind: 'unknown-volume',
        subject: there.name,
        text: `Volume ${there.name}${facts(there)} holds data, and this program has not run ${desired.project.name} here before; the stack would use it.`,
      });
    }
  }
  return confirmations;
}

function facts(volume: ObservedVolume): string {
  const size = volume.size === undefined || volume.size < 0 ? [] : [`${(volume.size / 1e6).toFixed(1)} MB`];
  const created = volume.createdAt ? [`created ${volume.createdAt}`] : [];
  const all = [...size, ...created];
  return all.length > 0 ? ` (${all.join(', ')})` : '';
}
