import { useState } from 'react';
import type { AppSnapshot, Setup, SetupStack, SetupStep } from '../main/channels.ts';
import { useAnswer, type Answer } from './answer.ts';
import { useAction, useConnection, useNow, type Action } from './context.ts';
import type { Place } from './places.ts';
import { firstChoice, shownStep, type SetupFacts } from './setup-model.ts';
import type { StackActions } from './stack-actions.ts';

/** How often is looked again at what the user may be mending elsewhere, in milliseconds. */
const AGAIN_MS = 3_000;

/** A setup under way: where it is, what it stands on, and the ways from there. */
export interface SetupState {
  readonly step: SetupStep;
  readonly project: string | undefined;
  readonly stack: SetupStack | undefined;
  readonly facts: SetupFacts;
  readonly engine: Answer<'engineFacts'>;
  readonly stacks: Answer<'setupStacks'>;
  readonly place: Answer<'doctor'>;
  /** project of the present stack, where it is another: it is stopped before the start */
  readonly stops: string | undefined;
  readonly go: (step: SetupStep) => void;
  readonly choose: (project: string) => void;
  /** nothing of it is asked again */
  readonly end: () => void;
  /** the same, and to the overview */
  readonly leave: Action;
  /** of keeping where it is */
  readonly kept: Action<Setup | null>;
}

/** What a step is given. */
export interface StepProps {
  readonly snapshot: AppSnapshot;
  readonly actions: StackActions;
  readonly setup: SetupState;
  readonly onGo: (place: Place) => void;
}

/** @param snapshot with the app's settings, which say how far the setup was */
export function useSetup(snapshot: AppSnapshot, onGo: (place: Place) => void): SetupState {
  const { call } = useConnection();
  const [setup, setSetup] = useState<Setup>(snapshot.options?.setup ?? { step: 'engine' });
  const kept = useAction((now: Setup | null) => call('changeOptions', { setup: now }));

  const leave = useAction(async () => {
    await call('changeOptions', { setup: null });
    onGo({ view: 'overview' });
  });

  const { engine: told, settingsSeen = 0 } = snapshot;
  const isLost = snapshot.isCurrent && !told.reachable;
  const seen = `${isLost} ${told.url} ${told.error?.code}`;
  const engine = useAnswer('engineFacts', {}, useBeat(seen, isLost));
  const isEngineThere = engine.answer && engine.answer.machine !== undefined && !isEngineFault(snapshot);
  const stacks = useAnswer('setupStacks', {}, `${seen} ${settingsSeen}`);
  const project = setup.project ?? (stacks.answer && firstChoice(stacks.answer));

  const { current } = snapshot;
  const stops = current === project ? undefined : current;
  const [isPlaceWrong, setPlaceWrong] = useState(false);
  const when = useBeat(`${project} ${stops} ${seen} ${settingsSeen} ${setup.step}`, isPlaceWrong);
  const place = useAnswer(
    'doctor',
    {
      ...(project !== undefined && { project }),
      only: ['ports', 'disk', 'compose-file'],
      ...(stops !== undefined && { stops }),
    },
    project === undefined || isEngineThere !== true || setup.step === 'start' ? undefined : when,
  );
  const isWrong =
    setup.step === 'place' &&
    // what a file warns of stays
    (place.answer?.some((f) => f.status === 'fail' || (f.status === 'warn' && f.id === 'disk')) ?? false);
  if (isWrong !== isPlaceWrong) setPlaceWrong(isWrong);

  const facts = { isEngineThere, project, findings: place.answer };
  const keep = (next: Setup): void => {
    setSetup(next);
    kept.run(next);
  };
  return {
    step: shownStep(setup, facts),
    project,
    stack: stacks.answer?.find((s) => s.project === project),
    facts,
    engine,
    stacks,
    place,
    stops,
    go: (step) => {
      // what is recommended is a choice from the step after it on
      const chosen = step === 'engine' ? setup.project : project;
      keep({ step, ...(chosen !== undefined && { project: chosen }) });
    },
    choose: (chosen) => setSetup((before) => ({ ...before, project: chosen })),
    end: () => kept.run(null),
    leave,
    kept,
  };
}

/** A text of `seen` that is another every few seconds while something is being waited for. */
function useBeat(seen: string, isWaiting: boolean): string {
  const now = useNow(isWaiting ? AGAIN_MS : undefined);
  return isWaiting ? `${seen} ${Math.floor(now / AGAIN_MS)}` : seen;
}

/** It answered before, and does not now; what cannot be read is no fault of the engine. */
const isEngineFault = ({ isCurrent, engine }: AppSnapshot): boolean =>
  isCurrent && !engine.reachable && (engine.error?.code.startsWith('engine.') ?? true);
