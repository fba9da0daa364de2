import { useEffect } from 'react';
import type { AppSnapshot, KeyState } from '../../main/channels.ts';
import { ErrorNotes } from '../components/error-notes.tsx';
import { ImportCard } from '../components/import-card.tsx';
import { KeyRow } from '../components/key-row.tsx';
import { PasswordCard } from '../components/password-card.tsx';
import { Pending } from '../components/pending.tsx';
import { ProviderCards } from '../components/provider-cards.tsx';
import { RemoveKeysCard } from '../components/remove-keys.tsx';
import { StoreCard } from '../components/store-card.tsx';
import { useVisible } from '../context.ts';
import { askedOf, type Place } from '../places.ts';
import { useKeys } from '../use-keys.ts';

interface Props {
  readonly snapshot: AppSnapshot;
  readonly project: string;
  /** where one came to, and what of it is to be opened */
  readonly place: Place;
  readonly onApply: () => void;
  readonly onBack: () => void;
}

/** The password and the keys of a stack: what is set, and the ways to change it. */
export function Keys({ snapshot, project, place, onApply, onBack }: Props) {
  const isVisible = useVisible();
  // in the store alone another installation may have set one while the window was not looked at
  const when = `${snapshot.settingsSeen ?? 0} ${snapshot.stateSeen ?? 0} ${snapshot.ended?.at ?? ''} ${isVisible}`;
  const { answer: keys, errors, again, kept } = useKeys(project, when);
  const password = keys?.others.find((s) => s.name === keys.password);
  useEffect(() => {
    document.querySelector('main')?.scrollTo(0, 0);
  }, []);
  return (
    <>
      <div className="view-head">
        <h1>Keys</h1>
        <button type="button" onClick={onBack}>
          Back to settings
        </button>
      </div>
      {errors.length > 0 && <ErrorNotes title="What is set cannot be told" errors={errors} />}
      {keys && (
        <>
          <Pending snapshot={snapshot} project={project} values={JSON.stringify(keys)} onApply={onApply} />
          {password && <PasswordCard secret={password} word={keys.word} project={project} again={again} />}
          <StoreCard kept={kept} onChanged={again} />
          <ProviderCards providers={keys.providers} project={project} again={again} />
          <OtherKeys secrets={keys.others.filter((s) => s !== password)} project={project} again={again} />
          <ImportCard project={project} asked={askedOf(place, 'import')} again={again} />
          <RemoveKeysCard asked={askedOf(place, 'remove-keys')} again={again} />
        </>
      )}
    </>
  );
}

interface OtherProps {
  readonly secrets: readonly KeyState[];
  readonly project: string;
  readonly again: () => Promise<void>;
}

/** What the stack has made for itself, and what else its file takes. */
function OtherKeys({ secrets, project, again }: OtherProps) {
  if (secrets.length === 0) return null;
  return (
    <section className="card options" aria-label="Keys of the stack itself">
      <div className="card-head">
        <h2>Keys of the stack itself</h2>
      </div>
      {secrets.some((s) => s.isBound) && (
        <p className="soft">
          What was made with a data volume belongs to it: it can be replaced, and goes with its data alone.
        </p>
      )}
      {secrets.map((secret) => (
        <KeyRow key={secret.name} secret={secret} project={project} again={again} />
      ))}
    </section>
  );
}
