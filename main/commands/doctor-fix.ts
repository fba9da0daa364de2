import { appError, errorsOf, exitCodeOf, failure, type AppError } from '../errors.ts';
import type { StackRef } from '../stack/stack-types.ts';
import type { Finding } from '../system/doctor-types.ts';
import type { Call, Context } from './command-types.ts';
import { CANCELLED } from './interrupts.ts';
import { operate } from './operate.ts';
import { askYes, canAsk } from './prompt.ts';
import { targetOf, withValue } from './settings-target.ts';
import { wordsForStack } from './target.ts';
import { tellErrors } from './tell.ts';

/** One fix as a program does it. */
interface Deed {
  readonly words: string;
  /** what it changes of data or roles: never done unasked */
  readonly asks?: string | undefined;
  readonly run: () => Promise<unknown>;
}

/** A fix may bring out the next one: a setting that is changed wants to be applied. */
const ROUNDS = 3;

/**
 * Mends what a program can mend, each after a question; with `--yes` without one where neither data nor roles change.
 * What the plan of a fix asks is never answered by `--yes`.
 * @returns how things are afterwards
 * @throws Failure `cli.no-terminal` where nobody can be asked
 */
export async function fixFindings(
  call: Call,
  context: Context,
  ref: StackRef,
  examine: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  if (!call.flag('yes') && (context.json || !canAsk(context)))
    throw failure('cli.no-terminal', { what: 'A yes to each fix (or --yes for those that change no data)' });
  const tried = new Set<string>();
  let findings = await examine();
  for (let round = 0; round < ROUNDS; round += 1) {
    let done = 0;
    for (const finding of findings) {
      const deed = deedOf(finding, call, context, ref);
      if (!deed || tried.has(finding.id)) continue;
      tried.add(finding.id);
      if (await isAgreed(finding, deed, call, context)) done += await attempt(deed, call, context);
    }
    if (done === 0) return findings;
    findings = await examine();
  }
  return findings;
}

function deedOf(
  { id, status, remedy }: Finding,
  call: Call,
  context: Context,
  ref: StackRef,
): Deed | undefined {
  if (!remedy || (status !== 'fail' && status !== 'warn')) return undefined;
  // --yes is for the fix, and for nothing that a plan asks on the way: who can be asked is, and who cannot says no
  switch (remedy.do) {
    case 'start':
    case 'apply': {
      const words = remedy.do === 'start' ? 'Start what is missing' : 'Apply the changes';
      return { words, run: () => operate(call, context, (stack, io) => stack.up({}, io)) };
    }
    case 'use-port':
    case 'use-value': {
      const value = remedy.do === 'use-port' ? String(remedy.port) : remedy.value;
      return {
        words: `Set ${remedy.setting} to ${value}`,
        ...(remedy.do === 'use-value' && { asks: remedy.asks }),
        run: async () => {
          const target = await targetOf(call, context, remedy.setting);
          const { settings } = (await context.core()).edges;
          await settings.update((before) => withValue(before, target, value));
        },
      };
    }
    case 'repair':
      return {
        words: remedy.label,
        asks: remedy.asks,
        run: async () => {
          const core = await context.core();
          await operate(call, context, (_, io) => core.repair({ ref, id, io }));
        },
      };
    // these lead to a place where the user decides
    case 'open-setting':
    case 'choose-engine':
    case 'open-card':
    case 'open-folder':
    case 'copy':
    case 'logs':
  }
  return undefined;
}

async function isAgreed(finding: Finding, deed: Deed, call: Call, context: Context): Promise<boolean> {
  if (call.flag('yes') && deed.asks === undefined) return true;
  const { screen } = context;
  if (context.json || !canAsk(context)) {
    if (!context.json)
      screen.note(`${finding.title}: not mended, since it changes data or a role and nobody can be asked.`);
    return false;
  }
  const why = `${finding.title}: ${finding.detail}${deed.asks === undefined ? '' : `\n${deed.asks}`}`;
  return askYes(context, `${why}\n${deed.words}?`);
}

/** 1 when it was done; what it failed with is said, and the others go on. */
async function attempt(deed: Deed, call: Call, context: Context): Promise<0 | 1> {
  const { terminal, screen, json } = context;
  try {
    await deed.run();
    if (!json) screen.note(`Done: ${deed.words}`);
    return 1;
  } catch (thrown) {
    const errors = errorsOf(thrown).map((error) => withWord(error, deed));
    if (exitCodeOf(errors) === CANCELLED) throw thrown;
    tellErrors({ terminal, screen, json, stack: wordsForStack(call) }, errors, thrown);
    return 0;
  }
}

/** What wants the user's word gets it where its plan is shown, not here. */
function withWord(error: AppError, { words }: Deed): AppError {
  const { texts } = error.data;
  if (error.code !== 'stack.confirmation-needed' || !Array.isArray(texts)) return error;
  return appError('doctor.needs-word', { what: words, texts: texts.map(String) });
}
