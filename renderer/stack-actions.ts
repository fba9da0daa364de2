import { useState } from 'react';
import type { AppSnapshot, OperationFailure } from '../main/channels.ts';
import type { ProbeResult } from '../main/contract.ts';
import { useAction, useConnection, type Action } from './context.ts';
import { isFree, projectOf, type Ask } from './hero-model.ts';
import type { Place } from './places.ts';

/** What main is asked to do with the stack; its progress and its end come with the snapshot. */
type Begin = Extract<Ask, { do: 'operate' | 'cancel' }> & { readonly project: string };

/** What can be done with the stack; of the overview, and of the command palette over any view. */
export interface StackActions {
  /** `project` where something else than the stack that is shown by now may be meant */
  readonly ask: (ask: Ask, project?: string) => void;
  readonly operation: Action<Begin>;
  readonly probe: Action;
  /** of the last `probe` */
  readonly answers: readonly ProbeResult[];
  /** project whose restart as a whole is asked about */
  readonly restarting: string | undefined;
  readonly closeRestart: () => void;
  /** project whose start is shown before it is done */
  readonly previewed: string | undefined;
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
  const shown = projectOf(snapshot);
  const [previewed, setPreviewed] = useState<string>();
  const [restarting, setRestarting] = useState<string>();
  const [dismissed, setDismissed] = useState<string>();
  const [answers, setAnswers] = useState<readonly ProbeResult[]>([]);
  const probe = useAction(async () => setAnswers(await call('probe', { project: shown })));
  const operation = useAction(({ project, ...ask }: Begin) =>
    ask.do === 'cancel' ? call('cancel', { project }) : call('operate', { project, ...ask.request }),
  );
  const failure = snapshot?.failure && snapshot.failure.at !== dismissed ? snapshot.failure : undefined;
  return {
    ask: (ask, project = shown) => {
      if (ask.do === 'preview') setPreviewed(project);
      else if (ask.do === 'doctor') onGo({ view: 'doctor' });
      else if (ask.do === 'setup') onGo({ view: 'setup' });
      else if (ask.do === 'probe') probe.run();
      else if (isWholeRestart(ask)) setRestarting(project);
      else operation.run({ ...ask, project });
    },
    operation,
    probe,
    answers,
    restarting,
    closeRestart: () => setRestarting(undefined),
    previewed,
    closePreview: () => setPreviewed(undefined),
    failure,
    dismissFailure: () => setDismissed(snapshot?.failure?.at),
    canOperate: isFree(snapshot) && !operation.isRunning,
  };
}

/** It takes everything down for a while, and may not do what it is asked for. */
const isWholeRestart = (ask: Ask): boolean =>
  ask.do === 'operate' && ask.request.kind === 'restart' && ask.request.services.length === 0;
