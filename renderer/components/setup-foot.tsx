import { useId } from 'react';
import { heldBy, skipFrom, stepAfter, stepBefore } from '../setup-model.ts';
import type { SetupState } from '../use-setup.ts';

interface Props {
  readonly back?: (() => void) | undefined;
  /** what the one main button is called, and does */
  readonly primary: string;
  readonly onPrimary: () => void;
  readonly isDisabled?: boolean;
  /** something else of the step is what one would do next */
  readonly isAside?: boolean;
  /** why one cannot go on; undefined: one can */
  readonly held?: string | undefined;
  /** to the review, with what is recommended */
  readonly skip?: (() => void) | undefined;
}

/** The ways from a step: one main button, and Back. */
export function SetupFoot({
  back,
  primary,
  onPrimary,
  isDisabled = false,
  isAside = false,
  held,
  skip,
}: Props) {
  const why = useId();
  return (
    <footer className="setup-foot">
      {back && (
        <button type="button" onClick={back}>
          Back
        </button>
      )}
      <p id={why} className="soft" aria-live="polite">
        {held}
      </p>
      {skip && (
        <button type="button" onClick={skip}>
          Use the defaults
        </button>
      )}
      <button
        type="button"
        className={isAside ? '' : 'primary'}
        disabled={isDisabled || held !== undefined}
        aria-describedby={held === undefined ? undefined : why}
        onClick={onPrimary}
      >
        {primary}
      </button>
    </footer>
  );
}

interface StepFootProps {
  readonly setup: SetupState;
  readonly onNext?: () => void;
  /** what the step itself has against going on */
  readonly held?: string | undefined;
}

/** The foot of a step that only leads on. */
export function StepFoot({ setup, onNext, held }: StepFootProps) {
  const { step, facts, go } = setup;
  const back = stepBefore(step);
  const skipped = skipFrom(step, facts);
  return (
    <SetupFoot
      back={back && (() => go(back))}
      primary="Continue"
      onPrimary={onNext ?? (() => go(stepAfter(step)))}
      held={heldBy(step, facts) ?? held}
      skip={skipped && !onNext ? () => go(skipped) : undefined}
    />
  );
}
