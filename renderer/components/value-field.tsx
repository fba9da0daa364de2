import { useId, useState, type ReactNode } from 'react';
import { useAction } from '../context.ts';
import { plain } from '../text.ts';
import { OptionErrors } from './option-errors.tsx';

interface Props {
  /** by which a link from elsewhere finds the field */
  readonly id: string;
  readonly title: string;
  readonly hint: ReactNode;
  readonly value: string;
  readonly placeholder?: string;
  readonly inputMode?: 'numeric' | 'url' | 'text';
  /** asks for a value in another way than typing; null: none was chosen */
  readonly choose?: (() => Promise<string | null>) | undefined;
  /** there is something to go back to */
  readonly isChanged: boolean;
  /** what going back is called, and what a reader hears with it */
  readonly reset: string;
  /** null: as it was before anything was chosen; resolves when the new value is shown */
  readonly save: (value: string | null) => Promise<void>;
}

/** A text that is kept when it is saved; until then it is only typed, and Escape takes it back. */
export function ValueField({
  id,
  title,
  hint,
  value,
  placeholder,
  inputMode,
  choose,
  isChanged,
  reset,
  save,
}: Props) {
  const [typed, setTyped] = useState<string>();
  const about = useId();
  const action = useAction(async (next: string | null) => {
    await save(next);
    setTyped(undefined);
  });
  const choice = useAction(async () => {
    const chosen = (await choose?.()) ?? null;
    if (chosen === null) return;
    setTyped(chosen);
    await save(chosen);
    setTyped(undefined);
  });
  const words = plain(title);
  const isTyped = typed !== undefined && typed !== value;
  return (
    <form
      className="setting"
      onSubmit={(event) => {
        event.preventDefault();
        if (isTyped && !action.isRunning) action.run(typed);
      }}
    >
      <label htmlFor={id}>{words}</label>
      <span className="option-hint" id={about}>
        {hint}
      </span>
      <div className="setting-value">
        <input
          id={id}
          type="text"
          aria-describedby={about}
          aria-invalid={action.errors.length > 0}
          autoComplete="off"
          spellCheck={false}
          inputMode={inputMode}
          placeholder={placeholder}
          value={typed ?? value}
          onChange={(event) => {
            setTyped(event.target.value);
            action.dismiss();
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || typed === undefined) return;
            setTyped(undefined);
            action.dismiss();
          }}
        />
        {choose && (
          <button
            type="button"
            className="small"
            disabled={choice.isRunning || action.isRunning}
            onClick={() => choice.run()}
          >
            Choose …<span className="unseen"> {words}</span>
          </button>
        )}
        {isTyped && (
          <button type="submit" className="small" disabled={action.isRunning}>
            Save<span className="unseen"> {words}</span>
          </button>
        )}
        {isChanged && !isTyped && (
          <button
            type="button"
            className="small"
            disabled={action.isRunning}
            onClick={() => action.run(null)}
          >
            {reset}
            <span className="unseen"> for {words}</span>
          </button>
        )}
      </div>
      <OptionErrors errors={[...choice.errors, ...action.errors]} />
    </form>
  );
}
