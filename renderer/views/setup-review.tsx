import { useAnswer } from '../answer.ts';
import { ErrorNotes } from '../components/error-notes.tsx';
import { PlanParts, useAgreed } from '../components/plan-parts.tsx';
import { SetupFoot } from '../components/setup-foot.tsx';
import { isUp } from '../../main/contract.ts';
import { useAction, useConnection } from '../context.ts';
import { stackTitle } from '../engine-words.ts';
import { isFree, stackOf } from '../hero-model.ts';
import { withPortsOf } from '../preview-model.ts';
import { heldBy, mendOf } from '../setup-model.ts';
import { plain } from '../text.ts';
import type { StepProps } from '../use-setup.ts';

/** Everything that will be done, before it is done. */
export function SetupReview({ snapshot, setup }: StepProps) {
  const { call } = useConnection();
  const { project = '', stack, stops, go, facts } = setup;
  // what the terminal did changes the plan too
  const now = stackOf(snapshot)?.status;
  const when = `${project} ${snapshot.settingsSeen ?? 0} ${snapshot.ended?.at ?? ''} ${now}`;
  const { answer: preview, errors, again } = useAnswer('preview', { project }, when);
  const agreed = useAgreed(preview);
  const present = stops === undefined ? [] : (stackOf(snapshot)?.services.filter(isUp) ?? []);
  const isDone = preview?.steps.length === 0 && stops === undefined;
  const begin = useAction(async () => {
    if (!preview) return;
    const { agreement } = preview;
    if (stops !== undefined)
      await call('switchStack', { from: stops, to: project, isStarted: true, agreement });
    else if (!isDone) await call('operate', { project, kind: 'up', services: [], agreement });
    go('start');
  });
  const mend = mendOf(errors.map((e) => e.code));
  const held =
    heldBy('review', facts) ?? (isFree(snapshot) ? undefined : 'Something else is being done with it.');
  return (
    <>
      <p className="lead">{plain(stack?.title ?? project)}: nothing of this is done before you say so.</p>
      {begin.errors.length > 0 && (
        <ErrorNotes title="Nothing was changed" errors={begin.errors} onDismiss={begin.dismiss} />
      )}
      {errors.length > 0 && (
        <ErrorNotes title="What it would do cannot be told" errors={errors}>
          <div>
            <button type="button" className="small" onClick={() => void again()}>
              Look again
            </button>{' '}
            {mend && (
              <button type="button" className="small" onClick={() => go(mend.step)}>
                {mend.text}
              </button>
            )}
          </div>
        </ErrorNotes>
      )}
      <section className="card review" aria-label="Plan">
        <h2>The plan</h2>
        {present.length > 0 && (
          <section>
            <h3>Stop {plain(stackTitle(snapshot))}</h3>
            <p>{present.map((s) => plain(s.name)).join(', ')}</p>
            <p className="soft">Its containers, its data and its keys stay: nothing of it is deleted.</p>
          </section>
        )}
        {!preview && errors.length === 0 && <p className="soft">Comparing the profile with the engine …</p>}
        {preview && <PlanParts project={project} preview={withPortsOf(preview, stops)} agreed={agreed} />}
      </section>
      <SetupFoot
        back={() => go('place')}
        primary={isDone ? 'Continue' : 'Start'}
        onPrimary={() => begin.run()}
        isDisabled={!agreed.isAll || begin.isRunning}
        held={held}
      />
    </>
  );
}
