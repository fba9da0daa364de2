import { useEffect, useImperativeHandle, useState, type Ref } from 'react';
import type { FindingShape } from '../../main/channels.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ErrorNotes } from '../components/error-notes.tsx';
import { StateWord } from '../components/state-word.tsx';
import { copyText } from '../copy.ts';
import { useAction, useConnection } from '../context.ts';
import { doctorCommandsOf, type DoctorHandle } from '../doctor-commands.ts';
import { FINDING, isWrong } from '../looks.ts';
import type { Place } from '../places.ts';
import { remedyWords, type Mend } from '../remedies.ts';
import type { StackActions } from '../stack-actions.ts';
import { plain, plainLines } from '../text.ts';

const CATEGORIES: readonly (readonly [FindingShape['category'], string])[] = [
  ['engine', 'Engine'],
  ['machine', 'This computer'],
  ['secrets', 'Secrets'],
  ['stack', 'Stack'],
  ['database', 'Database'],
  ['network', 'Network'],
];

interface Props {
  /** the stack that is shown */
  readonly project: string | undefined;
  readonly actions: StackActions;
  readonly handle: Ref<DoctorHandle>;
  readonly onGo: (place: Place) => void;
}

/** What is wrong, and how is it fixed? What a button leads to is examined when one comes back: the view begins anew. */
export function Doctor({ project, actions, handle, onGo }: Props) {
  const { call } = useConnection();
  const [findings, setFindings] = useState<readonly FindingShape[]>();
  const [examined, setExamined] = useState<readonly string[]>([]);
  const examine = useAction(async (only: readonly string[]) => {
    setExamined(only);
    const answers = await call('doctor', { ...(project !== undefined && { project }), only: [...only] });
    setFindings((before) => (only.length === 0 ? answers : merged(before ?? [], only, answers)));
  });
  const { run, isRunning } = examine;
  const [asked, setAsked] = useState<Mending>();
  const mend = useAction(async ({ id, remedy }: Mending) => {
    switch (remedy.do) {
      case 'start':
      case 'apply':
        // what it does is shown there before it is done
        onGo({ view: 'overview' });
        return actions.ask({ do: 'preview' });
      case 'open-setting':
        return onGo({ view: 'settings', setting: remedy.name });
      case 'choose-engine':
        return onGo({ view: 'settings', card: 'engine' });
      case 'open-card':
        return onGo(
          remedy.card === 'keys'
            ? { view: 'settings', page: 'keys' }
            : { view: 'settings', card: remedy.card },
        );
      case 'open-folder':
        if (project !== undefined) await call('openFinding', { project, id });
        return undefined;
      case 'logs':
        return onGo({ view: 'logs', service: remedy.service });
      case 'use-port':
      case 'use-value': {
        if (project === undefined) return undefined;
        const value = remedy.do === 'use-port' ? String(remedy.port) : remedy.value;
        await call('changeSetting', { project, name: remedy.setting, value });
        // a setting holds with the next start
        return run(findings?.some((f) => f.id === 'changes') ? [id, 'changes'] : [id]);
      }
      case 'repair':
        if (project === undefined) return undefined;
        await call('repair', { project, id });
        // what was mended may have been the cause of something else
        return run([]);
    }
  });
  const begin = (mending: Mending): void =>
    asksOf(mending.remedy) === undefined ? mend.run(mending) : setAsked(mending);
  const isBusy = isRunning || mend.isRunning;
  useImperativeHandle(handle, () => ({
    commands: () => (isBusy ? [] : doctorCommandsOf(findings ?? [])),
    act: ({ act, id }) => {
      const remedy = findings?.find((f) => f.id === id)?.remedy;
      if (isBusy) return;
      if (act === 'again') run([id]);
      else if (remedy && remedy.do !== 'copy') begin({ id, remedy });
    },
  }));
  // once, when the view opens
  useEffect(() => run([]), []);

  return (
    <>
      <div className="view-head">
        <h1>Doctor</h1>
        <p className="soft" role="status">
          {mend.isRunning ? 'Mending …' : isRunning ? 'Examining …' : findings && summary(findings)}
        </p>
        <button type="button" className="primary" disabled={isRunning} onClick={() => run([])}>
          Examine again
        </button>
      </div>
      {asked && (
        <AskDialog
          remedy={asked.remedy}
          onClose={() => setAsked(undefined)}
          onDo={() => {
            setAsked(undefined);
            mend.run(asked);
          }}
        />
      )}
      {mend.errors.length > 0 && <ErrorNotes errors={mend.errors} onDismiss={mend.dismiss} />}
      {examine.errors.length > 0 && <ErrorNotes errors={examine.errors} onDismiss={examine.dismiss} />}
      {sectionsOf(findings ?? []).map(({ title, its }) => (
        <section key={title} className="card" aria-label={title}>
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
                onMend={isBusy ? undefined : (remedy) => begin({ id: finding.id, remedy })}
              />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** What is wrong comes first: of many checks it may be the last. The rest follows by what it is about. */
function sectionsOf(
  findings: readonly FindingShape[],
): { readonly title: string; readonly its: readonly FindingShape[] }[] {
  const sections = [
    { title: 'What is wrong', its: findings.filter(isWrong) },
    ...CATEGORIES.map(([category, title]) => ({
      title,
      its: findings.filter((f) => f.category === category && !isWrong(f)),
    })),
  ];
  return sections.filter(({ its }) => its.length > 0);
}

interface Mending {
  /** of the finding */
  readonly id: string;
  readonly remedy: Mend;
}

/** What a remedy changes of data or roles, which is agreed to first. */
const asksOf = (remedy: Mend): string | undefined => ('asks' in remedy ? remedy.asks : undefined);

interface AskProps {
  readonly remedy: Mend;
  readonly onDo: () => void;
  readonly onClose: () => void;
}

function AskDialog({ remedy, onDo, onClose }: AskProps) {
  return (
    <Dialog title={remedyWords(remedy).replace(/ …$/, '')} onClose={onClose}>
      <div className="dialog-body">
        <p className="lines">{plainLines(asksOf(remedy) ?? '')}</p>
      </div>
      <div className="actions dialog-actions">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="primary" onClick={onDo}>
          Do it
        </button>
      </div>
    </Dialog>
  );
}

interface RowProps {
  readonly finding: FindingShape;
  readonly isExamined: boolean;
  /** undefined while something is examined */
  readonly onAgain: (() => void) | undefined;
  readonly onMend: ((remedy: Mend) => void) | undefined;
}

function FindingRow({ finding, isExamined, onAgain, onMend }: RowProps) {
  const { title, status, detail, fix, remedy } = finding;
  const words = plain(title);
  return (
    <li className="finding">
      <StateWord look={isExamined ? { icon: 'busy', word: 'Examining', tone: 'busy' } : FINDING[status]} />
      <div className="finding-text">
        <h3>{words}</h3>
        <p className="soft lines">{plainLines(detail)}</p>
        {fix !== undefined && status !== 'ok' && status !== 'skip' && (
          <div className="fix">
            <strong>What to do</strong>
            <p className="lines">{plainLines(fix)}</p>
            {remedy?.do === 'copy' && (
              <CopyButton isLong what="the command" copy={() => copyText(remedy.command)} />
            )}
            {remedy && remedy.do !== 'copy' && (
              <button type="button" className="small" disabled={!onMend} onClick={() => onMend?.(remedy)}>
                {remedyWords(remedy)}
              </button>
            )}
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
  const skipped = count('skip');
  if (said.length > 0) return said.join(', ');
  const sound = `Nothing is wrong: ${counted(findings.length - skipped, 'check')}.`;
  return skipped === 0 ? sound : `${sound} ${skipped} could not look.`;
}

const counted = (n: number, what: string): string => (n === 0 ? '' : `${n} ${what}${n === 1 ? '' : 's'}`);

/** What was found before, with what was looked at again; what has nothing to look at any more goes. */
function merged(
  before: readonly FindingShape[],
  only: readonly string[],
  answers: readonly FindingShape[],
): FindingShape[] {
  const news = new Map(answers.map((f) => [f.id, f]));
  return before.flatMap((f) => news.get(f.id) ?? (only.includes(f.id) ? [] : f));
}
