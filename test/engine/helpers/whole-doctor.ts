import type { Core } from '../../../main/core-types.ts';
import type { StackRef } from '../../../main/stack/stack-types.ts';

/** Whether this machine has the room that a profile needs says nothing of the profile. */
const OF_THE_MACHINE = new Set(['memory', 'disk']);

/** What the whole doctor finds wrong with a stack, and what of it could not be looked at: `status id: detail`. */
export async function complaintsOf(core: Core, ref: StackRef): Promise<string[]> {
  const begun = performance.now();
  const findings = await core.doctor({ ref });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.warn(`the doctor's ${findings.length} checks of ${ref.profile} take ${seconds} s`);
  const ill = findings.filter((f) => f.status !== 'ok' && !OF_THE_MACHINE.has(f.id));
  return ill.map((f) => `${f.status} ${f.id}: ${f.detail}`);
}
