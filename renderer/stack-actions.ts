import { useState } from 'react';
import type { AppSnapshot, OperationFailure } from '../main/channels.ts';
import type { ProbeResult } from '../main/contract.ts';
import { useAction, useConnection, type Action } from './context.ts';
import { isFree, type Ask } from './hero-model.ts';
import type { Place } from './places.ts';

/** What main is asked to do with the stack; its progress and its end come with the snapshot. */
type Begin = Extract<Ask, { do: 'operate' | 'cancel' }>;

/** What can be done with the stack; of the overview, and of the command palette over any view. */
export interface StackActions {
  readonly ask: (ask: Ask) => void;
  readonly operation: Action<Begin>;
  readonly probe: Action;
  /** of the last `probe` */
  readonly answers: readonly ProbeResult[];
  readonly isPreviewed: boolean;
  readonly closePreview: () => void;
  /** the last operation's, unless the user has put it away */
  readonly failure: OperationFailure | undefined;
  readonly dismissFailure: () => void;
  /** services may be started and stopped now */
  readonly canOperate: boolean;
}

export function useStackActions(
  snapshot: AppSnapshot | undefined,
  onGo: (place: Place) => void,
): StackActions {
  const { call } = useConnection();
  const [isPreviewed, setPreviewed] = useState(false);
  const [dismissed, setDismissed] = useState<string>();
  const [answers, setAnswers] = useState<readonly ProbeResult[]>([]);
  const probe = useAction(async () => setAnswers(await call('probe', {})));
  const operation = useAction((ask: Begin) =>
    ask.do === 'cancel' ? call('cancel', {}) : call('operate', ask.request),
  );
  const failure = snapshot?.failure && snapshot.failure.at !== dismissed ? snapshot.failure : undefined;
  return {
    ask: (ask) => {
      if (ask.do === 'preview') setPreviewed(true);
      else if (ask.do === 'doctor') onGo({ view: 'doctor' });
      else if (ask.do === 'probe') probe.run();
      else operation.run(ask);
    },
    operation,
    probe,
    answers,
    isPreviewed,
    closePreview: () => setPreviewed(false),
    failure,
    dismissFailure: () => setDismissed(snapshot?.failure?.at),
    canOperate: isFree(snapshot) && !operation.isRunning,
  };
}
