import type { SetupStep } from '../../main/channels.ts';
import { isBefore, STEPS } from '../setup-model.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly step: SetupStep;
  readonly onGo: (step: SetupStep) => void;
  readonly onLeave: () => void;
}

/** Where one is in the setup; the steps behind lead back. */
export function SetupSteps({ step, onGo, onLeave }: Props) {
  const at = STEPS.findIndex((s) => s.id === step);
  return (
    <header className="sidebar setup-side">
      <div className="mark">
        <Icon name="stack" size={20} />
        Letta Stack
      </div>
      <nav aria-label="Setup">
        <ol>
          {STEPS.map(({ id, title }, i) => (
            <li key={id} aria-current={id === step ? 'step' : undefined}>
              {isBefore(id, step) && step !== 'start' ? (
                <button type="button" onClick={() => onGo(id)}>
                  <Icon name="ok" />
                  {title}
                </button>
              ) : (
                <span>
                  <Icon name={i < at ? 'ok' : 'absent'} />
                  {title}
                </span>
              )}
            </li>
          ))}
        </ol>
      </nav>
      <p className="setup-count">
        Step {at + 1} of {STEPS.length}: {STEPS[at]?.title}
      </p>
      <button type="button" className="setup-leave" onClick={onLeave}>
        Leave the setup
      </button>
    </header>
  );
}
