import { z } from 'zod';
import { AppErrorSchema } from './error-shape.ts';

/** What is known of this machine's graphics cards, and what local inference they are good for: a part of the contract. */

/** Bytes. */
const Memory = z.object({ total: z.number(), free: z.number().optional() });

/** A part of a card that MIG made a card of its own. */
export const MigDevice = z.object({
  uuid: z.string(),
  /** `3g.20gb` */
  profile: z.string(),
  memory: Memory.optional(),
});
export type MigDevice = z.infer<typeof MigDevice>;

export const GpuCard = z.object({
  vendor: z.enum(['nvidia', 'amd', 'intel', 'apple']),
  name: z.string(),
  index: z.number().int().optional(),
  uuid: z.string().optional(),
  /** absent where the driver does not say */
  memory: Memory.optional(),
  /** the card has none of its own: it is the machine's */
  isUnified: z.boolean().optional(),
  /** `8.9`; absent where the driver does not say */
  computeCapability: z.string().optional(),
  /** MIG is on; the parts that were made, which may be none */
  mig: z.array(MigDevice).optional(),
});
export type GpuCard = z.infer<typeof GpuCard>;

export const GpuFacts = z.object({
  system: z.enum(['linux', 'wsl2', 'wsl1', 'windows', 'macos', 'other']),
  /** `ID` of os-release and those of `ID_LIKE`: `ubuntu`, `debian` */
  distribution: z.array(z.string()),
  cards: z.array(GpuCard),
  /** of NVIDIA: `580.95.05` */
  driver: z.string().optional(),
  /** the newest CUDA that the driver runs: `13.0` */
  cuda: z.string().optional(),
  /** NVIDIA's container toolkit lies on this machine; absent where it was not looked for */
  toolkit: z.boolean().optional(),
  /** why NVIDIA's driver does not tell of its cards */
  problem: AppErrorSchema.optional(),
});
export type GpuFacts = z.infer<typeof GpuFacts>;

/** Something to do, in the order in which it is to be done. */
export const OfferStep = z.object({ say: z.string(), command: z.string().optional() });
export type OfferStep = z.infer<typeof OfferStep>;

/** Whether vLLM will run on the engine that is used. */
export const VllmOffer = z.object({
  /** `works`: a container with the card was started; `likely`: everything that can be seen speaks for it */
  verdict: z.enum(['works', 'likely', 'not']),
  /** one sentence or two */
  why: z.string(),
  /** what would make it work; empty where nothing would, or need not */
  steps: z.array(OfferStep),
  /** what else runs models on this machine */
  instead: z.string().optional(),
});
export type VllmOffer = z.infer<typeof VllmOffer>;

/** How a model's weights are stored. */
export const WeightFormat = z.enum(['bf16', 'fp8', 'int8', 'int4', 'nvfp4', 'mxfp4']);
export type WeightFormat = z.infer<typeof WeightFormat>;

export const FitVerdict = z.enum(['fits', 'settings', 'shorter', 'quantise', 'too-large', 'unknown']);
export type FitVerdict = z.infer<typeof FitVerdict>;

export const FitPart = z.object({
  id: z.enum(['weights', 'kv-cache', 'activation', 'overhead']),
  title: z.string(),
  /** on each card */
  bytes: z.number(),
  /** the arithmetic in words */
  how: z.string(),
});
export type FitPart = z.infer<typeof FitPart>;

/** A setting of the profile vllm, and what it is to be. */
export const FitSetting = z.object({ name: z.string(), value: z.string() });
export type FitSetting = z.infer<typeof FitSetting>;

/** What makes vLLM start: the model's own settings, or another model with those that it needs. */
export const FitRemedy = z.object({
  /** the largest of the list that fits, where the one that was asked for does not */
  model: z.string().optional(),
  settings: z.array(FitSetting),
});
export type FitRemedy = z.infer<typeof FitRemedy>;

/** Whether a model fits into the memory of the cards, with the arithmetic. */
export const Fit = z.object({
  /** name at Hugging Face, or the file that was read */
  model: z.string(),
  format: WeightFormat,
  /** tokens that were asked for */
  context: z.number().int(),
  verdict: FitVerdict,
  /** the verdict in words */
  sentence: z.string(),
  /** the architecture is not one that is known: the parameters are reckoned as those of its like */
  isEstimate: z.boolean(),
  /** absent where nothing could be reckoned */
  cards: z
    .object({
      /** over which the model is split */
      count: z.number().int(),
      name: z.string(),
      /** bytes of each */
      total: z.number(),
      free: z.number(),
      /** what vLLM may take of each */
      usable: z.number(),
    })
    .optional(),
  parts: z.array(FitPart),
  /** sum of the parts: bytes on each card */
  needed: z.number(),
  /** the longest context that fits, in tokens; absent where none does */
  longest: z.number().int().optional(),
  /** other forms of the same model that fit, the best first */
  others: z.array(z.object({ model: z.string(), format: WeightFormat, context: z.number().int() })),
  /** settings without which vLLM does not start so */
  changes: z.array(FitSetting),
  assumptions: z.array(z.string()),
});
export type Fit = z.infer<typeof Fit>;

/** Whether the model that is set fits, for whoever is about to download it. */
export const ModelFit = z.object({
  model: z.string(),
  fits: z.boolean(),
  /** the verdict in words */
  sentence: z.string(),
  remedy: FitRemedy.optional(),
});
export type ModelFit = z.infer<typeof ModelFit>;

/** A model of the built-in list. */
export const GpuModel = z.object({
  id: z.string(),
  title: z.string(),
  parameters: z.number(),
  format: WeightFormat,
  /** of one request at a time; tokens */
  longestContext: z.number().int(),
  /** with the context that was asked for */
  verdict: FitVerdict,
  sentence: z.string(),
  /** bytes on each card; of one, where there is none to compare with */
  needed: z.number(),
  /** Hugging Face wants a token, and its licence agreed to */
  isGated: z.boolean(),
  /** where its facts were read */
  source: z.string(),
});
export type GpuModel = z.infer<typeof GpuModel>;

export const GpuReport = z.object({
  facts: GpuFacts,
  offer: VllmOffer,
  /** tokens that the models were reckoned with */
  context: z.number().int(),
  models: z.array(GpuModel),
  /** of the model that was asked for */
  fit: Fit.optional(),
  /** where that one does not fit with the settings as they are */
  remedy: FitRemedy.optional(),
});
export type GpuReport = z.infer<typeof GpuReport>;
