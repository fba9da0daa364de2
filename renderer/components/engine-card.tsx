import { useId, useState } from 'react';
import type { AppSnapshot, EngineChoice } from '../../main/channels.ts';
import { useAnswer } from '../answer.ts';
import { useAction, useConnection } from '../context.ts';
import { engineName, enginePlace } from '../engine-words.ts';
import { plain } from '../text.ts';
import { Choices } from './choices.tsx';
import { ErrorNotes } from './error-notes.tsx';
import { Fact } from './facts.tsx';
import { Icon } from './icon.tsx';
import { ValueField } from './value-field.tsx';

/** The container engine that is used, which ones can be, and where images come from. */
export function EngineCard({ snapshot }: { snapshot: AppSnapshot }) {
  const { call } = useConnection();
  const { engine } = snapshot;
  const when = snapshot.options && String(snapshot.settingsSeen ?? 0);
  const { answer: choice, errors, again } = useAnswer('engineChoice', {}, when);
  return (
    <section className="card options" aria-label="Engine">
      <div className="card-head">
        <h2>Engine</h2>
      </div>
      <dl>
        <Fact name="Product">{plain(engineName(engine))}</Fact>
        <Fact name="Place">{enginePlace(engine)}</Fact>
        <Fact name="Address">{engine.url}</Fact>
        <Fact name="Chosen by">{engine.source}</Fact>
      </dl>
      {errors.length > 0 && <ErrorNotes errors={errors} />}
      {choice && (
        <>
          <EngineForm key={choice.setting ?? ''} choice={choice} onChosen={again} />
          <ValueField
            id="key-mirror"
            title="Registry mirror"
            hint="Images are pulled from there instead of from their own registries: mirror.example:5000"
            value={choice.mirror ?? ''}
            placeholder="none"
            inputMode="url"
            isChanged={choice.mirror !== null}
            reset="None"
            save={async (value) => {
              await call('changeMirror', { mirror: value === '' ? null : value });
              await again();
            }}
          />
        </>
      )}
    </section>
  );
}

const AUTOMATIC = 'automatic';
const ADDRESS = 'address';
const CONTEXT = 'context ';

function EngineForm({ choice, onChosen }: { choice: EngineChoice; onChosen: () => Promise<void> }) {
  const { call } = useConnection();
  const { setting, contexts, wins } = choice;
  const now = chosenIn(choice);
  const [chosen, choose] = useState(now);
  const [address, setAddress] = useState(now === ADDRESS ? (setting ?? '') : '');
  const field = useId();
  const engine = engineOf(chosen, address.trim());
  const action = useAction(async () => {
    await call('chooseEngine', { engine });
    await onChosen();
  });
  const isNew = engine !== setting && engine !== '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isNew && !action.isRunning) action.run();
      }}
    >
      {wins !== undefined && (
        <div className="note warn">
          <Icon name="warn" />
          <p className="note-text">
            The app was started with {wins}: that engine is used, whatever is chosen here.
          </p>
        </div>
      )}
      <Choices
        title="Which engine"
        choices={[
          {
            value: AUTOMATIC,
            title: 'Find it by itself',
            hint: 'The Docker CLI’s current context, or what listens at one of the usual places.',
          },
          ...contexts.map(({ name, host, problem }) => ({
            value: CONTEXT + name,
            title: `Context ${plain(name)}`,
            hint: plain(problem === undefined ? (host ?? '') : `cannot be used: ${problem}`),
          })),
          ...(now.startsWith(CONTEXT) && contexts.every((c) => CONTEXT + c.name !== now)
            ? [{ value: now, title: `Context ${plain(setting ?? '')}`, hint: 'there is no such context now' }]
            : []),
          { value: ADDRESS, title: 'An address' },
        ]}
        chosen={chosen}
        onChoose={(value) => {
          choose(value);
          action.dismiss();
        }}
      />
      {chosen === ADDRESS && (
        <div className="setting-value">
          <label htmlFor={field}>Address</label>
          <input
            id={field}
            type="text"
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            placeholder="ssh://user@machine"
            aria-invalid={action.errors.length > 0}
            value={address}
            onChange={(event) => {
              setAddress(event.target.value);
              action.dismiss();
            }}
          />
        </div>
      )}
      {(isNew || action.isRunning) && (
        <div className="after-facts">
          <button type="submit" disabled={!isNew || action.isRunning}>
            {action.isRunning ? 'Asking it …' : 'Check and use it'}
          </button>
        </div>
      )}
      {action.errors.length > 0 && (
        <ErrorNotes title="It is not used: the engine stays as it was" errors={action.errors} />
      )}
    </form>
  );
}

function chosenIn({ setting }: EngineChoice): string {
  if (setting === null) return AUTOMATIC;
  return setting.includes('://') ? ADDRESS : CONTEXT + setting;
}

function engineOf(chosen: string, address: string): string | null {
  if (chosen === AUTOMATIC) return null;
  return chosen === ADDRESS ? address : chosen.slice(CONTEXT.length);
}
