/** The faults, for every stack: what is done, what the user is told, what the status says, what ends it. */
import { DATABASE, ENGINE } from './engine-faults.ts';
import type { Fault } from './fault.ts';
import { OUTSIDE } from './outside-faults.ts';
import { REGISTRY } from './registry-faults.ts';

/** The faults by what they are about. */
export const FAULTS = { registry: REGISTRY, outside: OUTSIDE, engine: ENGINE, database: DATABASE };

/** The faults of one area that can be made on this profile. */
export const faultsOf = (faults: readonly Fault[], profile: string): readonly Fault[] =>
  faults.filter((f) => f.only === undefined || f.only === profile);

/** One fault by its name. */
export function faultNamed(name: string): Fault {
  const found = Object.values(FAULTS)
    .flat()
    .find((f) => f.name === name);
  if (!found) throw new Error(`there is no fault "${name}"`);
  return found;
}
