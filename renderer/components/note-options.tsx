import type { NoteKind } from '../../main/channels.ts';
import type { OptionEditor } from '../options.ts';
import { useTold } from '../context.ts';
import { NOTES, notNotifying } from '../option-words.ts';
import { Icon } from './icon.tsx';
import { OptionErrors } from './option-errors.tsx';
import { QuietHours } from './quiet-hours.tsx';
import { Switch } from './switch.tsx';

/** What the app tells of while nobody looks at it, and when. */
export function NoteOptions({ editor: { options, change, errorsOf } }: { editor: OptionEditor }) {
  const { notificationsOff: off } = options;
  const { snapshot } = useTold();
  const how = snapshot?.notifications;
  const turn = (kind: NoteKind, isOn: boolean): void =>
    change('notificationsOff', isOn ? off.filter((k) => k !== kind) : [...off, kind]);
  return (
    <section id="card-notifications" className="card options" aria-label="Notifications">
      <div className="card-head">
        <h2>Notifications</h2>
        <span className="soft">while this window is not in front</span>
      </div>
      {how !== undefined && how !== 'shown' && (
        <div className="note warn" role="note">
          <Icon name="warn" />
          <div className="note-text">
            <p>{notNotifying(how, snapshot?.trayMissing === true)}</p>
          </div>
        </div>
      )}
      {NOTES.map(({ value, title, hint }) => (
        <Switch
          key={value}
          title={title}
          hint={hint}
          isOn={!off.includes(value)}
          onChange={(isOn) => turn(value, isOn)}
        />
      ))}
      <OptionErrors errors={errorsOf('notificationsOff')} />
      <QuietHours hours={options.quietHours} onChange={(hours) => change('quietHours', hours)} />
      <OptionErrors errors={errorsOf('quietHours')} />
    </section>
  );
}
