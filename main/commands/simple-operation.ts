import type { StackState } from '../contract.ts';
import type { OperationIo, Stack } from '../stack/stack-types.ts';
import type { Call, Context } from './command-types.ts';
import { operate } from './operate.ts';
import { statusWord } from './state-text.ts';
import { print, printJson } from './terminal.ts';

/** `start`, `stop` and `restart`: run it, then say how the stack is in one line. */
export async function runSimple(
  call: Call,
  context: Context,
  work: (stack: Stack, io: OperationIo) => Promise<StackState>,
): Promise<number> {
  const { result, unchanged } = await operate(call, context, work);
  if (context.json) {
    await printJson(context.terminal, result);
    return 0;
  }
  const { style } = context.screen;
  const nothing = unchanged ? 'Nothing to do. ' : '';
  const line = `${nothing}${style.paint('bold', result.project)}  ${statusWord(result.status, style)}  ${result.sentence}`;
  await print(context.terminal, `${line}\n`);
  return 0;
}
