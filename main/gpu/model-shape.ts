import type { WeightFormat } from '../gpu-shape.ts';

/** Layers that keep what they need of the context in one way. Sizes are of one layer. */
export type Attention =
  /** keys and values of the whole context (grouped-query attention; with as many key heads as heads: multi-head) */
  | { readonly kind: 'full'; readonly layers: number; readonly kvHeads: number; readonly headDim: number }
  /** of the last `window` tokens only */
  | {
      readonly kind: 'sliding';
      readonly layers: number;
      readonly kvHeads: number;
      readonly headDim: number;
      readonly window: number;
    }
  /** one compressed vector a token, shared by all heads (multi-head latent attention) */
  | { readonly kind: 'latent'; readonly layers: number; readonly width: number }
  /** a state of one size, however long the context is (linear attention) */
  | { readonly kind: 'state'; readonly layers: number; readonly bytes: number };

/** What of a model decides how much memory it takes; parameters are counted, not bytes. */
export interface ModelShape {
  readonly parameters: number;
  /** of these, what a quantised checkpoint leaves in 16 bits: embeddings, output layer, vision tower */
  readonly unquantised: number;
  /** of these, in experts; 0 where it has none */
  readonly experts: number;
  /** how many of them vLLM loads in MXFP4, whose kernels want padded sizes */
  readonly paddedExperts: number;
  readonly attention: readonly Attention[];
  readonly hidden: number;
  /** width of what one token passes through in a layer's MLP */
  readonly mlpWidth: number;
  readonly heads: number;
  readonly vocabulary: number;
  /** tokens */
  readonly longestContext: number;
  readonly hasVision: boolean;
  readonly format: WeightFormat;
  /** the architecture is not one of those that are known: counted as its like */
  readonly isEstimate: boolean;
}

/**
 * Bits that one quantised parameter takes, with its scales: AWQ and GPTQ store a 16-bit scale and a 4-bit zero a group
 * of 128, NVFP4 an 8-bit scale for 16, MXFP4 one for 32.
 */
export const BITS: Readonly<Record<WeightFormat, number>> = {
  bf16: 16,
  fp8: 8,
  int8: 8,
  int4: 4 + (16 + 4) / 128,
  nvfp4: 4 + 8 / 16,
  mxfp4: 4 + 8 / 32,
};

/** Bytes of all weights. */
export function weightBytes(shape: ModelShape, format: WeightFormat): number {
  const { parameters, unquantised, experts, paddedExperts } = shape;
  if (format === 'bf16') return parameters * 2;
  // of gpt-oss the experts alone are quantised
  if (format === 'mxfp4') return (parameters - experts) * 2 + (paddedExperts * BITS.mxfp4) / 8;
  return unquantised * 2 + ((parameters - unquantised) * BITS[format]) / 8;
}
