import { useEffect, useEffectEvent, useState } from 'react';
import { placeOfLoss, type EnvImport, type TakenEnv } from '../../main/channels.ts';
import { useAction, useConnection } from '../context.ts';
import { listed } from '../key-words.ts';
import { plain } from '../text.ts';
import { Dialog } from './dialog.tsx';
import { ErrorNotes } from './error-notes.tsx';

interface Props {
  readonly project: string;
  /** another one each time that it is asked for from elsewhere */
  readonly asked?: object | undefined;
  readonly again: () => Promise<void>;
}

/** Keys that lie in a `.env` file, in plain text, and the way to have them here instead. */
export function ImportCard({ project, asked, again }: Props) {
  const { call } = useConnection();
  const [found, setFound] = useState<EnvImport>();
  const choose = useAction(async () => setFound((await call('chooseImport', { project })) ?? undefined));
  const begin = useEffectEvent(() => choose.run());
  useEffect(() => {
    if (asked) begin();
  }, [asked]);
  return (
    <section className="card" aria-label="Import">
      <div className="card-head">
        <h2>Import</h2>
      </div>
      <p>
        Keys and settings out of a .env file. You see first what is in it, and can have the file deleted
        afterwards.
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
          Import from a .env file …
        </button>
      </div>
      {choose.errors.length > 0 && <ErrorNotes errors={choose.errors} onDismiss={choose.dismiss} />}
      {found && <ImportDialog found={found} again={again} onClose={() => setFound(undefined)} />}
    </section>
  );
}

interface DialogProps {
  readonly found: EnvImport;
  readonly again: () => Promise<void>;
  readonly onClose: () => void;
}

function ImportDialog({ found, again, onClose }: DialogProps) {
  const { call } = useConnection();
  const { token, file, secrets, settings, invented, others, empty } = found;
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
  const isOver = names.size === 0 && secrets.some((s) => s.isStored);
  const canGoOn = (names.size > 0 || isOver) && !take.isRunning;
  const rows = [
    ...secrets.map((s) => ({ ...s, key: s.name, about: secretWords(s) })),
    ...settings.map((s) => ({ ...s, key: s.variable, about: `${s.name} = ${s.value}` })),
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
          {rows.length === 0 && <p>Nothing in it is for this stack.</p>}
          {rows.length > 0 && (
            <fieldset>
              <legend>What is taken</legend>
              {rows.map(({ key, about, problem }) => (
                <label className="choice" key={key}>
                  <input
                    type="checkbox"
                    checked={names.has(key)}
                    disabled={problem !== undefined}
                    onChange={(event) => choose(key, event.target.checked)}
                  />
                  <span>
                    <code>{plain(key)}</code>
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
          {others.length > 0 && <p className="soft">Not of this stack: {listed(others)}.</p>}
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
          {taken.taken.length === 0 ? 'Nothing was stored.' : `Stored: ${listed(taken.taken)}.`}
        </p>
        {taken.failed.map(({ name, errors }) => (
          <ErrorNotes key={name} title={`${plain(name)} was not stored`} errors={errors} />
        ))}
        {taken.warnings.length > 0 && <ErrorNotes errors={taken.warnings} />}
        {isDeleted && <p role="status">{plain(found.file)} is deleted.</p>}
        {!isDeleted && hasStored && taken.failed.length === 0 && (
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
                  <ul className="steps">
                    {losses.map((loss) => (
                      <li key={placeOfLoss(loss)}>
                        <code>{plain(placeOfLoss(loss))}</code>{' '}
                        <span className="soft">{plain(loss.why)}</span>
                      </li>
                    ))}
                  </ul>
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
