import type {
  EngineFacts,
  FindingShape,
  Setup,
  SetupStack,
  SetupStep,
  StackSetting,
} from '../main/channels.ts';
import type { StackStatus } from '../main/contract.ts';
import type { SaidError } from './state.ts';

/** The steps of a setup in their order. */
export const STEPS: readonly { readonly id: SetupStep; readonly title: string; readonly question: string }[] =
  [
    { id: 'engine', title: 'Engine', question: 'What runs the containers?' },
    { id: 'profile', title: 'Profile', question: 'Which Letta do you want?' },
    { id: 'keys', title: 'Keys', question: 'Which models may it use?' },
    { id: 'place', title: 'Ports and data', question: 'Where is it, and where does its data live?' },
    { id: 'review', title: 'Review', question: 'What will happen?' },
    { id: 'start', title: 'Start', question: 'Is it running?' },
  ];

/** What of the world decides how far one can go. */
export interface SetupFacts {
  /** undefined: not looked yet */
  readonly isEngineThere: boolean | undefined;
  readonly project: string | undefined;
  /** findings about ports, room and the file; undefined: not looked yet */
  readonly findings: readonly FindingShape[] | undefined;
}

const indexOf = (step: SetupStep): number => STEPS.findIndex((s) => s.id === step);

/** The step that is shown for one that was left: what it stands on may be gone since. Pure, as all here. */
export function shownStep({ step }: Setup, facts: SetupFacts): SetupStep {
  // what is wrong while it starts is said there
  if (step === 'start' && facts.project !== undefined) return step;
  if (facts.isEngineThere === false) return 'engine';
  if (facts.project === undefined && indexOf(step) > indexOf('profile')) return 'profile';
  return step;
}

/** Why one cannot go on from a step; undefined: one can. */
export function heldBy(step: SetupStep, facts: SetupFacts): string | undefined {
  if (facts.isEngineThere === undefined) return 'The engine is asked.';
  if (!facts.isEngineThere) return 'Without an engine nothing can run. It is looked for again by itself.';
  if (step === 'engine') return undefined;
  if (facts.project === undefined) return 'Choose a profile.';
  if (step !== 'place') return undefined;
  const failed = (id: string): boolean =>
    facts.findings?.some((f) => f.id === id && f.status === 'fail') ?? false;
  if (failed('compose-file')) return 'Something that it needs is not set yet, or cannot be read.';
  return failed('ports') ? 'A port is taken: take another one first.' : undefined;
}

/** Two settings that ask for the same port of this computer, in a sentence; undefined: there are none. */
export function clashOf(settings: readonly StackSetting[]): string | undefined {
  const byPort = Map.groupBy(
    settings.filter((s) => s.type === 'port'),
    (s) => s.value,
  );
  const [port, clashing] = [...byPort].find(([, its]) => its.length > 1) ?? [];
  return (
    clashing &&
    `${clashing.map((s) => s.label || s.name).join(' and ')} are both ${port}: only one can have it.`
  );
}

/** What is said of a stack's ports where the doctor says nothing of them. */
export function portWords(
  findings: readonly FindingShape[] | undefined,
  settings: readonly StackSetting[],
): string {
  if (!findings) return 'Looking …';
  return settings.some((s) => s.type === 'port')
    ? 'Whether its ports are free cannot be told from here.'
    : 'It publishes none on this computer.';
}

export const stepAfter = (step: SetupStep): SetupStep => STEPS[indexOf(step) + 1]?.id ?? 'start';
export const stepBefore = (step: SetupStep): SetupStep | undefined => STEPS[indexOf(step) - 1]?.id;
export const isBefore = (step: SetupStep, other: SetupStep): boolean => indexOf(step) < indexOf(other);

/**
 * Where "use the defaults" leads: to the review, or to the first step on the way that has no safe default here;
 * undefined where there is nothing to skip.
 */
export function skipFrom(step: SetupStep, facts: SetupFacts): SetupStep | undefined {
  if (!isBefore(step, 'place') || heldBy(step, facts) !== undefined) return undefined;
  const at = STEPS.slice(indexOf(step) + 1, indexOf('review')).find(
    ({ id }) => heldBy(id, facts) !== undefined,
  );
  return at?.id ?? 'review';
}

/** What cannot be read, or gets no graphics card, cannot be chosen; too little room is the user's to judge. */
export const canChoose = ({ problems, gpu }: SetupStack): boolean =>
  problems.length === 0 && gpu?.verdict !== 'not';

/** The stack that is chosen where nobody has chosen: the recommended one. */
export const firstChoice = (stacks: readonly SetupStack[]): string | undefined =>
  (stacks.find((s) => s.recommended !== undefined) ?? stacks.find(canChoose))?.project;

/** What of a need is missing; undefined: there is enough, or nobody can say. */
export const isMissing = ({ needed, has }: SetupStack['needs'][number]): boolean =>
  has !== undefined && has < needed;

/** A step in which what a start failed with can be mended. */
export interface Mend {
  readonly step: SetupStep;
  readonly text: string;
}

const MENDS: readonly (readonly [codes: RegExp, mend: Mend])[] = [
  [/\.port-/, { step: 'place', text: 'Choose another port' }],
  [/^secrets\.|^stack\.secret/, { step: 'keys', text: 'Look at the keys' }],
  [
    /^engine\.(not-(installed|running|started)|permission|unreach|timeout|half-open|tls|ssh|conn)/,
    { step: 'engine', text: 'Look at the engine' },
  ],
  [/^settings\./, { step: 'place', text: 'Look at the settings' }],
];

/** Where a failed start can be mended; undefined: what to do is said with the error. */
export const mendOf = (codes: readonly string[]): Mend | undefined =>
  MENDS.find(([pattern]) => codes.some((code) => pattern.test(code)))?.[1];

/** Names of the secrets that data which is there was made with, and which a start therefore never makes anew. */
export const keysOfData = (errors: readonly SaidError[]): string[] =>
  errors.flatMap(({ code, data: { name, volume } }) =>
    code === 'stack.secret-missing' && volume !== undefined && typeof name === 'string' ? [name] : [],
  );

/** Whether the start is over, so that nothing of the setup is asked again. */
export const isOver = (status: StackStatus | undefined): boolean => status === 'running';

/** What the engine step leads with: one sentence. */
export function engineSentence({ machine, todo, startable }: EngineFacts): string {
  if (machine) return 'A container engine was found, and it answers.';
  if (startable !== undefined) return `${startable} is installed, and does not run.`;
  return todo.length > 0
    ? 'Letta runs in containers, and nothing here can run them yet.'
    : 'The engine does not answer.';
}
