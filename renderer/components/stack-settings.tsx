import { useLayoutEffect, useRef } from 'react';
import type { AppSnapshot, StackSetting } from '../../main/channels.ts';
import { useAnswer } from '../answer.ts';
import { useAction, useConnection } from '../context.ts';
import { groupsOfSettings, inputModeOf, type SettingGroup } from '../setting-groups.ts';
import { plain } from '../text.ts';
import { ErrorNotes } from './error-notes.tsx';
import { OptionErrors } from './option-errors.tsx';
import { Pending } from './pending.tsx';
import { Switch } from './switch.tsx';
import { ValueField } from './value-field.tsx';

interface Props {
  readonly snapshot: AppSnapshot;
  readonly project: string;
  /** the setting that one came for */
  readonly focus: string | undefined;
  readonly onApply: () => void;
}

/** Everything that the stack takes: ports, models, limits, images. */
export function StackSettings({ snapshot, project, focus, onApply }: Props) {
  const { call } = useConnection();
  const when = `${snapshot.settingsSeen ?? 0} ${snapshot.ended?.at ?? ''}`;
  const { answer: settings, errors, again } = useAnswer('stackSettings', { project }, when);
  const change = async (name: string, value: string | null): Promise<void> => {
    await call('changeSetting', { project, name, value });
    await again();
  };
  return (
    <section className="card options" aria-label="Settings of the stack">
      <div className="card-head">
        <h2>Settings of the stack</h2>
        <span className="soft">{plain(project)}</span>
      </div>
      {errors.length > 0 && <ErrorNotes errors={errors} />}
      {settings?.length === 0 && <p className="soft">This stack takes no settings.</p>}
      {settings && (
        <Pending
          snapshot={snapshot}
          project={project}
          values={JSON.stringify(settings.map((s) => s.value))}
          onApply={onApply}
        />
      )}
      {settings &&
        groupsOfSettings(settings).map((group, i) => (
          <Group key={group.title} group={group} isFirst={i === 0} focus={focus} change={change} />
        ))}
    </section>
  );
}

interface GroupProps {
  readonly group: SettingGroup;
  readonly isFirst: boolean;
  readonly focus: string | undefined;
  readonly change: (name: string, value: string | null) => Promise<void>;
}

function Group({ group: { title, settings, changed }, isFirst, focus, change }: GroupProps) {
  const { call } = useConnection();
  const choosePath = (kind: PathKind): Promise<string | null> => call('choosePath', { kind });
  const details = useRef<HTMLDetailsElement>(null);
  const isMeant = settings.some((s) => s.name === focus);
  useLayoutEffect(() => {
    if (!isMeant || focus === undefined || !details.current) return;
    details.current.open = true;
    document.getElementById(settingId(focus))?.focus();
  }, [isMeant, focus]);
  return (
    <details ref={details} className="setting-group" open={isFirst || undefined}>
      <summary>
        {title}
        <span className="soft">
          {' '}
          {settings.length}
          {changed > 0 && `, ${changed} changed`}
        </span>
      </summary>
      {settings.map((setting) =>
        setting.type === 'boolean' ? (
          <BooleanRow key={setting.name} setting={setting} change={change} />
        ) : (
          <ValueField
            key={setting.name}
            id={settingId(setting.name)}
            title={setting.label === '' ? setting.name : setting.label}
            hint={<Hint setting={setting} />}
            value={setting.value}
            inputMode={inputModeOf(setting)}
            choose={chooserOf(setting, choosePath)}
            isChanged={setting.changed}
            reset="Default"
            save={(value) => change(setting.name, value)}
          />
        ),
      )}
    </details>
  );
}

type PathKind = 'file' | 'folder';

/** What lies on this computer can be shown instead of being typed. */
const chooserOf = ({ type }: StackSetting, choosePath: (kind: PathKind) => Promise<string | null>) =>
  type === 'file' || type === 'folder' ? () => choosePath(type) : undefined;

const settingId = (name: string): string => `setting-${name}`;

/** What it is called in the terminal, and from where its value comes. */
function Hint({ setting: { name, default: byDefault, changed } }: { setting: StackSetting }) {
  const from = byDefault === '' ? 'empty' : plain(byDefault);
  return (
    <>
      <code>{plain(name)}</code>, {changed ? `changed; the default is ${from}` : 'the default'}
    </>
  );
}

function BooleanRow({ setting, change }: { setting: StackSetting; change: GroupProps['change'] }) {
  const { name, label, value } = setting;
  const action = useAction((isOn: boolean) => change(name, String(isOn)));
  return (
    <div className="setting">
      <Switch
        title={plain(label)}
        hint={<Hint setting={setting} />}
        isOn={value === 'true'}
        onChange={(isOn) => action.run(isOn)}
      />
      <OptionErrors errors={action.errors} />
    </div>
  );
}
