import { useEffect, useState } from 'react';
import type { AppOptions } from '../../main/channels.ts';
import { Switch } from './switch.tsx';

type Hours = NonNullable<AppOptions['quietHours']>;

/** Where none were chosen before. */
const NIGHT: Hours = { from: '22:00', to: '07:00' };
/** A time field tells every digit: the change waits until no more is typed. */
const TYPED_MS = 800;

interface Props {
  /** null: none */
  readonly hours: Hours | null;
  readonly onChange: (hours: Hours | null) => void;
}

/** When nothing is told. */
export function QuietHours({ hours, onChange }: Props) {
  return (
    <>
      <Switch
        title="Quiet hours"
        hint="Nothing is told in this time; the tray still shows how things are."
        isOn={hours !== null}
        onChange={(isOn) => onChange(isOn ? NIGHT : null)}
      />
      {hours && <Times hours={hours} onChange={onChange} />}
    </>
  );
}

function Times({ hours, onChange }: { hours: Hours; onChange: (hours: Hours) => void }) {
  const [typed, setTyped] = useState(hours);
  const [followed, setFollowed] = useState(hours);
  // changed elsewhere, or refused; what is being typed stays
  if (!same(hours, followed)) {
    setFollowed(hours);
    if (same(typed, followed)) setTyped(hours);
  }

  const { from, to } = typed;
  // a field in which not all is typed yet is empty
  const isNew = from !== '' && to !== '' && !same(typed, hours);
  useEffect(() => {
    if (!isNew) return undefined;
    const timer = setTimeout(() => onChange({ from, to }), TYPED_MS);
    return () => clearTimeout(timer);
    // a snapshot that comes meanwhile does not make it wait again
  }, [isNew, from, to]);

  const field = (title: string, name: keyof Hours) => (
    <label>
      {title}{' '}
      <input
        type="time"
        required
        value={typed[name]}
        onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
        onBlur={() => (isNew ? onChange(typed) : setTyped(hours))}
      />
    </label>
  );
  return (
    <div className="times" role="group" aria-label="Quiet hours">
      {field('From', 'from')}
      {field('to', 'to')}
      {from === to && from !== '' && <span className="soft">That is no time at all.</span>}
    </div>
  );
}

const same = (a: Hours, b: Hours): boolean => a.from === b.from && a.to === b.to;
