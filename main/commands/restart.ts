import type { RunCommand } from './command-types.ts';
import { runSimple } from './simple-operation.ts';

export const run: RunCommand = (call, context) =>
  runSimple(call, context, (stack, io) => stack.restart(call.values, io));
