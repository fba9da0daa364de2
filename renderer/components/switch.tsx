import type { ReactNode } from 'react';

interface Props {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** Something that is on or off, and takes effect at once. */
export function Switch({ title, hint, isOn, onChange }: Props) {
  return (
    <label className="option">
      <span>
        {title}
        {hint !== undefined && <span className="option-hint">{hint}</span>}
      </span>
      <input
        type="checkbox"
        role="switch"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
      />
    </label>
  );
}
