import { useId, useState } from 'react';
import { useAnswer } from '../answer.ts';
import { useAction, useConnection } from '../context.ts';
import { plain, plainLines } from '../text.ts';
import { ErrorNotes } from './error-notes.tsx';
import { Select } from './select.tsx';

interface Props {
  readonly project: string;
  /** where a provider's key is set */
  readonly onKeys: () => void;
}

const HELLO = 'Hello! Who are you, and what can you do for me?';

/** A first agent is made and asked something: what comes back went the whole way. */
export function FirstMessage({ project, onKeys }: Props) {
  const { call } = useConnection();
  const { answer: found, errors, again } = useAnswer('models', { project }, project);
  const [chosen, choose] = useState<string>();
  const [text, setText] = useState(HELLO);
  const [said, setSaid] = useState<{ agent: string; answer: string }>();
  const field = useId();
  const model = chosen ?? found?.likely;
  const send = useAction(async () => {
    if (model === undefined) return;
    setSaid(undefined);
    setSaid(await call('firstMessage', { project, model, text }));
  });
  return (
    <section className="card first-message" aria-label="First message">
      <div className="card-head">
        <h2>Say hello to a first agent</h2>
      </div>
      {errors.length > 0 && (
        <ErrorNotes title="The models cannot be read" errors={errors}>
          <div>
            <button type="button" className="small" onClick={() => void again()}>
              Try again
            </button>
          </div>
        </ErrorNotes>
      )}
      {!found && errors.length === 0 && <p className="soft">Asking for its models …</p>}
      {found && model === undefined && (
        <>
          <p>No provider of models is set yet, so an agent has nothing to think with.</p>
          <div className="after-facts">
            <button type="button" onClick={onKeys}>
              Set a provider …
            </button>
          </div>
        </>
      )}
      {found && model !== undefined && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!send.isRunning && text.trim() !== '') send.run();
          }}
        >
          <Select
            title="Model"
            choices={found.models.map((handle) => ({ value: handle, title: plain(handle) }))}
            chosen={model}
            onChoose={choose}
          />
          <label htmlFor={field}>Message</label>
          <input
            id={field}
            type="text"
            autoComplete="off"
            maxLength={4_000}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <button type="submit" disabled={send.isRunning || text.trim() === ''}>
            {send.isRunning ? 'Waiting for its answer …' : 'Send'}
          </button>
        </form>
      )}
      <div aria-live="polite">
        {said && (
          <blockquote>
            <p className="lines">{plainLines(said.answer)}</p>
            <footer className="soft">{plain(said.agent)}</footer>
          </blockquote>
        )}
      </div>
      {send.errors.length > 0 && <ErrorNotes errors={send.errors} onDismiss={send.dismiss} />}
    </section>
  );
}
