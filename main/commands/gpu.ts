import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Fit, FitRemedy, GpuCard, GpuReport, VllmOffer } from '../contract.ts';
import { gib, tokens, VERDICTS } from '../gpu/fit-words.ts';
import { contextOf } from './options.ts';
import type { RunCommand } from './command-types.ts';
import type { Style } from './style.ts';
import { harmless } from './style.ts';
import { quoted } from './target.ts';
import { print, printJson } from './terminal.ts';
import { columns, table } from './text.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, screen, json } = context;
  const model = call.text('model');
  const length = call.text('max-length');
  const core = await context.core();
  const report = await core.gpu({
    ...(await named(model, terminal.cwd)),
    probe: call.flag('probe'),
    ...(length !== undefined && { context: contextOf('--max-length', length) }),
  });
  if (json) await printJson(terminal, report);
  else await print(terminal, gpuText(report, screen.style));
  return 0;
};

/** A model of the list by its name, another one by its config.json. */
async function named(model: string | undefined, cwd: string): Promise<{ model?: string; config?: string }> {
  if (model === undefined) return {};
  const { isListed } = await import('../gpu/report.ts');
  const file = path.resolve(cwd, model);
  return isListed(model) || !existsSync(file) ? { model } : { config: file };
}

/** The whole answer as text. Ends with a newline. */
export function gpuText(report: GpuReport, style: Style): string {
  const { fit, remedy } = report;
  return [
    factsText(report),
    offerText(report.offer, style),
    fit ? fitText(fit, style) : modelsText(report, style),
    ...(remedy ? [remedyText(remedy)] : []),
  ].join('\n');
}

function factsText({ facts }: GpuReport): string {
  const rows = facts.cards.flatMap((card) => [
    [harmless(card.name), cardWords(card)],
    ...(card.mig ?? []).map((part) => [`  MIG ${part.profile}`, memoryWords(part.memory) ?? part.uuid]),
  ]);
  const versions = [
    ...(facts.driver === undefined ? [] : [`driver ${facts.driver}`]),
    ...(facts.cuda === undefined ? [] : [`CUDA ${facts.cuda}`]),
  ];
  const cards = rows.length > 0 ? columns(rows) : 'No graphics card was found on this computer.\n';
  return cards + (versions.length > 0 ? `NVIDIA ${versions.join(', ')}\n` : '');
}

function cardWords({ memory, computeCapability, isUnified }: GpuCard): string {
  const words = [
    memoryWords(memory),
    isUnified ? 'shared with the computer' : undefined,
    computeCapability === undefined ? undefined : `compute capability ${computeCapability}`,
  ];
  return words.filter((w) => w !== undefined).join(', ');
}

function memoryWords(memory: GpuCard['memory']): string | undefined {
  if (!memory) return undefined;
  const { total, free } = memory;
  return free === undefined ? gib(total) : `${gib(free)} of ${gib(total)} free`;
}

function offerText({ verdict, why, steps, instead }: VllmOffer, style: Style): string {
  const { paint, signs } = style;
  const words = {
    works: paint('green', `${signs.done} works`),
    likely: paint('green', `${signs.done} likely`),
    not: paint('yellow', `${signs.warning} not`),
  };
  return [
    `vLLM: ${words[verdict]}`,
    harmless(why),
    ...steps.flatMap(({ say, command }, i) => [
      `  ${i + 1}. ${harmless(say)}`,
      ...(command === undefined ? [] : [`     ${harmless(command)}`]),
    ]),
    ...(instead === undefined ? [] : [`Instead: ${instead}`]),
    '',
  ].join('\n');
}

function verdictText(verdict: Fit['verdict'], { paint, signs }: Style): string {
  const words = VERDICTS[verdict];
  if (verdict === 'fits') return paint('green', `${signs.done} ${words}`);
  if (verdict === 'too-large') return paint('red', `${signs.failed} ${words}`);
  return verdict === 'unknown' ? `${signs.waiting} ${words}` : paint('yellow', `${signs.warning} ${words}`);
}

function modelsText({ models, context }: GpuReport, style: Style): string {
  const isCompared = models.some((m) => m.verdict !== 'unknown');
  const rows = models.map((m) => [
    m.id,
    `${(m.parameters / 1e9).toFixed(1)} B`,
    tokens(m.longestContext),
    gib(m.needed),
    ...(isCompared ? [verdictText(m.verdict, style)] : []),
  ]);
  const headings = ['MODEL', 'PARAMETERS', 'LONGEST CONTEXT', 'NEEDS', ...(isCompared ? ['HERE'] : [])];
  return [
    `With a context of ${tokens(context)} tokens:\n`,
    table(style, headings, rows),
    'One of them with its arithmetic: letta-stack gpu --model MODEL --max-length TOKENS\n',
  ].join('');
}

function fitText(fit: Fit, style: Style): string {
  const { paint } = style;
  const count = fit.cards?.count ?? 1;
  const rows = [
    ...fit.parts.map((part) => [part.title, gib(part.bytes), paint('dim', harmless(part.how))]),
    ['Together', gib(fit.needed), count > 1 ? paint('dim', `on each of ${count} cards`) : ''],
    ...(fit.cards ? [['Usable', gib(fit.cards.usable), paint('dim', `of ${gib(fit.cards.total)}`)]] : []),
  ];
  return [
    `${harmless(fit.model)}: ${verdictText(fit.verdict, style)}`,
    `${harmless(fit.sentence)}\n`,
    columns(rows, '  '),
    ...fit.assumptions.map((line) => `- ${line}`),
    '',
  ].join('\n');
}

function remedyText({ model, settings }: FitRemedy): string {
  const commands = settings.map(({ name, value }) => {
    // what begins like an option is none
    const end = value.startsWith('-') ? '-- ' : '';
    return `  letta-stack settings set vllm ${name} ${end}${quoted(value)}\n`;
  });
  return [model === undefined ? 'To set that:\n' : `${model} fits:\n`, ...commands].join('');
}
