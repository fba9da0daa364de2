import { useEffect, useRef } from 'react';
import type { AppSnapshot, SetupStep } from '../../main/channels.ts';
import { ErrorBoundary } from '../components/error-boundary.tsx';
import { ErrorNotes } from '../components/error-notes.tsx';
import { SettingsWarning } from '../components/settings-warning.tsx';
import { SetupSteps } from '../components/setup-steps.tsx';
import type { Place } from '../places.ts';
import { STEPS } from '../setup-model.ts';
import type { StackActions } from '../stack-actions.ts';
import { useSetup, type StepProps } from '../use-setup.ts';
import { SetupEngine } from './setup-engine.tsx';
import { SetupKeys } from './setup-keys.tsx';
import { SetupPlace } from './setup-place.tsx';
import { SetupProfile } from './setup-profile.tsx';
import { SetupReview } from './setup-review.tsx';
import { SetupStart } from './setup-start.tsx';

interface Props {
  readonly snapshot: AppSnapshot;
  readonly actions: StackActions;
  readonly onGo: (place: Place) => void;
}

const VIEWS: Readonly<Record<SetupStep, (props: StepProps) => React.ReactNode>> = {
  engine: SetupEngine,
  profile: SetupProfile,
  keys: SetupKeys,
  place: SetupPlace,
  review: SetupReview,
  start: SetupStart,
};

/** From nothing to a healthy stack, a question at a time. */
export function SetupView({ snapshot, actions, onGo }: Props) {
  const setup = useSetup(snapshot, onGo);
  const { step, kept, leave } = setup;
  const errors = [...kept.errors, ...leave.errors];
  const Step = VIEWS[step];
  const at = STEPS.find((s) => s.id === step);
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${at?.title ?? 'Setup'} – Letta Stack`;
    // a reader hears where it is, and Tab goes on from there; the last step's heading is its state
    main.current?.querySelector('h1')?.focus();
  }, [at]);
  return (
    <>
      <SetupSteps step={step} onGo={setup.go} onLeave={() => leave.run()} />
      <main className="setup" ref={main}>
        <SettingsWarning snapshot={snapshot} />
        {errors.length > 0 && (
          <ErrorNotes
            title="Where the setup is cannot be kept"
            errors={errors}
            onDismiss={() => {
              kept.dismiss();
              leave.dismiss();
            }}
          />
        )}
        {step !== 'start' && <h1 tabIndex={-1}>{at?.question}</h1>}
        <ErrorBoundary key={step}>
          <Step snapshot={snapshot} actions={actions} setup={setup} onGo={onGo} />
        </ErrorBoundary>
      </main>
    </>
  );
}
