import { memoryText, type CallOutput, type EngineFacts } from '../../main/channels.ts';
import { useAnswer } from '../answer.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { EngineCard } from '../components/engine-card.tsx';
import { ErrorNotes } from '../components/error-notes.tsx';
import { Fact } from '../components/facts.tsx';
import { Icon } from '../components/icon.tsx';
import { useAction, useConnection } from '../context.ts';
import { copyText } from '../copy.ts';
import { engineName, enginePlace } from '../engine-words.ts';
import { engineSentence } from '../setup-model.ts';
import { plain } from '../text.ts';
import { StepFoot } from '../components/setup-foot.tsx';
import type { StepProps } from '../use-setup.ts';

/** The engine: what was found, and what it can; or how to have one. */
export function SetupEngine({ snapshot, setup }: StepProps) {
  const { engine } = snapshot;
  const { answer: facts, errors } = setup.engine;
  const isThere = setup.facts.isEngineThere === true;
  const { answer: gpu, errors: noGpu } = useAnswer('gpu', {}, isThere ? String(engine.url) : undefined);
  const graphics = noGpu[0]?.message ?? (gpu && graphicsText(gpu));
  return (
    <>
      <p className="lead" aria-live="polite">
        {facts
          ? engineSentence(isThere ? facts : { ...facts, machine: undefined })
          : 'Looking for a container engine …'}
      </p>
      {errors.length > 0 && <ErrorNotes errors={errors} />}
      {facts && isThere && (
        <section className="card" aria-label="What was found">
          <div className="card-head">
            <h2>{plain([engineName(engine), enginePlace(engine)].filter(Boolean).join(' '))}</h2>
          </div>
          {facts.machine && <Machine machine={facts.machine} graphics={graphics} />}
          <Abilities abilities={facts.abilities} />
        </section>
      )}
      {facts && !isThere && <Missing facts={facts} error={engine.error?.message} />}
      <details className="setup-more">
        <summary>Use another engine</summary>
        <EngineCard snapshot={snapshot} />
      </details>
      <StepFoot setup={setup} />
    </>
  );
}

/** The cards, and what they are good for with this engine. */
function graphicsText({ facts: { cards }, offer: { why } }: CallOutput<'gpu'>): string {
  return [...(cards.length > 0 ? [`${cards.map((c) => c.name).join(', ')}.`] : []), why].join(' ');
}

interface MachineProps {
  readonly machine: NonNullable<EngineFacts['machine']>;
  /** undefined: not looked yet */
  readonly graphics: string | undefined;
}

function Machine({ machine, graphics }: MachineProps) {
  const { cpus, arch, memory, free, folder, os } = machine;
  return (
    <dl>
      <Fact name="Processors">{`${cpus}, ${arch}`}</Fact>
      <Fact name="Memory">{memoryText(memory)}</Fact>
      <Fact name="Room for data">
        {free === undefined
          ? 'on a disk that cannot be seen from here'
          : `${memoryText(free)} free in ${folder}`}
      </Fact>
      <Fact name="System">{os}</Fact>
      <Fact name="Graphics">{graphics}</Fact>
    </dl>
  );
}

/** What it can, and what is without it. */
function Abilities({ abilities }: Pick<EngineFacts, 'abilities'>) {
  return (
    <ul className="abilities">
      {abilities.map(({ what, isThere, without }) => (
        <li key={what}>
          <Icon name={isThere ? 'ok' : 'absent'} />
          <span>
            {what}
            {!isThere && (
              <>
                : <strong>no</strong>. <span className="soft">{without}</span>
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Missing({ facts: { todo, startable }, error }: { facts: EngineFacts; error: string | undefined }) {
  const { call } = useConnection();
  const start = useAction(() => call('startEngine', {}));
  return (
    <section className="card" aria-label="What to do">
      <div className="card-head">
        <h2>What to do</h2>
      </div>
      {todo.length > 0 && (
        <ol className="todo">
          {todo.map(({ text, command }, i) => (
            <li key={i}>
              <p>{plain(text)}</p>
              {command !== undefined && (
                <div className="field">
                  <code className="field-label">{plain(command)}</code>
                  <CopyButton what={`command ${command}`} copy={() => copyText(command)} />
                </div>
              )}
            </li>
          ))}
        </ol>
      )}
      {error !== undefined && <p className="soft">{plain(error)}</p>}
      <p className="soft">It is looked for again every few seconds.</p>
      {startable !== undefined && (
        <div className="after-facts">
          <button type="button" disabled={start.isRunning} onClick={() => start.run()}>
            {start.isRunning ? `Starting ${plain(startable)} …` : `Start ${plain(startable)}`}
          </button>
        </div>
      )}
      {start.errors.length > 0 && <ErrorNotes errors={start.errors} onDismiss={start.dismiss} />}
    </section>
  );
}
