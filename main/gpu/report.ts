import { failure } from '../errors.ts';
import type { GpuModel, GpuReport, WeightFormat } from '../gpu-shape.ts';
import { nearest } from '../model/nearest.ts';
import { DEFAULT_CONTEXT, fitOf, usableCards, type FitRequest, type UsableCard } from './fit.ts';
import { shapeOf } from './model-config.ts';
import { MODELS, sourceOf, type ListedModel } from './models.ts';
import { offerOf, type OfferInput } from './offer.ts';

/** What is asked of the cards. */
export interface GpuRequest {
  /** of the built-in list: a model, or a smaller form of one */
  readonly model?: string | undefined;
  /** tokens */
  readonly context?: number | undefined;
  /** asks the engine for a card, too: a container is made for it, and removed */
  readonly probe?: boolean | undefined;
}

/** A config.json that was read: its path and what it holds. */
export interface ReadConfig {
  readonly file: string;
  readonly text: string;
}

/**
 * Everything about cards and models, of facts that were read. Pure.
 * @throws Failure `gpu.no-model`, `gpu.bad-config`
 */
export function gpuReport(
  input: OfferInput,
  { model, context = DEFAULT_CONTEXT }: GpuRequest,
  config?: ReadConfig,
): GpuReport {
  // what is here says nothing of another machine's cards
  const isElsewhere = input.engine?.isHere === false;
  const cards = isElsewhere ? [] : usableCards(input.facts.cards);
  const chosen = config ? configured(config) : model === undefined ? undefined : listed(model);
  const fit = chosen && fitOf({ model: chosen, context, cards });
  const better = fit && fit.verdict !== 'fits' ? largestThatFits(context, cards) : undefined;
  return {
    facts: { ...input.facts },
    offer: offerOf(input),
    context,
    models: MODELS.map((m) => entryOf(m, context, cards)),
    ...(fit && { fit }),
    ...(better !== undefined && { better }),
  };
}

/** The model of most parameters that fits, in the form that is least made smaller; nobody needs to agree to its licence. */
function largestThatFits(context: number, cards: readonly UsableCard[]): string | undefined {
  const forms = MODELS.filter((m) => m.isGated !== true).flatMap((m) =>
    [undefined, ...m.others.map((other) => other.format)].map((format) => formOf(m, format)),
  );
  return forms
    .filter(({ id, shape }) => fitOf({ model: { id, shape, others: [] }, context, cards }).verdict === 'fits')
    .toSorted((a, b) => b.shape.parameters - a.shape.parameters)[0]?.id;
}

/** Whether a name is one of the built-in list. */
export const isListed = (name: string): boolean => formsOf(name) !== undefined;

function entryOf(model: ListedModel, context: number, cards: readonly UsableCard[]): GpuModel {
  const { shape, id } = formOf(model, undefined);
  const { verdict, sentence, needed } = fitOf({ model: { id, shape, others: model.others }, context, cards });
  return {
    id,
    title: model.title,
    parameters: shape.parameters,
    format: shape.format,
    longestContext: shape.longestContext,
    verdict,
    sentence,
    needed,
    isGated: model.isGated === true,
    source: sourceOf(model),
  };
}

/** Every name that can be asked for: models and their smaller forms. */
export const modelNames = (): readonly string[] =>
  MODELS.flatMap((model) => [model.id, ...model.others.map((other) => other.id)]);

function formsOf(name: string): { model: ListedModel; format: WeightFormat | undefined } | undefined {
  const is = (id: string): boolean => id.toLowerCase() === name.toLowerCase();
  for (const model of MODELS) {
    if (is(model.id)) return { model, format: undefined };
    const other = model.others.find(({ id }) => is(id));
    if (other) return { model, format: other.format };
  }
  return undefined;
}

function listed(name: string): FitRequest['model'] {
  const found = formsOf(name);
  if (!found) {
    const near = nearest(name, modelNames());
    throw failure('gpu.no-model', { model: name, ...(near !== undefined && { near }) });
  }
  const { id, shape } = formOf(found.model, found.format);
  return { id, shape, others: found.model.others.filter((other) => other.id !== id) };
}

function formOf(model: ListedModel, format: WeightFormat | undefined) {
  const { shape, problem } = shapeOf(model.config);
  if (!shape) throw failure('gpu.bad-config', { file: model.id, problem });
  const id = model.others.find((other) => other.format === format)?.id ?? model.id;
  return { id, shape: format === undefined ? shape : { ...shape, format } };
}

function configured({ file, text }: ReadConfig): FitRequest['model'] {
  const { shape, problem } = shapeOf(parsed(file, text));
  if (!shape) throw failure('gpu.bad-config', { file, problem });
  return { id: file, shape, others: [] };
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (e) {
    const problem = e instanceof Error ? e.message : String(e);
    throw failure('gpu.bad-config', { file, problem }, e);
  }
}
