import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { plain } from '../text.ts';

interface Props {
  readonly label: string;
  readonly hint?: ReactNode;
  /** what the button says */
  readonly word: string;
  /** and while it works */
  readonly busyWord?: string;
  readonly isBusy: boolean;
  readonly isWrong: boolean;
  /** what nobody can look up again is typed twice */
  readonly isTwice?: boolean;
  /** a button has just opened it: one types at once */
  readonly isOpened?: boolean;
  readonly onSave: (value: string) => void;
  readonly onType?: (value: string) => void;
  readonly onCancel?: () => void;
}

/**
 * A field into which a secret is pasted. What is in it is in the page's document and nowhere else, and is taken out of
 * it the moment it is saved.
 */
export function SecretField(props: Props) {
  const {
    label,
    hint,
    word,
    isBusy,
    isWrong,
    busyWord = 'Saving …',
    isTwice = false,
    isOpened = false,
  } = props;
  const { onSave, onType, onCancel } = props;
  const field = useRef<HTMLInputElement>(null);
  const repeated = useRef<HTMLInputElement>(null);
  const [differs, setDiffers] = useState(false);
  const [id, againId, about, problem] = [useId(), useId(), useId(), useId()];
  const words = plain(label);
  useEffect(() => {
    if (isOpened) field.current?.focus();
  }, []);
  const clear = (): void => {
    for (const { current } of [field, repeated]) if (current) current.value = '';
    setDiffers(false);
    onType?.('');
  };
  const onKeyDown = (event: { readonly key: string }): void => {
    if (event.key !== 'Escape') return;
    clear();
    onCancel?.();
  };
  const common = {
    type: 'password',
    autoComplete: 'off',
    spellCheck: false,
    'aria-invalid': isWrong || differs,
    onKeyDown,
  };
  const first = (
    <input
      {...common}
      ref={field}
      id={id}
      aria-describedby={hint === undefined ? undefined : about}
      onChange={onType && ((event) => onType(event.target.value))}
    />
  );
  return (
    <form
      className="secret-field"
      onSubmit={(event) => {
        event.preventDefault();
        const value = field.current?.value ?? '';
        if (value === '' || isBusy) return;
        if (isTwice && repeated.current?.value !== value) {
          setDiffers(true);
          repeated.current?.focus();
          return;
        }
        clear();
        onSave(value);
      }}
    >
      <label htmlFor={id}>{words}</label>
      {hint !== undefined && (
        <span className="option-hint" id={about}>
          {hint}
        </span>
      )}
      {isTwice && (
        <>
          <div className="setting-value">{first}</div>
          <label htmlFor={againId}>The same again</label>
        </>
      )}
      <div className="setting-value">
        {isTwice ? (
          <input {...common} ref={repeated} id={againId} aria-describedby={differs ? problem : undefined} />
        ) : (
          first
        )}
        <button type="submit" className="small" disabled={isBusy}>
          {isBusy ? busyWord : word}
          <span className="unseen"> {words}</span>
        </button>
        {onCancel && (
          <button
            type="button"
            className="small"
            onClick={() => {
              clear();
              onCancel();
            }}
          >
            Cancel<span className="unseen"> {words}</span>
          </button>
        )}
      </div>
      {differs && (
        <div className="note bad" id={problem} role="alert">
          <p>The two are not the same.</p>
        </div>
      )}
    </form>
  );
}
