import type { FindingShape } from '../main/channels.ts';
import type { Command } from './commands.ts';
import { isWrong } from './looks.ts';
import { remedyWords } from './remedies.ts';
import { plain } from './text.ts';

/** What the doctor's view does with one of its findings: looks again, or mends it. */
export interface DoctorAct {
  readonly act: 'again' | 'mend';
  /** of the finding */
  readonly id: string;
}

/** The view of the doctor while it is open: what can be done there, and doing it as it is by then. */
export interface DoctorHandle {
  readonly commands: () => Command[];
  readonly act: (act: DoctorAct) => void;
}

/** Found by these, too. */
const WORDS = 'doctor mend fix repair';

/** What the buttons beside what is wrong do, as it was found. Pure. */
export function doctorCommandsOf(findings: readonly FindingShape[]): Command[] {
  return findings.filter(isWrong).flatMap(({ id, title, remedy }) => {
    const of = plain(title);
    const act = (words: string, how: DoctorAct['act']): Command => ({
      title: `${of}: ${words}`,
      words: WORDS,
      deed: { do: 'doctor', act: { act: how, id } },
    });
    const copies = remedy?.do === 'copy' && {
      title: `${of}: Copy the command`,
      words: WORDS,
      deed: { do: 'copy', text: remedy.command, what: 'command' } as const,
    };
    return [
      ...(copies ? [copies] : []),
      ...(remedy && remedy.do !== 'copy' ? [act(remedyWords(remedy), 'mend')] : []),
      act('Examine again', 'again'),
    ];
  });
}
