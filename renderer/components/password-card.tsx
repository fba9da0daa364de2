import { useState } from 'react';
import type { Keys, KeyState } from '../../main/channels.ts';
import { useAction, useConnection, useNow } from '../context.ts';
import { useFocusBack } from '../focus-back.ts';
import { keyFacts, keyLook } from '../key-words.ts';
import { strengthOf } from '../password-strength.ts';
import type { SaidError } from '../state.ts';
import { capital, plain } from '../text.ts';
import { CopyButton } from './copy-button.tsx';
import { ErrorNotes } from './error-notes.tsx';
import { OptionErrors } from './option-errors.tsx';
import { SecretField } from './secret-field.tsx';
import { StateWord } from './state-word.tsx';

interface Props {
  readonly secret: KeyState;
  /** what it is called */
  readonly word: Keys['word'];
  readonly project: string;
  /** data that was made with one is there: a start makes no other */
  readonly hasData?: boolean;
  readonly again: () => Promise<void>;
}

/** The password or token that programs show to the server: copied, made anew, or chosen. */
export function PasswordCard({ secret, word = 'password', project, hasData = false, again }: Props) {
  const { call } = useConnection();
  const now = useNow(60_000);
  const { name, label, isSet, isKnown } = secret;
  const [isOwn, setOwn] = useState(false);
  const [isAsked, ask] = useState(false);
  const [typed, setTyped] = useState('');
  const [another, own] = [useFocusBack(isAsked), useFocusBack(isOwn)];
  const [said, say] = useState<{ text: string; warnings: readonly SaidError[] }>();
  const make = useAction(async () => {
    say(undefined);
    const warnings = await call('makePassword', { project });
    ask(false);
    say({ text: `A new ${word} was made. Programs that use the server need it.`, warnings });
    await again();
  });
  const save = useAction(async (value: string) => {
    say(undefined);
    const { warnings } = await call('saveKey', { project, name, value, isSure: true });
    setOwn(false);
    say({ text: 'Saved. Programs that use the server need it.', warnings });
    await again();
  });
  return (
    <section className="card options" aria-label={`${capital(word)} of the server`}>
      <div className="card-head">
        <h2>{capital(word)} of the server</h2>
        <StateWord look={keyLook(secret)} />
      </div>
      <p className="soft">
        {plain(label)}, <code>{plain(name)}</code>
        {isSet || !isKnown
          ? `: ${keyFacts(secret, now)}`
          : hasData
            ? ': its data is there already, so that no start makes one. Make or choose it here'
            : ': made with the first start, unless you choose one here'}
      </p>
      <div className="actions">
        {isSet && <CopyButton what={word} copy={() => call('copySecret', { project, name })} />}
        <button
          ref={another}
          type="button"
          className="small"
          disabled={!isKnown || make.isRunning}
          onClick={() => (isSet ? ask(true) : make.run())}
        >
          Make {isSet ? 'another' : 'one'}
        </button>
        <button ref={own} type="button" className="small" disabled={!isKnown} onClick={() => setOwn(true)}>
          Choose your own
        </button>
      </div>
      {isSet && (
        <p className="soft small-text">A copied {word} is taken out of the clipboard after 30 seconds.</p>
      )}
      {isAsked && (
        <div className="note warn" role="alert">
          <div className="note-text">
            <p>Programs that use the server are refused with the old one once it is applied.</p>
            <div className="actions">
              <button
                type="button"
                className="small primary"
                disabled={make.isRunning}
                onClick={() => make.run()}
              >
                Make another {word}
              </button>
              <button type="button" className="small" onClick={() => ask(false)}>
                Keep it
              </button>
            </div>
          </div>
        </div>
      )}
      {isOwn && (
        <>
          <SecretField
            label={`Your ${word}`}
            hint="At least 16 letters, digits, and . _ ~ + / = -"
            word="Save"
            isBusy={save.isRunning}
            isWrong={save.errors.length > 0}
            isOpened
            onSave={save.run}
            onType={setTyped}
            onCancel={() => setOwn(false)}
          />
          <Strength typed={typed} />
        </>
      )}
      <p className="soft small-text" role="status">
        {said?.text}
      </p>
      {said && said.warnings.length > 0 && <ErrorNotes errors={said.warnings} />}
      <OptionErrors errors={[...make.errors, ...save.errors]} />
    </section>
  );
}

/** How strong it is, by a word and a bar. */
function Strength({ typed }: { typed: string }) {
  if (typed === '') return null;
  const { word, level, hint } = strengthOf(typed);
  return (
    <div className="strength">
      <meter aria-label="Strength" min={0} max={4} low={2} high={3} optimum={4} value={level} />
      <span>
        {word}
        {hint !== '' && <span className="soft">. {hint}</span>}
      </span>
    </div>
  );
}
