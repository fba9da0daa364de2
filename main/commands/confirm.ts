import { failure } from '../errors.ts';
import type { Confirmation } from '../stack/plan-types.ts';

/** What was said in advance on the command line, and how to ask for the rest. */
export interface Answers {
  /** `--yes`: for everything that deletes nothing and gives away no key */
  readonly yes: boolean;
  /** `--yes-delete NAME`: names typed in advance */
  readonly typed: readonly string[];
  /** `--give NAME`: keys that a file of the user's may have */
  readonly give?: readonly string[];
  /** what goes by a word that was given in advance is said all the same */
  readonly tell?: (text: string) => void;
  /** absent where nobody can be asked */
  readonly ask?: {
    readonly yes: (question: string) => Promise<boolean>;
    readonly line: (question: string) => Promise<string | undefined>;
  };
}

/**
 * Asks for the user's word on each confirmation of a plan. Data is deleted only when its name is typed, and a key goes
 * into a file that is none of ours only when that was asked.
 * @throws Failure `stack.delete-not-confirmed`, `stack.removal-not-confirmed`, `stack.keys-not-given`
 */
export async function confirmAll(confirmations: readonly Confirmation[], answers: Answers): Promise<boolean> {
  const whole = confirmations.find((c) => c.kind === 'remove-stack');
  if (whole) return confirmRemoval(whole, answers);
  for (const confirmation of confirmations) {
    if (confirmation.kind === 'delete-volume') await confirmDeletion(confirmation, answers);
    else if (confirmation.kind === 'give-keys') await confirmKeys(confirmation, answers);
    else if (!answers.yes && !(await answers.ask?.yes(`${confirmation.text}\nGo on?`))) return false;
  }
  return true;
}

/** The stack's name stands for everything that the text lists, volumes too. */
async function confirmRemoval({ subject, text }: Confirmation, answers: Answers): Promise<boolean> {
  if (answers.typed.includes(subject)) {
    answers.tell?.(text);
    return true;
  }
  // where nobody can be asked, what it would take away is said with the refusal
  if (!answers.ask) throw failure('stack.removal-not-confirmed', { project: subject, text });
  const typed = await answers.ask.line(`${text}\nType ${subject} to remove it all: `);
  if (typed?.trim() !== subject) throw failure('stack.removal-not-confirmed', { project: subject });
  return true;
}

async function confirmDeletion({ subject, text }: Confirmation, answers: Answers): Promise<void> {
  if (answers.typed.includes(subject)) return;
  const typed = await answers.ask?.line(`${text}\nType ${subject} to delete it: `);
  if (typed?.trim() !== subject) throw failure('stack.delete-not-confirmed', { name: subject });
}

async function confirmKeys({ subject, text }: Confirmation, { give = [], ask }: Answers): Promise<void> {
  if (subject.split(', ').every((name) => give.includes(name))) return;
  if (!(await ask?.yes(`${text}\nGo on?`))) throw failure('stack.keys-not-given', { names: subject, text });
}
