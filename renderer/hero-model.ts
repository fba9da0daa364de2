import type { AppSnapshot, Operate, OperationFailure } from '../main/channels.ts';
import { isUp, type ServiceState, type StackState } from '../main/contract.ts';
import { OPERATION, STACK, type Look } from './looks.ts';

/** What is asked of the stack that is shown: which one that is, is known where it is asked. */
export type Request = Omit<Operate, 'project'>;

/** What a button of the overview asks for. */
export type Ask =
  | { readonly do: 'operate'; readonly request: Request }
  | { readonly do: 'cancel' }
  | { readonly do: 'preview' }
  | { readonly do: 'probe' }
  | { readonly do: 'doctor' }
  | { readonly do: 'setup' };

export interface Offer {
  readonly text: string;
  readonly ask: Ask;
}

/** The answer to "is it all right?": a state, why, and what to do about it. */
export interface Hero {
  readonly look: Look;
  readonly sentence: string;
  /** what the user can do about it, where no button does it */
  readonly next?: string;
  readonly primary?: Offer;
  readonly others: readonly Offer[];
}

const operate = (kind: Operate['kind'], ...services: string[]): Ask => ({
  do: 'operate',
  request: { kind, services },
});
const STOP: Offer = { text: 'Stop', ask: operate('stop') };
const EXPLAIN: Offer = { text: 'What will happen?', ask: { do: 'preview' } };
const CHECK: Offer = { text: 'Check again', ask: { do: 'probe' } };

/** A later operation goes on from what is there (stack/plan). */
const CANCELLED = 'It was cancelled on the way: what was done stays, and the next start goes on from there.';
/** What was started is the engine's, and no cancel stops it. */
const GOES_ON = 'It was cancelled on the way: what had been started by then goes on, until it is stopped.';

/** The overview's head. Pure: `failure` is the last operation's, unless the user has put it away. */
export function heroOf(snapshot: AppSnapshot | undefined, failure: OperationFailure | undefined): Hero {
  const stack = snapshot && stackOf(snapshot);
  if (snapshot && !snapshot.engine.reachable) return unreachable(snapshot, stack);
  if (!snapshot || (!stack && !snapshot.isCurrent)) {
    return {
      look: { icon: 'busy', word: 'Looking …', tone: 'busy' },
      sentence: 'The engine is asked.',
      others: [],
    };
  }
  const { ended } = snapshot;
  const isCancelled = ended?.outcome === 'cancelled' && ended.project === snapshot.current;
  if (stack?.status === 'busy') {
    const hero = busy(stack);
    return isCancelled && !stack.operation ? { ...hero, next: GOES_ON } : hero;
  }
  if (stack?.status === 'unknown') return unreachable(snapshot, stack);
  const hero = withSetup(stack ? settled(stack) : notYetStarted(), snapshot);
  if (failure && failure.project === snapshot.current) return withRetry(hero, failure);
  return isCancelled && stack?.status !== 'running' ? { ...hero, next: CANCELLED } : hero;
}

/** The stack that is shown. */
export function stackOf(snapshot: AppSnapshot): StackState | undefined {
  return snapshot.stacks.find((s) => s.project === snapshot.current) ?? snapshot.stacks[0];
}

/** Names the stack that is shown, in what is asked of it. */
export const projectOf = (snapshot: AppSnapshot | undefined): string => snapshot?.current ?? '';

/** Whether something may be begun with the stack: it is seen as it is now, and nothing is done with it yet. */
export function isFree(snapshot: AppSnapshot | undefined): boolean {
  if (!snapshot?.isCurrent || !snapshot.engine.reachable) return false;
  return stackOf(snapshot)?.status !== 'busy';
}

function unreachable({ engine, options }: AppSnapshot, stack: StackState | undefined): Hero {
  const setUp: Offer = { text: 'Set up …', ask: { do: 'setup' } };
  return {
    look: STACK.unknown,
    sentence: engine.error?.message ?? stack?.sentence ?? 'The engine does not answer.',
    ...(engine.error && { next: engine.error.next }),
    primary: { text: 'Find out why', ask: { do: 'doctor' } },
    // it says what to install
    others: options?.setup ? [setUp] : [],
  };
}

function busy({ operation, sentence, services }: StackState): Hero {
  if (!operation) {
    const look = { ...STACK.busy, word: 'Starting' };
    return { look, sentence, others: services.some(isUp) ? [STOP] : [] };
  }
  const [word, what] = OPERATION[operation.kind];
  return {
    look: { ...STACK.busy, word },
    sentence: what,
    others: operation.cancellable ? [{ text: 'Cancel', ask: { do: 'cancel' } }] : [],
  };
}

const NOT_YET = 'Not started yet';

function notYetStarted(): Hero {
  return {
    look: { ...STACK.stopped, word: NOT_YET },
    sentence: 'No container of it is there. The first start downloads the images and creates what is needed.',
    primary: { text: 'Start …', ask: { do: 'preview' } },
    others: [],
  };
}

/** Who has not been through the setup is led there first; the start without it stays. */
function withSetup(hero: Hero, { options }: AppSnapshot): Hero {
  const setup = options?.setup;
  if (!setup || hero.look.word !== NOT_YET) return hero;
  const text = setup.step === 'engine' ? 'Set up …' : 'Continue the setup …';
  const others = [...(hero.primary ? [hero.primary] : []), ...hero.others];
  return { ...hero, primary: { text, ask: { do: 'setup' } }, others };
}

function settled(stack: StackState): Hero {
  const { services, sentence, updateAvailable } = stack;
  const look = STACK[stack.status];
  const stop = services.some(isUp) ? [STOP] : [];
  switch (stack.status) {
    case 'stopped':
      return { look, ...stopped(stack) };
    case 'failed':
      return { look, sentence, primary: failedOffer(services), others: stop };
    case 'degraded': {
      const refused = refusalOf(stack);
      if (refused) return { look, ...refused, primary: APPLY, others: [degradedOffer(stack), ...stop] };
      return { look, sentence, primary: degradedOffer(stack), others: stop };
    }
    case 'running':
      return {
        look,
        sentence,
        ...(updateAvailable !== undefined && { primary: { text: 'Update …', ask: { do: 'preview' } } }),
        others: [{ text: 'Restart', ask: operate('restart') }, ...stop],
      };
    case 'busy':
    case 'unknown':
  }
  return { look, sentence, others: stop };
}

/** What makes something new is shown before it is done. */
function stopped({ services, sentence, updateAvailable }: StackState): Omit<Hero, 'look'> & { look?: Look } {
  if (services.every((s) => s.status === 'absent')) return notYetStarted();
  const isNew = updateAvailable !== undefined || services.some((s) => s.status === 'absent');
  if (isNew) return { sentence, primary: { text: 'Start …', ask: { do: 'preview' } }, others: [] };
  return { sentence, primary: { text: 'Start', ask: operate('up') }, others: [EXPLAIN] };
}

/** What keeps ending is there already, and a start would leave it as it is. */
function failedOffer(services: readonly ServiceState[]): Offer {
  const looping = services.find((s) => s.status === 'restarting');
  return looping ? restart(looping) : { text: 'Try again', ask: operate('up') };
}

const APPLY: Offer = { text: 'Apply changes …', ask: { do: 'preview' } };
/** What is answered to a password or key that is not the one a service was started with (PostgreSQL, Redis, HTTP). */
const REFUSED = /password authentication failed|WRONGPASS|NOAUTH|\bHTTP 401\b/i;

/**
 * A probe that was refused: most often a password was changed while the stack runs, which a restart gives to nobody.
 * What exactly was answered stands with the probes.
 */
function refusalOf({ cause, probes }: StackState): Pick<Hero, 'sentence' | 'next'> | undefined {
  const failed = cause?.kind === 'probe' ? probes.find((p) => !p.ok) : undefined;
  if (!failed || !REFUSED.test(failed.answer)) return undefined;
  return {
    sentence: `${failed.label}: its password or key was refused.`,
    next: 'One that was changed while the stack runs is taken when the changes are applied.',
  };
}

function degradedOffer({ cause, probes, services }: StackState): Offer {
  if (cause?.kind === 'probe') {
    const failed = probes.find((p) => !p.ok);
    const service = services.find((s) => s.name === failed?.service);
    return service ? restart(service) : CHECK;
  }
  const sick = rootOf(services.filter((s) => s.status === 'unhealthy' || s.status === 'paused'));
  if (sick) return restart(sick);
  const isNew = services.some((s) => s.status === 'absent');
  return isNew
    ? { text: 'Start what is missing …', ask: { do: 'preview' } }
    : { text: 'Start what is missing', ask: operate('up') };
}

/** Of several that are not well the one that the others suffer from. */
function rootOf(sick: readonly ServiceState[]): ServiceState | undefined {
  const names = new Set(sick.map((s) => s.name));
  return sick.find((s) => !s.dependsOn?.some((d) => names.has(d))) ?? sick[0];
}

const restart = ({ name }: ServiceState): Offer => ({
  text: `Restart ${name}`,
  ask: operate('restart', name),
});

/** A start goes on from what is there, so it can be tried again; what it lacked was the user's word: that is asked. */
function withRetry(hero: Hero, { kind, errors }: OperationFailure): Hero {
  if (kind !== 'up' && kind !== 'start') return hero;
  const isAsked = errors.some((e) => e.code === 'stack.confirmation-needed');
  const primary: Offer = isAsked
    ? { text: 'Review and start …', ask: { do: 'preview' } }
    : { text: 'Try again', ask: operate('up') };
  const isMore =
    hero.primary && hero.primary.ask.do === 'operate' && hero.primary.ask.request.kind === 'restart';
  return { ...hero, primary, others: isMore && hero.primary ? [hero.primary, ...hero.others] : hero.others };
}
