import { ErrorNotes } from '../components/error-notes.tsx';
import { ImportCard } from '../components/import-card.tsx';
import { PasswordCard } from '../components/password-card.tsx';
import { ProviderCards } from '../components/provider-cards.tsx';
import { StepFoot } from '../components/setup-foot.tsx';
import { StoreCard } from '../components/store-card.tsx';
import { useVisible } from '../context.ts';
import { useKeys } from '../use-keys.ts';
import type { StepProps } from '../use-setup.ts';

/** Whose models the agents may use, and the password of the server. Each is kept in the keychain at once. */
export function SetupKeys({ snapshot, setup }: StepProps) {
  const { project = '' } = setup;
  const isVisible = useVisible();
  const when = `${project} ${snapshot.settingsSeen ?? 0} ${snapshot.stateSeen ?? 0} ${isVisible}`;
  const { answer: keys, errors, again, kept } = useKeys(project, when);
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
          {password && <PasswordCard project={project} secret={password} word={keys.word} again={again} />}
          <StoreCard kept={kept} onChanged={again} />
          <ImportCard project={project} again={again} />
        </>
      )}
      <StepFoot setup={setup} />
    </>
  );
}
