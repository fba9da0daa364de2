import { useEffect } from 'react';
import type { AppOptions } from '../../main/channels.ts';
import { ConnectCard } from '../components/connect-card.tsx';
import { ErrorNotes } from '../components/error-notes.tsx';
import { FirstMessage } from '../components/first-message.tsx';
import { Hero } from '../components/hero.tsx';
import { OptionErrors } from '../components/option-errors.tsx';
import { SetupFoot } from '../components/setup-foot.tsx';
import { StoppedNote } from '../components/stopped-note.tsx';
import { Switch } from '../components/switch.tsx';
import { Tasks } from '../components/tasks.tsx';
import { heroOf, stackOf, type Ask } from '../hero-model.ts';
import { OPERATION } from '../looks.ts';
import { useOptions } from '../options.ts';
import { isOver, mendOf } from '../setup-model.ts';
import type { StepProps } from '../use-setup.ts';

/** How far it is, what went wrong; and once it is well, how to use it. */
export function SetupStart({ snapshot, actions, setup, onGo }: StepProps) {
  const { operation, failure } = actions;
  const { project, go, end } = setup;
  const stack = stackOf(snapshot);
  const isShown = snapshot.current === project;
  const isWell = isShown && isOver(stack?.status);
  // from here on nothing is asked again, whether the window is closed now or later
  const isKept = snapshot.options?.setup != null;
  useEffect(() => {
    if (isWell && isKept) end();
  }, [isWell, isKept]);
  const mend = failure && mendOf(failure.errors.map((e) => e.code));
  const hero = heroOf(snapshot, failure);
  const ask = (asked: Ask): void => {
    // what it would do is shown in the step for it
    if (asked.do === 'preview') go('review');
    else actions.ask(asked);
  };
  return (
    <>
      <Hero
        // what one does with it later is the overview's
        hero={isWell ? { ...hero, others: [] } : hero}
        isOld={stack !== undefined && !snapshot.isCurrent}
        isAsking={operation.isRunning || actions.probe.isRunning}
        onAsk={ask}
      />
      {operation.errors.length > 0 && <ErrorNotes errors={operation.errors} onDismiss={operation.dismiss} />}
      {failure && (
        <ErrorNotes
          title={`${OPERATION[failure.kind][0]} did not succeed`}
          errors={failure.errors}
          onDismiss={actions.dismissFailure}
        >
          {mend && (
            <div>
              <button type="button" className="small" onClick={() => go(mend.step)}>
                {mend.text}
              </button>
            </div>
          )}
        </ErrorNotes>
      )}
      <StoppedNote snapshot={snapshot} />
      {stack?.operation && <Tasks operation={stack.operation} />}
      {isWell && stack && (
        <>
          <ConnectCard stack={stack} isUp />
          {stack.connect?.test !== undefined && (
            <FirstMessage project={stack.project} onKeys={() => go('keys')} />
          )}
          {snapshot.options && <AtLogin told={snapshot.options} />}
        </>
      )}
      <SetupFoot
        back={isWell || stack?.operation ? undefined : () => go('review')}
        primary={isWell ? 'Done' : 'To the overview'}
        isAside={!isWell}
        onPrimary={() => onGo({ view: 'overview' })}
      />
    </>
  );
}

function AtLogin({ told }: { told: AppOptions }) {
  const { options, change, errorsOf } = useOptions(told);
  return (
    <section className="card options" aria-label="From now on">
      <Switch
        title="Start Letta Stack at login"
        hint="In the tray, without a window: it tells you when something is wrong. It needs the installed app."
        isOn={options.startAtLogin}
        onChange={(isOn) => change('startAtLogin', isOn)}
      />
      <OptionErrors errors={errorsOf('startAtLogin')} />
    </section>
  );
}
