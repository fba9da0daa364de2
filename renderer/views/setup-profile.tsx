import { memoryText, type Need, type SetupStack } from '../../main/channels.ts';
import { ErrorNotes } from '../components/error-notes.tsx';
import { Icon } from '../components/icon.tsx';
import { useAction, useConnection } from '../context.ts';
import { supportWords } from '../engine-words.ts';
import { canChoose, isMissing } from '../setup-model.ts';
import { plain } from '../text.ts';
import { StepFoot } from '../components/setup-foot.tsx';
import type { StepProps } from '../use-setup.ts';

/** Which stack: what each is for, and whether this machine has what it needs. */
export function SetupProfile({ setup, onGo }: StepProps) {
  const { call } = useConnection();
  const { stacks, project, stack, choose } = setup;
  const adopt = useAction(async (foreign: string) => {
    await call('adoptStack', { project: foreign });
    setup.go('keys');
  });
  return (
    <>
      {stacks.errors.length > 0 && <ErrorNotes errors={stacks.errors} />}
      {!stacks.answer && stacks.errors.length === 0 && <p className="lead">Looking at what there is …</p>}
      {stacks.answer && (
        <fieldset className="cards">
          <legend className="unseen">Profile</legend>
          {stacks.answer.map((entry) => (
            <StackChoice
              key={entry.project}
              entry={entry}
              isChosen={entry.project === project}
              onChoose={() => choose(entry.project)}
            />
          ))}
        </fieldset>
      )}
      <p className="soft own-file">
        A Compose file of your own?{' '}
        <button type="button" className="small" onClick={() => onGo({ view: 'settings' })}>
          Open it in the settings
        </button>
      </p>
      {adopt.errors.length > 0 && <ErrorNotes errors={adopt.errors} onDismiss={adopt.dismiss} />}
      <StepFoot setup={setup} {...(stack?.isForeign && { onNext: () => adopt.run(stack.project) })} />
    </>
  );
}

interface ChoiceProps {
  readonly entry: SetupStack;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function StackChoice({ entry, isChosen, onChoose }: ChoiceProps) {
  const { title, summary, support, problems, needs, gpu, model, containers, running, recommended } = entry;
  return (
    <label className="card stack-choice">
      <input type="radio" name="stack" checked={isChosen} disabled={!canChoose(entry)} onChange={onChoose} />
      <span className="stack-choice-text">
        <span className="stack-choice-head">
          <strong>{plain(title)}</strong>
          {recommended !== undefined && <span className="badge">Recommended</span>}
        </span>
        {summary !== undefined && <span>{plain(summary)}</span>}
        {recommended !== undefined && <span>{plain(recommended)}</span>}
        {containers > 0 && (
          <span>
            {containers === 1
              ? `It is here, and its container ${running === 1 ? 'runs' : 'does not run'}.`
              : `It is here: ${running} of ${containers} containers run.`}
          </span>
        )}
        {support && (
          <span className={support.status === 'retired' ? 'support warn' : 'support soft'}>
            {support.status === 'retired' && <Icon name="warn" size={14} />}
            <span>
              {supportWords(support)}. {plain(support.reason)}
            </span>
          </span>
        )}
        {needs.length > 0 && <Needs needs={needs} />}
        {gpu && <Card offer={gpu} />}
        {model && <Model fit={model} />}
        {problems.map((p, i) => (
          <span key={i} className="bad">
            {plain(p.message)} {plain(p.next)}
          </span>
        ))}
      </span>
    </label>
  );
}

/** Whether it gets a graphics card; where it does not, what would make it. */
function Card({ offer: { verdict, why, steps, instead } }: { offer: NonNullable<SetupStack['gpu']> }) {
  const isOffered = verdict !== 'not';
  return (
    <span className={isOffered ? 'need' : 'need bad'}>
      <Icon name={isOffered ? 'ok' : 'bad'} size={14} />
      <span>
        needs a graphics card: {plain(why)}
        {steps.map(({ say, command }, i) => (
          <span key={i} className="need-step">
            {plain(say)} {command !== undefined && <code>{plain(command)}</code>}
          </span>
        ))}
        {instead !== undefined && <span className="need-step">{plain(instead)}</span>}
      </span>
    </span>
  );
}

/** Whether its model fits; another one is chosen with the ports and data. */
function Model({ fit: { fits, sentence, remedy } }: { fit: NonNullable<SetupStack['model']> }) {
  return (
    <span className={fits ? 'need' : 'need bad'}>
      <Icon name={fits ? 'ok' : 'bad'} size={14} />
      <span>
        {plain(sentence)}
        {remedy?.model !== undefined && (
          <span className="need-step">{plain(remedy.model)} fits, and can be taken instead.</span>
        )}
      </span>
    </span>
  );
}

const WORDS = { disk: 'of disk', memory: 'of memory' } as const;

function Needs({ needs }: { needs: readonly Need[] }) {
  return (
    <span className="needs">
      {needs.map((need) => (
        <span key={need.what} className={isMissing(need) ? 'need bad' : 'need'}>
          <Icon name={need.has === undefined ? 'absent' : isMissing(need) ? 'bad' : 'ok'} size={14} />
          <span>
            needs {memoryText(need.needed)} {WORDS[need.what]}
            {need.has === undefined ? '' : isMissing(need) ? `, only ${hasText(need)}` : `; ${hasText(need)}`}
          </span>
        </span>
      ))}
    </span>
  );
}

const hasText = ({ what, has = 0 }: Need): string =>
  `${memoryText(has)} ${what === 'disk' ? 'are free' : 'are there'}`;
