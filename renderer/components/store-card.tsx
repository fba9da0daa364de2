import { useState } from 'react';
import type { KeyStore } from '../../main/channels.ts';
import { useAction, useConnection } from '../context.ts';
import { useFocusBack } from '../focus-back.ts';
import { storeWords } from '../store-words.ts';
import { plain } from '../text.ts';
import type { AskedStore } from '../use-keys.ts';
import { ErrorNotes } from './error-notes.tsx';
import { SecretField } from './secret-field.tsx';
import { StateWord } from './state-word.tsx';

const ASKED = 'It is asked for each time the app was started.';
const NEW = `At least 12 characters. Without it nobody can open the file, and every key in it is lost. ${ASKED}`;

/** Where keys are kept, why they cannot be kept there, and what to do about it. */
export function StoreCard({ kept, onChanged }: { kept: AskedStore; onChanged: () => Promise<void> }) {
  const { call } = useConnection();
  const { store, setStore } = kept;
  const [isFile, setFile] = useState(false);
  const opener = useFocusBack(isFile);
  const told = async (asked: Promise<KeyStore>): Promise<void> => {
    setStore(await asked);
    setFile(false);
    await onChanged();
  };
  const look = useAction(() => told(call('keyStore', {})));
  const open = useAction((passphrase: string) => told(call('openSecretsFile', { passphrase })));
  const file = useAction((passphrase: string) => told(call('chooseKeyStore', { store: 'file', passphrase })));
  const keychain = useAction(() => told(call('chooseKeyStore', { store: 'keychain' })));
  const words = store && storeWords(store);
  const errors = [...kept.errors, ...look.errors, ...open.errors, ...file.errors, ...keychain.errors];
  return (
    <section className="card options" aria-label="Where keys are kept">
      <div className="card-head">
        <h2>Where keys are kept</h2>
        {words && !look.isRunning && <StateWord look={words.look} />}
      </div>
      {(!store || look.isRunning) && errors.length === 0 && (
        <p className="soft" role="status">
          Asking {store ? plain(store.label) : 'for it'} … The system may ask you to unlock it.
        </p>
      )}
      {words && (
        <>
          <p>{words.why}</p>
          {store.kind === 'file' && <p className="soft">{plain(store.label)}</p>}
          {store.left.length > 0 && (
            <p className="soft">
              In {store.kind === 'file' ? 'the keychain' : 'the encrypted file'} there stay, and are not used
              from here: {store.left.map(plain).join(', ')}. None is copied: set them here again, or use that
              store.
            </p>
          )}
          {words.next !== '' && <p className="soft">{words.next}</p>}
          {store.kind === 'file' && words.canUnlock && (
            <SecretField
              label="Passphrase"
              word={store.status === 'absent' ? 'Use' : 'Open'}
              {...(store.status === 'absent' && { isTwice: true, hint: NEW })}
              {...(store.status !== 'absent' && { busyWord: 'Opening …' })}
              isBusy={open.isRunning}
              isWrong={open.errors.length > 0}
              onSave={open.run}
            />
          )}
          <div className="actions">
            {store.kind === 'keychain' && store.status !== 'ok' && (
              <button type="button" className="small" disabled={look.isRunning} onClick={() => look.run()}>
                {words.canUnlock ? 'Unlock …' : 'Look again'}
              </button>
            )}
            {words.offersFile && !isFile && (
              <button ref={opener} type="button" className="small" onClick={() => setFile(true)}>
                Use an encrypted file instead …
              </button>
            )}
            {store.kind === 'file' && (
              <button
                type="button"
                className="small"
                disabled={keychain.isRunning}
                onClick={() => keychain.run()}
              >
                Use the keychain
              </button>
            )}
          </div>
        </>
      )}
      {isFile && (
        <SecretField
          {...(store?.hasFile
            ? {
                label: 'Passphrase of the file',
                hint: `There is one already: it was made with this passphrase. ${ASKED}`,
              }
            : { label: 'New passphrase', hint: NEW, isTwice: true })}
          word="Use the file"
          isBusy={file.isRunning}
          isWrong={file.errors.length > 0}
          isOpened
          onSave={file.run}
          onCancel={() => setFile(false)}
        />
      )}
      {errors.length > 0 && <ErrorNotes errors={errors} />}
    </section>
  );
}
