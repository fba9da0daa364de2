import type { Core } from '../core-types.ts';
import { failure, hasCode, nameStack } from '../errors.ts';
import { nearest } from '../model/nearest.ts';
import type { StackRef } from '../stack/stack-types.ts';
import type { Finding } from '../system/doctor-types.ts';
import type { Call, RunCommand } from './command-types.ts';
import { fixFindings } from './doctor-fix.ts';
import type { Style } from './style.ts';
import { refOf, wordsForStack } from './target.ts';
import { print, printJson } from './terminal.ts';
import { columns } from './text.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, screen, json } = context;
  const asked = await checksAskedFor(call);
  const core = await context.core();
  const ref = refOf(call, terminal.cwd);
  const only = asked.length === 0 && !(await isThere(core, ref)) ? await checksWithoutStack() : asked;
  const stack = wordsForStack(call);
  const examine = async (): Promise<readonly Finding[]> => {
    const found = await core.doctor({ ref, ...(only.length > 0 && { only }) });
    return found.map((f) => ({ ...f, ...(f.fix !== undefined && { fix: nameStack(f.fix, stack) }) }));
  };
  const findings = call.flag('fix') ? await fixFindings(call, context, ref, examine) : await examine();
  if (json) await printJson(terminal, findings);
  else await print(terminal, findingsText(findings, screen.style));
  return exitCode(findings);
};

/** 3 when the engine cannot be reached, else 1 when something else fails. */
export function exitCode(findings: readonly Finding[]): 0 | 1 | 3 {
  const failed = findings.filter((f) => f.status === 'fail');
  if (failed.some((f) => f.id === 'engine')) return 3;
  return failed.length > 0 ? 1 : 0;
}

/** Before the first `up` there may be no stack, and nothing wrong with that. */
async function isThere(core: Core, ref: StackRef): Promise<boolean> {
  try {
    await core.stack(ref);
    return true;
  } catch (e) {
    // what is wrong with a stack that is meant is the checks' to say
    return !hasCode(e, 'stack.no-stack');
  }
}

async function checksWithoutStack(): Promise<readonly string[]> {
  return (await import('../system/doctor.ts')).checksWithoutStack;
}

/** `--only a,b --only c` */
async function checksAskedFor(call: Call): Promise<readonly string[]> {
  const asked = call.list('only').flatMap((ids) => ids.split(','));
  if (asked.length === 0) return [];
  const { checks } = await import('../system/doctor.ts');
  const choices = checks.map((c) => c.id);
  const wrong = asked.find((id) => !choices.includes(id));
  if (wrong !== undefined) {
    throw failure('cli.bad-choice', { what: '--only', value: wrong, choices, near: nearest(wrong, choices) });
  }
  return asked;
}

/** A line a check; below it further lines of what was found, and what to do. Ends with a newline. */
export function findingsText(findings: readonly Finding[], style: Style): string {
  const { signs, paint } = style;
  const words = {
    ok: paint('green', `${signs.done} ok`),
    warn: paint('yellow', `${signs.warning} warn`),
    fail: paint('red', `${signs.failed} fail`),
    skip: paint('dim', `${signs.waiting} skip`),
  };
  const rows = findings.flatMap((f) => {
    const [first = '', ...more] = f.detail.split('\n');
    const fix = f.fix?.split('\n') ?? [];
    return [
      [words[f.status], f.title, first],
      ...more.map((line) => ['', '', line]),
      ...fix.map((line, i) => ['', '', i === 0 ? `fix: ${line}` : `     ${line}`]),
    ];
  });
  return columns(rows);
}
