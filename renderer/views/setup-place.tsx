import type { FindingShape, SetupStack, StackSetting } from '../../main/channels.ts';
import { isUp, settingWords } from '../../main/contract.ts';
import { useAnswer } from '../answer.ts';
import { ErrorNotes } from '../components/error-notes.tsx';
import { Fact } from '../components/facts.tsx';
import { Icon } from '../components/icon.tsx';
import { OptionErrors } from '../components/option-errors.tsx';
import { ValueField } from '../components/value-field.tsx';
import { useAction, useConnection } from '../context.ts';
import { stackTitle } from '../engine-words.ts';
import { stackOf } from '../hero-model.ts';
import { clashOf, portWords } from '../setup-model.ts';
import { inputModeOf } from '../setting-groups.ts';
import { plain, plainLines } from '../text.ts';
import { StepFoot } from '../components/setup-foot.tsx';
import type { StepProps } from '../use-setup.ts';

/** Settings without which a start may not work on this machine. */
const ASKED: ReadonlySet<StackSetting['type']> = new Set(['port', 'folder']);

/** A setting and its new value; `null` is the default. */
interface Change {
  readonly name: string;
  readonly value: string | null;
}

/** Which ports, and which data where. */
export function SetupPlace({ snapshot, setup }: StepProps) {
  const { call } = useConnection();
  const { project = '', place, stack, stacks, stops } = setup;
  const isLeft = stops !== undefined && (stackOf(snapshot)?.services.some(isUp) ?? false);
  const when = `${project} ${snapshot.settingsSeen ?? 0}`;
  const { answer: settings, errors, again } = useAnswer('stackSettings', { project }, when);
  const data = useAnswer('dataPlace', { project }, when);
  const change = async (...changes: readonly Change[]): Promise<void> => {
    // one after the other: each is a file that is written
    for (const changed of changes) await call('changeSetting', { project, ...changed });
    await Promise.all([again(), place.again(), ...(stack?.model ? [stacks.again()] : [])]);
  };
  const clash = settings && clashOf(settings);
  const ports = place.answer?.find((f) => f.id === 'ports');
  const disk = place.answer?.find((f) => f.id === 'disk');
  return (
    <>
      <section className="card options" aria-label="Ports">
        <div className="card-head">
          <h2>Ports</h2>
        </div>
        <Ports finding={ports} instead={portWords(place.answer, settings ?? [])} change={change} />
        {/* a finding says it, too */}
        {clash !== undefined && ports?.status !== 'fail' && (
          <Found finding={{ status: 'fail', detail: clash }} />
        )}
        {isLeft && (
          <p className="soft">{plain(stackTitle(snapshot))} is stopped for it: what it has is free then.</p>
        )}
        {[...place.errors, ...errors].length > 0 && <ErrorNotes errors={[...place.errors, ...errors]} />}
        {settings
          ?.filter((s) => ASKED.has(s.type))
          .map((setting) => (
            <ValueField
              key={setting.name}
              id={`setup-${setting.name}`}
              title={setting.label === '' ? setting.name : setting.label}
              hint={hintOf(setting, settings)}
              value={setting.value}
              inputMode={inputModeOf(setting)}
              isChanged={setting.changed}
              reset="Default"
              choose={setting.type === 'folder' ? () => call('choosePath', { kind: 'folder' }) : undefined}
              save={(value) => change({ name: setting.name, value })}
            />
          ))}
      </section>
      {stack?.model && <Model fit={stack.model} change={change} />}
      <section className="card" aria-label="Data">
        <div className="card-head">
          <h2>Data</h2>
        </div>
        {data.errors.length > 0 && (
          <ErrorNotes title="Where it will lie cannot be told" errors={data.errors} />
        )}
        {data.answer && (
          <dl>
            {data.answer.folders.length > 0 && (
              <Fact name="Your own folders">{data.answer.folders.join(', ')}</Fact>
            )}
            {data.answer.volumes.length > 0 && <Fact name="Volumes">{data.answer.volumes.join(', ')}</Fact>}
            <Fact name="Engine">{data.answer.engine}</Fact>
            {data.answer.volumes.length > 0 && <Fact name="Folder">{data.answer.folder}</Fact>}
          </dl>
        )}
        {disk && <Found finding={disk} />}
        {data.answer && (
          <p className="soft">
            {data.answer.volumes.length + data.answer.folders.length > 0
              ? 'Your agents and their memory stay there, whatever becomes of the containers.'
              : 'Its file names neither a volume nor a folder: what it keeps goes with its containers.'}
          </p>
        )}
      </section>
      <StepFoot setup={setup} held={clash} />
    </>
  );
}

/** Who reaches a port, where the profile lets that be chosen. */
function hintOf({ type }: StackSetting, all: readonly StackSetting[]): string {
  const address = all.find((s) => s.type === 'address')?.value;
  if (type !== 'port' || address === undefined) return 'on this computer';
  return /^(127\.|::1$|localhost$)/.test(address)
    ? 'on this computer; other machines cannot reach it'
    : `at ${address}: other machines may reach it`;
}

interface PortProps {
  readonly finding: FindingShape | undefined;
  /** what is said where there is none */
  readonly instead: string;
  readonly change: (changed: Change) => Promise<void>;
}

function Ports({ finding, instead, change }: PortProps) {
  const take = useAction(({ setting, port }: { setting: string; port: number }) =>
    change({ name: setting, value: String(port) }),
  );
  if (!finding) return <p className="soft">{instead}</p>;
  const { remedy } = finding;
  return (
    <>
      <Found finding={finding} />
      {remedy?.do === 'use-port' && (
        <div className="after-facts">
          <button type="button" disabled={take.isRunning} onClick={() => take.run(remedy)}>
            Use port {remedy.port} instead
          </button>
        </div>
      )}
      <OptionErrors errors={take.errors} />
    </>
  );
}

interface ModelProps {
  readonly fit: NonNullable<SetupStack['model']>;
  readonly change: (...changes: readonly Change[]) => Promise<void>;
}

/** Whether the model fits the graphics card, before gigabytes of it are downloaded. */
function Model({ fit: { model, fits, sentence, remedy }, change }: ModelProps) {
  const take = useAction((settings: readonly Change[]) => change(...settings));
  return (
    <section className="card options" aria-label="Model">
      <div className="card-head">
        <h2>Model</h2>
      </div>
      <Found finding={{ status: fits ? 'ok' : 'warn', detail: `${model}: ${sentence}` }} />
      {remedy && (
        <div className="after-facts">
          <button type="button" disabled={take.isRunning} onClick={() => take.run(remedy.settings)}>
            {remedy.model === undefined
              ? `Set ${plain(settingWords(remedy.settings))}`
              : `Use ${plain(remedy.model)} instead`}
          </button>
        </div>
      )}
      <OptionErrors errors={take.errors} />
    </section>
  );
}

const ICONS = { ok: 'ok', warn: 'warn', fail: 'bad', skip: 'skipped' } as const;

/** What the doctor says of it. */
function Found({ finding: { status, detail } }: { finding: Pick<FindingShape, 'status' | 'detail'> }) {
  return (
    <p className="found" role={status === 'fail' ? 'alert' : undefined}>
      <span className={status === 'fail' ? 'bad' : status === 'skip' ? 'quiet' : status}>
        <Icon name={ICONS[status]} />
      </span>
      <span className="lines">{plainLines(detail)}</span>
    </p>
  );
}
