import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { placeOfLoss, type EnvImport, type LockedImport, type TakenEnv } from '../../main/channels.ts';
import { useAction, useConnection } from '../context.ts';
import { backedUp, listed } from '../key-words.ts';
import { plain } from '../text.ts';
import { useAsked } from '../use-asked.ts';
import { Dialog } from './dialog.tsx';
import { ErrorNotes } from './error-notes.tsx';
import { SecretField } from './secret-field.tsx';

interface Props {
  readonly project: string;
  /** another one each time that it is asked for from elsewhere */
  readonly asked?: object | undefined;
  readonly again: () => Promise<void>;
}

/** Keys that lie in a `.env` file, in plain text, or in a backup, and the way to have them here. */
export function ImportCard({ project, asked, again }: Props) {
  const { call } = useConnection();
  const [found, setFound] = useState<EnvImport | LockedImport>();
  const close = (): void => setFound(undefined);
  const isLeft = useRef(false);
  const choose = useAction(async () => {
    const chosen = (await call('chooseImport', { project })) ?? undefined;
    // a notification may have led elsewhere while the system asked for the file
    if (chosen && isLeft.current) await call('closeImport', { token: chosen.token });
    else setFound(chosen);
  });
  const forget = useAction((token: string) => call('closeImport', { token }));
  const onLeft = useEffectEvent(forget.run);
  useAsked(asked, () => choose.run());
  useEffect(() => {
    isLeft.current = false;
    return () => {
      isLeft.current = true;
    };
  }, []);
  // main has no more use for the values, however the dialog was left
  const token = found?.token;
  useEffect(() => (token === undefined ? undefined : () => onLeft(token)), [token]);
  return (
    <section className="card" aria-label="Import">
      <div className="card-head">
        <h2>Import</h2>
      </div>
      <p>
        Keys and settings out of a .env file, or the keys of a backup that letta-stack secrets export made.
        You see first what is in it, and can have a .env file deleted afterwards.
      </p>
      <div className="after-facts">
        {/* a disabled one would lose the focus, to which the dialog leads back */}
        <button
          type="button"
          aria-disabled={choose.isRunning}
          onClick={() => {
            if (!choose.isRunning) choose.run();
          }}
        >
          Import from a file …
        </button>
      </div>
      {choose.errors.length > 0 && <ErrorNotes errors={choose.errors} onDismiss={choose.dismiss} />}
      {found && 'secrets' in found && <ImportDialog found={found} again={again} onClose={close} />}
      {found && !('secrets' in found) && (
        <PassphraseDialog
          found={found}
          // whoever closed it meanwhile wants none of it
          onOpen={(opened) => setFound((now) => (now === found ? opened : now))}
          onClose={close}
        />
      )}
    </section>
  );
}

interface PassphraseProps {
  readonly found: LockedImport;
  readonly onOpen: (opened: EnvImport) => void;
  readonly onClose: () => void;
}

/** A backup shows nothing before its passphrase was typed. */
function PassphraseDialog({ found, onOpen, onClose }: PassphraseProps) {
  const { call } = useConnection();
  const { token, file } = found;
  const open = useAction(async (passphrase: string) =>
    onOpen(await call('openImport', { token, passphrase })),
  );
  return (
    <Dialog title="Open the backup" onClose={onClose}>
      <div className="dialog-body">
        <p className="soft">{plain(file)}</p>
        <SecretField
          label="Passphrase of the backup"
          hint="The one that was typed when it was made. It is kept nowhere."
          word="Open"
          busyWord="Opening …"
          isBusy={open.isRunning}
          isWrong={open.errors.length > 0}
          isOpened
          onSave={open.run}
        />
        {open.errors.length > 0 && <ErrorNotes errors={open.errors} />}
      </div>
      <div className="actions dialog-actions">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
}

interface DialogProps {
  readonly found: EnvImport;
  readonly again: () => Promise<void>;
  readonly onClose: () => void;
}

function ImportDialog({ found, again, onClose }: DialogProps) {
  const { call } = useConnection();
  const { token, file, isBackup, secrets, settings, invented, others, empty } = found;
  const [names, setNames] = useState<ReadonlySet<string>>(
    () =>
      new Set([
        ...secrets.filter((s) => s.problem === undefined && s.doubt === undefined).map((s) => s.name),
        ...settings.filter((s) => s.problem === undefined).map((s) => s.variable),
      ]),
  );
  const [taken, setTaken] = useState<TakenEnv>();
  const take = useAction(async () => {
    setTaken(await call('takeImport', { token, names: [...names] }));
    await again();
  });
  const choose = (name: string, isChosen: boolean): void =>
    setNames((before) => new Set(isChosen ? [...before, name] : [...before].filter((n) => n !== name)));
  // it can go all the same
  const isOver = !isBackup && names.size === 0 && secrets.some((s) => s.isStored);
  const canGoOn = (names.size > 0 || isOver) && !take.isRunning;
  const rows = [
    ...secrets.map((s) => ({ ...s, key: s.name, name: nameIn(found, s.name), about: secretWords(s) })),
    ...settings.map((s) => ({ ...s, key: s.variable, name: s.variable, about: `${s.name} = ${s.value}` })),
  ];
  if (taken) return <TakenDialog found={found} taken={taken} onClose={onClose} />;
  return (
    <Dialog title="Import" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (canGoOn) take.run();
        }}
      >
        <div className="dialog-body">
          <p className="soft">{plain(file)}</p>
          {take.errors.length > 0 && <ErrorNotes errors={take.errors} />}
          {rows.length === 0 && <p>Nothing in it is for {isBackup ? 'a stack here' : 'this stack'}.</p>}
          {rows.length > 0 && (
            <fieldset>
              <legend>What is taken</legend>
              {rows.map(({ key, name, about, problem }) => (
                <label className="choice" key={key}>
                  <input
                    type="checkbox"
                    checked={names.has(key)}
                    disabled={problem !== undefined}
                    onChange={(event) => choose(key, event.target.checked)}
                  />
                  <span>
                    <code>{plain(name)}</code>
                    <span className="option-hint">{plain(problem ?? about)}</span>
                  </span>
                </label>
              ))}
            </fieldset>
          )}
          {invented.length > 0 && (
            <section>
              <h3>Invented: no server reads them</h3>
              <ul className="steps">
                {invented.map(({ name, why }) => (
                  <li key={name}>
                    <code>{plain(name)}</code> <span className="soft">{plain(why)}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
          {others.length > 0 && (
            <p className="soft">
              {isBackup ? 'Of no stack here' : 'Not of this stack'}:{' '}
              {listed(others.map((o) => nameIn(found, o)))}.
            </p>
          )}
          {empty.length > 0 && <p className="soft">Empty: {listed(empty)}.</p>}
        </div>
        <div className="actions dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={!canGoOn}>
            {isOver ? 'Delete the file …' : take.isRunning ? 'Storing …' : `Store ${names.size}`}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** A name of the file in words: in a backup it has its scope. */
const nameIn = ({ isBackup }: EnvImport, name: string): string => (isBackup ? backedUp(name) : name);

function secretWords({ label, isSet, cleaned, doubt }: EnvImport['secrets'][number]): string {
  const words = [
    label,
    ...(isSet ? ['replaces what is set'] : []),
    ...(cleaned.length > 0 ? [`without ${listed(cleaned)}`] : []),
    ...(doubt === undefined ? [] : [`look again: ${doubt}`]),
  ];
  return words.join(', ');
}

/** What was stored; and the file, which still has it in plain text. */
function TakenDialog({ found, taken, onClose }: { found: EnvImport; taken: TakenEnv; onClose: () => void }) {
  const { call } = useConnection();
  const [isDeleted, setDeleted] = useState(false);
  const [isSure, setSure] = useState(false);
  const remove = useAction(async () => {
    await call('deleteImport', { token: found.token });
    setDeleted(true);
  });
  const { losses, mayDelete } = taken;
  const hasStored = taken.taken.length > 0 || found.secrets.some((s) => s.isStored);
  const others = found.others.filter((name) => losses.every((l) => !('name' in l) || l.name !== name));
  return (
    <Dialog title="Import" onClose={onClose}>
      <div className="dialog-body">
        <p role="status">
          {taken.taken.length === 0
            ? 'Nothing was stored.'
            : `Stored: ${listed(taken.taken.map((name) => nameIn(found, name)))}.`}
        </p>
        {taken.failed.map(({ name, errors }) => (
          <ErrorNotes key={name} title={`${plain(nameIn(found, name))} was not stored`} errors={errors} />
        ))}
        {taken.warnings.length > 0 && <ErrorNotes errors={taken.warnings} />}
        {isDeleted && <p role="status">{plain(found.file)} is deleted.</p>}
        {found.isBackup && losses.length > 0 && (
          <>
            <p>Not taken:</p>
            <Losses found={found} losses={losses} />
          </>
        )}
        {found.isBackup && <p className="soft">{plain(found.file)} stays as it is.</p>}
        {!found.isBackup && !isDeleted && hasStored && taken.failed.length === 0 && (
          <div className="note warn">
            <div className="note-text">
              <p>{plain(found.file)} still has them in plain text.</p>
              {losses.length > 0 && (
                <>
                  <p>
                    {mayDelete
                      ? 'What is stored nowhere would be lost with it:'
                      : 'It is not deleted from here: it alone has the whole of a key.'}
                  </p>
                  <Losses found={found} losses={losses} />
                </>
              )}
              {others.length > 0 && <p>It also has what is not of this stack: {listed(others)}.</p>}
              {mayDelete && (
                <>
                  <label className="confirm">
                    <input
                      type="checkbox"
                      checked={isSure}
                      onChange={(event) => setSure(event.target.checked)}
                    />{' '}
                    Nothing else needs this file
                  </label>
                  <div className="actions">
                    <button
                      type="button"
                      className="small harm"
                      disabled={!isSure || remove.isRunning}
                      onClick={() => remove.run()}
                    >
                      Delete the file
                    </button>
                  </div>
                </>
              )}
            </div>
          </div>
        )}
        {remove.errors.length > 0 && <ErrorNotes errors={remove.errors} />}
      </div>
      <div className="actions dialog-actions">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function Losses({ found, losses }: { readonly found: EnvImport; readonly losses: TakenEnv['losses'] }) {
  return (
    <ul className="steps">
      {losses.map((loss) => (
        <li key={placeOfLoss(loss)}>
          <code>{plain(nameIn(found, placeOfLoss(loss)))}</code>{' '}
          <span className="soft">{plain(loss.why)}</span>
        </li>
      ))}
    </ul>
  );
}
