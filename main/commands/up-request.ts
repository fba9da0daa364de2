import type { UpRequest } from '../stack/stack-types.ts';
import type { Call } from './command-types.ts';

/** What `plan` and `up` have in common. */
export function upRequest(call: Call): UpRequest {
  const pull = call.text('pull');
  return {
    ...(call.values.length > 0 && { services: call.values }),
    ...(call.flag('force-recreate') && { forceRecreate: true }),
    ...(call.flag('remove-orphans') && { removeOrphans: true }),
    ...(call.flag('build') && { build: true }),
    // the table of commands has checked the word
    ...(pull !== undefined && { pull: pull as NonNullable<UpRequest['pull']> }),
  };
}
