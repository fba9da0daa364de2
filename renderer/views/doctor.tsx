import { useEffect, useState } from 'react';
import type { FindingShape } from '../../main/channels.ts';
import { ErrorNotes } from '../components/error-notes.tsx';
import { StateWord } from '../components/state-word.tsx';
import { useAction, useConnection } from '../context.ts';
import { FINDING } from '../looks.ts';
import { plain, plainLines } from '../text.ts';

const CATEGORIES: readonly (readonly [FindingShape['category'], string])[] = [
  ['engine', 'Engine'],
  ['machine', 'This computer'],
  ['secrets', 'Secrets'],
  ['stack', 'Stack'],
];

/** What is wrong, and how is it fixed? */
export function Doctor() {
  const { call } = useConnection();
  const [findings, setFindings] = useState<readonly FindingShape[]>();
  const [examined, setExamined] = useState<readonly string[]>([]);
  const examine = useAction(async (only: readonly string[]) => {
    setExamined(only);
    const answers = await call('doctor', { only: [...only] });
    setFindings((before) => (only.length === 0 ? answers : merged(before ?? [], answers)));
  });
  const { run, isRunning } = examine;
  // once, when the view opens
  useEffect(() => run([]), []);

  return (
    <>
      <div className="view-head">
        <h1>Doctor</h1>
        <p className="soft" role="status">
          {isRunning ? 'Examining …' : findings && summary(findings)}
        </p>
        <button type="button" className="primary" disabled={isRunning} onClick={() => run([])}>
          Examine again
        </button>
      </div>
      {examine.errors.length > 0 && <ErrorNotes errors={examine.errors} onDismiss={examine.dismiss} />}
      {CATEGORIES.map(([category, title]) => {
        const its = findings?.filter((f) => f.category === category) ?? [];
        return its.length === 0 ? null : (
          <section key={category} className="card" aria-label={title}>
            <div className="card-head">
              <h2>{title}</h2>
            </div>
            <ul>
              {its.map((finding) => (
                <FindingRow
                  key={finding.id}
                  finding={finding}
                  isExamined={isRunning && (examined.length === 0 || examined.includes(finding.id))}
                  onAgain={isRunning ? undefined : () => run([finding.id])}
                />
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

interface RowProps {
  readonly finding: FindingShape;
  readonly isExamined: boolean;
  /** undefined while something is examined */
  readonly onAgain: (() => void) | undefined;
}

function FindingRow({ finding: { title, status, detail, fix }, isExamined, onAgain }: RowProps) {
  const words = plain(title);
  return (
    <li className="finding">
      <StateWord look={isExamined ? { icon: 'busy', word: 'Examining', tone: 'busy' } : FINDING[status]} />
      <div className="finding-text">
        <h3>{words}</h3>
        <p className="soft lines">{plainLines(detail)}</p>
        {fix !== undefined && status !== 'ok' && (
          <div className="fix">
            <strong>What to do</strong>
            <p className="lines">{plainLines(fix)}</p>
          </div>
        )}
      </div>
      <button type="button" className="small" disabled={!onAgain} onClick={onAgain}>
        Again<span className="unseen"> for {words}</span>
      </button>
    </li>
  );
}

function summary(findings: readonly FindingShape[]): string {
  const count = (status: FindingShape['status']): number =>
    findings.filter((f) => f.status === status).length;
  const said = [counted(count('fail'), 'problem'), counted(count('warn'), 'warning')].filter((x) => x !== '');
  return said.length === 0 ? `Nothing is wrong: ${counted(findings.length, 'check')}.` : said.join(', ');
}

const counted = (n: number, what: string): string => (n === 0 ? '' : `${n} ${what}${n === 1 ? '' : 's'}`);

/** What was found before, with what was looked at again. */
function merged(before: readonly FindingShape[], answers: readonly FindingShape[]): FindingShape[] {
  const news = new Map(answers.map((f) => [f.id, f]));
  return before.map((f) => news.get(f.id) ?? f);
}
