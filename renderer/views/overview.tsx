import { useState } from 'react';
import type { Operate } from '../../main/channels.ts';
import type { ProbeResult } from '../../main/contract.ts';
import { ConnectCard } from '../components/connect-card.tsx';
import { ErrorNotes } from '../components/error-notes.tsx';
import { Hero } from '../components/hero.tsx';
import { PreviewDialog } from '../components/preview-dialog.tsx';
import { Probes } from '../components/probes.tsx';
import { Services } from '../components/services.tsx';
import { Tasks } from '../components/tasks.tsx';
import { useAction, useConnection } from '../context.ts';
import { heroOf, stackOf, type Ask } from '../hero-model.ts';
import { isUp, OPERATION } from '../looks.ts';
import type { Place } from '../places.ts';
import type { Told } from '../state.ts';

/** What main is asked to do with the stack; its progress and its end come with the snapshot. */
type Begin = Extract<Ask, { do: 'operate' | 'cancel' }>;

/** Is it all right? */
export function Overview({ told, onGo }: { told: Told; onGo: (place: Place) => void }) {
  const { snapshot, errors: notTold } = told;
  const { call } = useConnection();
  const [isPreviewed, setPreviewed] = useState(false);
  const [dismissed, setDismissed] = useState<string>();
  const [answers, setAnswers] = useState<readonly ProbeResult[]>([]);
  const probe = useAction(async () => setAnswers(await call('probe', {})));
  const operation = useAction((ask: Begin) =>
    ask.do === 'cancel' ? call('cancel', {}) : call('operate', ask.request),
  );
  const operate = (request: Operate): void => operation.run({ do: 'operate', request });

  const stack = snapshot && stackOf(snapshot);
  const failure = snapshot?.failure && snapshot.failure.at !== dismissed ? snapshot.failure : undefined;
  const isCurrent = snapshot?.isCurrent ?? false;
  const isFree = isCurrent && stack?.status !== 'busy' && snapshot?.engine.reachable === true;
  const someUp = stack?.services.some(isUp) ?? false;

  function answer(ask: Ask): void {
    if (ask.do === 'preview') setPreviewed(true);
    else if (ask.do === 'doctor') onGo({ view: 'doctor' });
    else if (ask.do === 'probe') probe.run();
    else operation.run(ask);
  }

  return (
    <>
      <Hero
        hero={heroOf(snapshot, failure)}
        isOld={stack !== undefined && !isCurrent}
        isAsking={operation.isRunning || probe.isRunning}
        onAsk={answer}
      />
      {notTold && !snapshot && <ErrorNotes title="The state cannot be read" errors={notTold} />}
      {operation.errors.length > 0 && <ErrorNotes errors={operation.errors} onDismiss={operation.dismiss} />}
      {failure && (
        <ErrorNotes
          title={`${OPERATION[failure.kind][0]} did not succeed`}
          errors={failure.errors}
          onDismiss={() => setDismissed(failure.at)}
        />
      )}
      {stack?.operation && <Tasks operation={stack.operation} />}
      {stack && (
        <div className="columns">
          <Services
            services={stack.services}
            isOld={!isCurrent || !snapshot?.engine.reachable}
            operate={isFree && !operation.isRunning ? operate : undefined}
            showLogs={(service) => onGo({ view: 'logs', service })}
          />
          <div className="column">
            <ConnectCard stack={stack} isUp={someUp} />
            {(someUp || stack.probes.length > 0) && (
              <Probes probes={newer(answers, stack.probes)} check={probe} canCheck={isFree && someUp} />
            )}
          </div>
        </div>
      )}
      {isPreviewed && <PreviewDialog onStart={operate} onClose={() => setPreviewed(false)} />}
    </>
  );
}

/** Of two rounds of answers the later one. */
function newer(a: readonly ProbeResult[], b: readonly ProbeResult[]): readonly ProbeResult[] {
  const time = (probes: readonly ProbeResult[]): number =>
    Math.max(0, ...probes.map((p) => Date.parse(p.at)));
  return time(a) > time(b) ? a : b;
}
