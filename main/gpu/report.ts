import { failure } from '../errors.ts';
import type { Fit, FitRemedy, FitVerdict, GpuModel, GpuReport, WeightFormat } from '../gpu-shape.ts';
import { nearest } from '../model/nearest.ts';
import { usableCards, type UsableCard } from './cards.ts';
import { fitOf, type FitRequest } from './fit.ts';
import { DEFAULT_LAUNCH, type Launch } from './launch.ts';
import { shapeOf } from './model-config.ts';
import { listedAs, MODELS, sourceOf, type ListedModel } from './models.ts';
import { toolParserOf } from './tool-parsers.ts';
import { offerOf, type OfferInput } from './offer.ts';

/** What is asked of the cards. */
export interface GpuRequest {
  /** of the built-in list: a model, or a smaller form of one */
  readonly model?: string | undefined;
  /** tokens; else those that the profile is set to */
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
 * Everything about cards and models, of facts that were read, with the profile vllm as it is set. Pure.
 * @throws Failure `gpu.no-model`, `gpu.bad-config`
 */
export function gpuReport(
  input: OfferInput,
  { model, context }: GpuRequest,
  config?: ReadConfig,
  profile: Launch = DEFAULT_LAUNCH,
): GpuReport {
  // what is here says nothing of another machine's cards
  const isElsewhere = input.engine?.isHere === false;
  const cards = isElsewhere ? [] : usableCards(input.facts.cards, profile.gpus);
  const launch = { ...profile, context: context ?? profile.context };
  const chosen = config ? configured(config) : model === undefined ? undefined : listed(model);
  const fit = chosen && fitOf({ model: chosen, cards, launch });
  const remedy = fit && remedyOf(fit, cards, launch);
  return {
    facts: { ...input.facts },
    offer: offerOf(input),
    context: launch.context,
    models: MODELS.map((m) => entryOf(m, cards, launch)),
    ...(fit && { fit }),
    ...(remedy && { remedy }),
  };
}

/**
 * The settings with which it fits. Where there are none: the model of most parameters that fits as the settings are, in
 * the form that is least made smaller, else one that wants other settings, too.
 */
function remedyOf(
  { verdict, changes }: Fit,
  cards: readonly UsableCard[],
  launch: Launch,
): FitRemedy | undefined {
  if (verdict === 'fits') return undefined;
  if (verdict === 'settings') return { settings: changes };
  // nobody needs to agree to its licence
  const fits = MODELS.filter((m) => m.isGated !== true).flatMap((model) =>
    [undefined, ...model.others.map((other) => other.format)].map((format) => {
      const { id, shape } = formOf(model, format);
      return { id, shape, of: model.id, fit: fitOf({ model: { id, shape, others: [] }, cards, launch }) };
    }),
  );
  const largest = (wanted: FitVerdict) =>
    fits
      .filter(({ fit }) => fit.verdict === wanted)
      .toSorted((a, b) => b.shape.parameters - a.shape.parameters)[0];
  const found = largest('fits') ?? largest('settings');
  if (!found) return undefined;
  const { id, of, fit } = found;
  const parser = toolParserOf(of);
  const settings = [
    { name: 'model', value: id },
    // with another model's the server's agents could not call their tools
    ...(parser === undefined ? [] : [{ name: 'tool-parser', value: parser }]),
    ...fit.changes,
  ];
  return { model: id, settings };
}

/** Whether a name is one of the built-in list. */
export const isListed = (name: string): boolean => listedAs(name) !== undefined;

function entryOf(model: ListedModel, cards: readonly UsableCard[], launch: Launch): GpuModel {
  const { shape, id } = formOf(model, undefined);
  const { verdict, sentence, needed } = fitOf({ model: { id, shape, others: model.others }, cards, launch });
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

function listed(name: string): FitRequest['model'] {
  const found = listedAs(name);
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
