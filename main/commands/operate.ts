import { say } from '../errors.ts';
import type { Plan } from '../stack/plan-types.ts';
import type { OperationIo, Stack } from '../stack/stack-types.ts';
import type { Call, Context } from './command-types.ts';
import { confirmAll } from './confirm.ts';
import { askLine, askYes, canAsk } from './prompt.ts';
import { stackOf, wordsForStack } from './target.ts';
import { tellWarnings } from './tell.ts';

export interface Operated<T> {
  readonly stack: Stack;
  readonly result: T;
  /** there was nothing to do */
  readonly unchanged: boolean;
}

/** Runs an operation of the stack that the command line means, with progress, questions and Ctrl-C. */
export async function operate<T>(
  call: Call,
  context: Context,
  work: (stack: Stack, io: OperationIo) => Promise<T>,
  words: {
    readonly yes?: boolean;
    readonly typed?: readonly string[];
    readonly give?: readonly string[];
  } = {},
): Promise<Operated<T>> {
  const { interrupts, screen } = context;
  const stack = await stackOf(call, context);
  let plan: Plan | undefined;
  try {
    const result = await interrupts.cancellable((signal) =>
      work(stack, {
        signal,
        onOperation: (operation) => screen.update(operation),
        onWarning: (warning) => tellWarnings(context, [say(warning, wordsForStack(call))]),
        onPlan: (made) => {
          plan = made;
        },
        confirm: (confirmations) =>
          confirmAll(confirmations, {
            yes: words.yes ?? false,
            typed: words.typed ?? [],
            give: words.give ?? [],
            ...(!context.json && {
              tell: (text) => screen.note(text),
              ...(canAsk(context) && {
                ask: {
                  yes: (question) => askYes(context, question, signal),
                  line: (question) => askLine(context, question, signal),
                },
              }),
            }),
          }),
      }),
    );
    return { stack, result, unchanged: plan?.steps.length === 0 };
  } finally {
    screen.finish();
  }
}
