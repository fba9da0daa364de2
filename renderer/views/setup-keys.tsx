import { useState } from 'react';
import type { KeyState } from '../../main/channels.ts';
import { useAnswer } from '../answer.ts';
import { ErrorNotes } from '../components/error-notes.tsx';
import { ImportCard } from '../components/import-card.tsx';
import { KeyRow } from '../components/key-row.tsx';
import { PasswordCard } from '../components/password-card.tsx';
import { ProviderCards } from '../components/provider-cards.tsx';
import { StepFoot } from '../components/setup-foot.tsx';
import { StoreCard } from '../components/store-card.tsx';
import { useVisible } from '../context.ts';
import { keysOfData } from '../setup-model.ts';
import { useKeys } from '../use-keys.ts';
import type { StepProps } from '../use-setup.ts';

/** Whose models the agents may use, and the password of the server. Each is kept in the keychain at once. */
export function SetupKeys({ snapshot, setup }: StepProps) {
  const { project = '' } = setup;
  const isVisible = useVisible();
  const when = `${project} ${snapshot.settingsSeen ?? 0} ${snapshot.stateSeen ?? 0} ${isVisible}`;
  const { answer: keys, errors, again, kept } = useKeys(project, when);
  const isBare = keys?.others.some((k) => k.isBound && k.isKnown && !k.isSet) ?? false;
  // what a start would lack of them, its plan knows
  const plan = useAnswer('preview', { project }, isBare ? when : undefined);
  const [needed, setNeeded] = useState<readonly string[]>([]);
  const more = keysOfData(plan.errors).filter((name) => !needed.includes(name));
  if (more.length > 0) setNeeded([...needed, ...more]);
  const password = keys?.others.find((k) => k.name === keys.password);
  return (
    <>
      <p className="lead">
        A key is kept in this computer’s keychain the moment it is saved, and never shown again. All of this
        can wait: agents need a provider, the start does not.
      </p>
      {errors.length > 0 && <ErrorNotes title="What is set cannot be told" errors={errors} />}
      {!keys && errors.length === 0 && <p className="soft">Looking at what is set …</p>}
      {keys && (
        <>
          <ProviderCards providers={keys.providers} project={project} again={again} />
          <DataKeys
            secrets={keys.others.filter((k) => k !== password && needed.includes(k.name))}
            project={project}
            again={again}
          />
          {password && (
            <PasswordCard
              project={project}
              secret={password}
              word={keys.word}
              hasData={needed.includes(password.name)}
              again={again}
            />
          )}
          <StoreCard kept={kept} onChanged={again} />
          <ImportCard project={project} again={again} />
        </>
      )}
      <StepFoot setup={setup} />
    </>
  );
}

interface DataKeysProps {
  readonly secrets: readonly KeyState[];
  readonly project: string;
  readonly again: () => Promise<void>;
}

/** What data of another installation was made with: nobody but the user has it. */
function DataKeys({ secrets, project, again }: DataKeysProps) {
  if (secrets.length === 0) return null;
  return (
    <section className="card options" aria-label="Keys of the data">
      <div className="card-head">
        <h2>Keys of the data</h2>
      </div>
      <p className="soft">
        Its data is on the engine already, and is read with what it was made with: take these from the
        installation that made it.
      </p>
      {secrets.map((secret) => (
        <KeyRow key={secret.name} secret={secret} project={project} again={again} />
      ))}
    </section>
  );
}
