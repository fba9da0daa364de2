import { useState } from 'react';
import type { KeyState, SavedKey } from '../../main/channels.ts';
import { useAction, useConnection, useNow } from '../context.ts';
import { useFocusBack } from '../focus-back.ts';
import { keyFacts, keyLook, listed } from '../key-words.ts';
import { plain } from '../text.ts';
import { ErrorNotes } from './error-notes.tsx';
import { Icon } from './icon.tsx';
import { OptionErrors } from './option-errors.tsx';
import { SecretField } from './secret-field.tsx';
import { StateWord } from './state-word.tsx';
import { TypedWord } from './typed-word.tsx';

interface Props {
  readonly secret: KeyState;
  readonly project: string;
  /** reads anew what is set */
  readonly again: () => Promise<void>;
}

/** A secret: whether it is set, and the ways to set, replace and remove it. Its value is never shown. */
export function KeyRow({ secret, project, again }: Props) {
  const { call } = useConnection();
  const now = useNow(60_000);
  const [open, setOpen] = useState<'replace' | 'remove'>();
  const [saved, setSaved] = useState<SavedKey>();
  const [isSure, setSure] = useState(false);
  const [typed, setTyped] = useState('');
  const replace = useFocusBack(open !== undefined);
  const { name, label, isSet, isKnown, isBound, takers, unreadable } = secret;
  const words = plain(label);
  const save = useAction(async (value: string) => {
    setSaved(undefined);
    const sure = typed === '' ? {} : { typed };
    const answer = await call('saveKey', { project, name, value, isSure, ...sure });
    setSaved(answer);
    setSure(false);
    if (answer.doubt !== null) return;
    setTyped('');
    setOpen(undefined);
    await again();
  });
  const remove = useAction(async () => {
    setSaved(undefined);
    await call('removeKey', { project, name });
    setOpen(undefined);
    await again();
  });
  const doubt = saved?.doubt ?? undefined;
  const close = (): void => {
    setOpen(undefined);
    setSaved(undefined);
  };
  return (
    <div className="key-row">
      <div className="key-head">
        <div>
          <span className="key-name">{words}</span> <code className="soft">{plain(name)}</code>
          <p className="soft small-text">{keyFacts(secret, now)}</p>
        </div>
        <StateWord look={keyLook(secret)} />
        {isSet && open === undefined && (
          <div className="actions">
            <button ref={replace} type="button" className="small" onClick={() => setOpen('replace')}>
              Replace<span className="unseen"> {words}</span>
            </button>
            {!isBound && (
              <button type="button" className="small" onClick={() => setOpen('remove')}>
                Remove<span className="unseen"> {words}</span>
              </button>
            )}
          </div>
        )}
      </div>
      {open === 'replace' && unreadable !== undefined && (
        <TypedWord id={`typed-${name}`} value={typed} onType={setTyped}>
          With another key nobody can read {plain(unreadable)} any more. Type <strong>{plain(name)}</strong>{' '}
          to replace it all the same.
        </TypedWord>
      )}
      {((isKnown && !isSet) || open === 'replace') && (
        <SecretField
          label={isSet ? `New ${words}` : `Paste ${words}`}
          word="Save"
          isBusy={save.isRunning}
          isWrong={doubt !== undefined || save.errors.length > 0}
          onSave={save.run}
          {...(isSet && { onCancel: close, isOpened: unreadable === undefined })}
        />
      )}
      {doubt !== undefined && (
        <div className="note warn" role="alert">
          <Icon name="warn" />
          <div className="note-text">
            <p>Nothing was saved: {doubt}. Paste it again when it is right.</p>
            <label className="confirm">
              <input type="checkbox" checked={isSure} onChange={(event) => setSure(event.target.checked)} />{' '}
              Save it whatever it looks like
            </label>
          </div>
        </div>
      )}
      {open === 'remove' && (
        <div className="note warn" role="alert">
          <Icon name="warn" />
          <div className="note-text">
            <p>{removalWords(takers)}</p>
            <div className="actions">
              <button
                type="button"
                className="small harm"
                disabled={remove.isRunning}
                onClick={() => remove.run()}
              >
                Remove {words}
              </button>
              <button type="button" className="small" onClick={close}>
                Keep it
              </button>
            </div>
          </div>
        </div>
      )}
      {/* always there: what comes with its text is not read out everywhere */}
      <p className="soft small-text" role="status">
        {saved?.doubt === null && savedWords(saved)}
      </p>
      {saved && saved.warnings.length > 0 && <ErrorNotes errors={saved.warnings} />}
      <OptionErrors errors={[...save.errors, ...remove.errors]} />
    </div>
  );
}

const savedWords = ({ cleaned }: SavedKey): string =>
  cleaned.length === 0 ? 'Saved.' : `Saved, without ${listed(cleaned)}.`;

const removalWords = (takers: readonly string[]): string =>
  takers.length === 0
    ? 'No stack takes it any more.'
    : `${listed(takers)} ${takers.length === 1 ? 'is' : 'are'} without it from the next start on. It cannot be brought back from here.`;
