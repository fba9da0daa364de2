import { resolve } from 'node:path';
import { appError, failure, say } from '../errors.ts';
import { lossesOf, mayBeDeleted, type EnvContents } from '../env-import.ts';
import { sealedIn } from '../key-backup.ts';
import { placeOfLoss, type EnvLoss } from '../key-channels.ts';
import { readImport, takeImport, takeable } from '../take-import.ts';
import { deleteEnvFile } from '../system/env-file.ts';
import type { Call, Context, RunCommand } from './command-types.ts';
import { askYes, canAsk } from './prompt.ts';
import { stackOf, wordsForStack } from './target.ts';
import { errorText, tellErrors, tellWarnings } from './tell.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, json } = context;
  const file = resolve(terminal.cwd, call.values[0] ?? '');
  const sealed = sealedIn(file);
  if (sealed) return (await import('./secrets-restore.ts')).restoreSecrets(call, context, { file, sealed });
  const stack = await stackOf(call, context);
  const core = await context.core();
  const { file: read, contents } = await readImport(core, stack, file);
  const names = takeable(contents, call.flag('doubtful'));
  if (!json) await print(terminal, foundText(contents, new Set(names)));
  if (names.length === 0 && contents.secrets.every((s) => !s.isStored))
    throw failure('secrets.import-nothing', { file, project: stack.project });
  const asks = canAsk(context) && !json && !call.flag('yes') && names.length > 0;
  if (asks && !(await askYes(context, `Store these ${names.length} for ${stack.project}?`))) return 1;
  const { taken, failed, warnings } = await takeImport(core, stack, contents, new Set(names));
  tellWarnings(
    context,
    warnings.map((w) => say(w, wordsForStack(call))),
  );
  const losses = lossesOf(contents, new Set(taken));
  const mayDelete = failed.length === 0 && mayBeDeleted(contents);
  const deleted = mayDelete && (await wantsDeletion(call, context, file, losses));
  if (deleted) deleteEnvFile(read);
  const { invented, others } = contents;
  if (json) {
    const left = losses.map(placeOfLoss);
    await printJson(terminal, { file, taken, left, invented: invented.map((i) => i.name), others, deleted });
  } else {
    for (const { errors } of failed)
      for (const error of errors) context.screen.note(errorText(say(error), 'error', context.screen));
    const next = deleted
      ? `${file} is deleted.`
      : `${file} still has them in plain text${losses.length > 0 ? `, and alone has ${listed(losses)}` : ''}: delete it when nothing needs it.`;
    const stored =
      names.length === 0 ? 'All of it is stored already' : `${taken.length} of ${names.length} are stored`;
    await print(terminal, `${stored}. ${next}\n`);
  }
  if (failed.length > 0) return 1;
  if (!call.flag('delete') || deleted) return 0;
  const reason = `it has what is stored nowhere: ${listed(losses)}`;
  return tellErrors(context, [appError('secrets.import-kept', { file, reason })]);
};

/**
 * Only where it was said: by `--delete`, as long as nothing is lost by it, or by a word to the question, which names
 * what is.
 */
async function wantsDeletion(
  call: Call,
  context: Context,
  file: string,
  losses: readonly EnvLoss[],
): Promise<boolean> {
  if (call.flag('delete')) return losses.length === 0;
  if (!canAsk(context) || context.json || call.flag('yes')) return false;
  if (losses.length === 0) return askYes(context, `Delete ${file}, which has them in plain text?`);
  return askYes(context, `${listed(losses)} would be lost. Delete ${file} all the same?`);
}

const listed = (losses: readonly EnvLoss[]): string => losses.map(placeOfLoss).join(', ');

/** What the file has, by what becomes of it; never a value of a secret. Ends with a newline. */
export function foundText(contents: EnvContents, names: ReadonlySet<string>): string {
  const { secrets, settings, invented, others, empty, losses } = contents;
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [`${title}\n${lines.map((line) => `  ${line}\n`).join('')}`];
  const why = (problem: string | undefined, doubt?: string): string => `: ${problem ?? doubt ?? ''}`;
  return [
    ...section(
      'Secrets that it takes',
      secrets
        .filter((s) => names.has(s.name))
        .map((s) =>
          [s.name, s.isSet ? 'replaces what is set' : '', s.doubt ?? ''].filter(Boolean).join(', '),
        ),
    ),
    ...section(
      'Settings that it takes',
      settings.filter((s) => names.has(s.variable)).map((s) => `${s.variable} is ${s.name} = ${s.value}`),
    ),
    ...section('Left out', [
      ...secrets.filter((s) => !names.has(s.name)).map((s) => s.name + why(s.problem, s.doubt)),
      ...settings.filter((s) => !names.has(s.variable)).map((s) => s.variable + why(s.problem)),
      ...empty.map((name) => `${name}: it is empty`),
      ...losses.filter((l) => 'line' in l).map((l) => `${placeOfLoss(l)}: ${l.why}`),
    ]),
    ...section(
      'Invented: no server reads them',
      invented.map(({ name, why: reason }) => `${name}: ${reason}`),
    ),
    ...section(
      'Not of this stack',
      others.map((name) => {
        const loss = losses.find((l) => 'name' in l && l.name === name);
        return loss ? `${name}: ${loss.why}` : name;
      }),
    ),
  ].join('\n');
}
