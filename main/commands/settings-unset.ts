import type { RunCommand } from './command-types.ts';
import { changeSetting } from './settings-change.ts';

export const run: RunCommand = (call, context) => changeSetting(call, context, undefined);
