import type { AppSnapshot, OperationFailure } from '../../main/channels.ts';
import { isUp, type ProbeResult } from '../../main/contract.ts';
import { ConnectCard } from '../components/connect-card.tsx';
import { ErrorNotes } from '../components/error-notes.tsx';
import { HealthCard } from '../components/health-card.tsx';
import { Hero } from '../components/hero.tsx';
import { PreviewDialog } from '../components/preview-dialog.tsx';
import { Probes } from '../components/probes.tsx';
import { RestartDialog } from '../components/restart-dialog.tsx';
import { StoppedNote } from '../components/stopped-note.tsx';
import { Services } from '../components/services.tsx';
import { Tasks } from '../components/tasks.tsx';
import { heroOf, isFree, stackOf, type Request } from '../hero-model.ts';
import { OPERATION } from '../looks.ts';
import type { Place } from '../places.ts';
import type { StackActions } from '../stack-actions.ts';
import type { Told } from '../state.ts';
import { plain } from '../text.ts';
import { useWatchedUse } from '../watched-use.ts';

interface Props {
  readonly told: Told;
  readonly actions: StackActions;
  readonly onGo: (place: Place) => void;
}

/** Is it all right? */
export function Overview({ told: { snapshot, errors: notTold }, actions, onGo }: Props) {
  const { operation, probe, failure, ask, previewed, restarting } = actions;
  useWatchedUse();

  const stack = snapshot && stackOf(snapshot);
  const isCurrent = snapshot?.isCurrent ?? false;
  const someUp = stack?.services.some(isUp) ?? false;
  const operate = (request: Request, project?: string): void => ask({ do: 'operate', request }, project);

  return (
    <>
      <Hero
        hero={heroOf(snapshot, failure)}
        isOld={stack !== undefined && !isCurrent}
        isAsking={operation.isRunning || probe.isRunning}
        onAsk={ask}
      />
      {notTold && !snapshot && <ErrorNotes title="The state cannot be read" errors={notTold} />}
      {operation.errors.length > 0 && <ErrorNotes errors={operation.errors} onDismiss={operation.dismiss} />}
      {failure && (
        <ErrorNotes
          title={failureTitle(failure, snapshot)}
          errors={failure.errors}
          onDismiss={actions.dismissFailure}
        />
      )}
      <StoppedNote snapshot={snapshot} />
      {stack?.operation && <Tasks operation={stack.operation} />}
      {stack && (
        <div className="columns">
          <div className="column">
            <Services
              services={stack.services}
              isOld={!isCurrent || !snapshot?.engine.reachable}
              operate={actions.canOperate ? operate : undefined}
              showLogs={(service) => onGo({ view: 'logs', service })}
            />
            <HealthCard key={stack.project} status={stack.status} />
          </div>
          <div className="column">
            <ConnectCard stack={stack} isUp={someUp} />
            {(someUp || stack.probes.length > 0) && (
              <Probes
                probes={newer(actions.answers, stack.probes)}
                check={probe}
                canCheck={isFree(snapshot) && someUp}
              />
            )}
          </div>
        </div>
      )}
      {restarting !== undefined && (
        <RestartDialog
          project={restarting}
          onRestart={(request) => operation.run({ do: 'operate', request, project: restarting })}
          onApply={() => {
            actions.closeRestart();
            ask({ do: 'preview' }, restarting);
          }}
          onClose={actions.closeRestart}
        />
      )}
      {previewed !== undefined && (
        <PreviewDialog
          project={previewed}
          verb={someUp ? 'Apply' : 'Start'}
          onStart={(request) => operate(request, previewed)}
          onClose={actions.closePreview}
        />
      )}
    </>
  );
}

/** Another stack may be shown by the time that it failed. */
function failureTitle({ kind, project }: OperationFailure, snapshot: AppSnapshot | undefined): string {
  const of = project === snapshot?.current ? '' : ` of ${plain(project)}`;
  return `${OPERATION[kind][0]}${of} did not succeed`;
}

/** Of two rounds of answers the later one. */
function newer(a: readonly ProbeResult[], b: readonly ProbeResult[]): readonly ProbeResult[] {
  const time = (probes: readonly ProbeResult[]): number =>
    Math.max(0, ...probes.map((p) => Date.parse(p.at)));
  return time(a) > time(b) ? a : b;
}
