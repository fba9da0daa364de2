import { failure } from '../errors.ts';
import type { Confirmation } from '../stack/plan-types.ts';

/** What was said in advance on the command line, and how to ask for the rest. */
export interface Answers {
  /** `--yes`: for everything that deletes nothing */
  readonly yes: boolean;
  /** `--yes-delete NAME`: names typed in advance */
  readonly typed: readonly string[];
  /** absent where nobody can be asked */
  readonly ask?: {
    readonly yes: (question: string) => Promise<boolean>;
    readonly line: (question: string) => Promise<string | undefined>;
  };
}

/**
 * Asks for the user's word on each confirmation of a plan. Data is deleted only when its name is typed.
 * @throws Failure `stack.delete-not-confirmed`
 */
export async function confirmAll(confirmations: readonly Confirmation[], answers: Answers): Promise<boolean> {
  for (const confirmation of confirmations) {
    if (confirmation.kind === 'delete-volume') await confirmDeletion(confirmation, answers);
    else if (!answers.yes && !(await answers.ask?.yes(`${confirmation.text}\nGo on?`))) return false;
  }
  return true;
}

async function confirmDeletion({ subject, text }: Confirmation, answers: Answers): Promise<void> {
  if (answers.typed.includes(subject)) return;
  const typed = await answers.ask?.line(`${text}\nType ${subject} to delete it: `);
  if (typed?.trim() !== subject) throw failure('stack.delete-not-confirmed', { name: subject });
}
