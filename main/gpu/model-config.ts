import { z } from 'zod';
import type { WeightFormat } from '../gpu-shape.ts';
import type { Attention, ModelShape } from './model-shape.ts';

const count = z.number().int().nonnegative();
const optional = count.nullish();

/** The keys of a `config.json` that decide how much memory a model takes (Hugging Face transformers, model configs). */
const Text = z.object({
  model_type: z.string().nullish(),
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  intermediate_size: optional,
  vocab_size: optional,
  num_key_value_heads: optional,
  head_dim: optional,
  tie_word_embeddings: z.boolean().nullish(),
  max_position_embeddings: optional,
  // which layers see the whole context
  layer_types: z.array(z.string()).nullish(),
  sliding_window: optional,
  // where the types are left out: each layer of so many sees it all
  sliding_window_pattern: optional,
  use_sliding_window: z.boolean().nullish(),
  full_attention_interval: optional,
  // Gemma 4: the layers that see it all have heads of their own size, and keys that are their values
  global_head_dim: optional,
  num_global_key_value_heads: optional,
  attention_k_eq_v: z.boolean().nullish(),
  // mixture of experts
  num_experts: optional,
  num_local_experts: optional,
  n_routed_experts: optional,
  num_experts_per_tok: optional,
  top_k_experts: optional,
  n_shared_experts: optional,
  moe_intermediate_size: optional,
  shared_expert_intermediate_size: optional,
  first_k_dense_replace: optional,
  // multi-head latent attention
  q_lora_rank: optional,
  kv_lora_rank: optional,
  qk_nope_head_dim: optional,
  qk_rope_head_dim: optional,
  v_head_dim: optional,
  // gated attention and linear attention
  attn_output_gate: z.boolean().nullish(),
  linear_num_key_heads: optional,
  linear_num_value_heads: optional,
  linear_key_head_dim: optional,
  linear_value_head_dim: optional,
  linear_conv_kernel_dim: optional,
});
type Text = z.infer<typeof Text>;

const Vision = z.object({
  hidden_size: count,
  intermediate_size: optional,
  num_hidden_layers: optional,
  depth: optional,
});

/** A config.json; of one that also sees, the language model is inside. */
export const ModelConfig = z.looseObject({
  model_type: z.string().nullish(),
  tie_word_embeddings: z.boolean().nullish(),
  text_config: z.looseObject({}).nullish(),
  vision_config: z.looseObject({}).nullish(),
  quantization_config: z.looseObject({ quant_method: z.string().nullish() }).nullish(),
});
export type ModelConfig = z.input<typeof ModelConfig>;

/** Architectures whose parameters are counted exactly; of any other they are counted as of a model like these. */
const KNOWN = new Set([
  'llama',
  'mistral',
  'qwen2',
  'qwen3',
  'qwen3_moe',
  'qwen3_5_text',
  'qwen3_5_moe_text',
  'gpt_oss',
  'gemma3_text',
  'gemma4_text',
  'glm4_moe_lite',
]);

/**
 * What a config.json leaves out where it is as its architecture has it: of Gemma 3 those of 4B, 12B and 27B have neither
 * the vocabulary nor which layers see the whole context (transformers, `Gemma3TextConfig`).
 */
const LEFT_OUT: Readonly<Record<string, Partial<z.input<typeof Text>>>> = {
  gemma3_text: {
    vocab_size: 262_208,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    head_dim: 256,
    max_position_embeddings: 131_072,
    sliding_window_pattern: 6,
    tie_word_embeddings: true,
  },
};

/** What a config.json says, or why it says too little. */
export type Read =
  | { readonly shape: ModelShape; readonly problem?: never }
  | { readonly problem: string; readonly shape?: never };

/** Reads a config.json; pure. */
export function shapeOf(json: unknown): Read {
  const outer = ModelConfig.safeParse(json);
  if (!outer.success) return { problem: wordsOf(outer.error) };
  const said = outer.data.text_config ?? outer.data;
  const inner = Text.safeParse({ ...LEFT_OUT[String(said['model_type'])], ...said });
  if (!inner.success) return { problem: wordsOf(inner.error) };
  const format = formatOf(outer.data.quantization_config);
  if (format === undefined) {
    const method = outer.data.quantization_config?.quant_method ?? 'without a name';
    return { problem: `its quantisation (${method}) is not one whose size is known` };
  }
  const text = {
    ...inner.data,
    tie_word_embeddings: inner.data.tie_word_embeddings ?? outer.data.tie_word_embeddings,
  };
  return { shape: counted(text, Vision.safeParse(outer.data.vision_config).data, format) };
}

const wordsOf = (error: z.ZodError): string =>
  error.issues.map((i) => `${i.path.join('.') || 'it'}: ${i.message}`).join('; ');

/** How the weights are stored; undefined for a way that is not known. */
function formatOf(config: z.output<typeof ModelConfig>['quantization_config']): WeightFormat | undefined {
  if (!config) return 'bf16';
  const method = config.quant_method ?? '';
  const text = JSON.stringify(config);
  const bits = Number(/"(?:num_bits|bits|w_bit)":\s*(\d+)/.exec(text)?.[1]);
  if (method === 'mxfp4') return 'mxfp4';
  if (/nvfp4/i.test(text)) return 'nvfp4';
  if (method === 'fp8' || /"quant_algo":\s*"FP8"/.test(text)) return 'fp8';
  if (bits === 4) return 'int4';
  if (bits === 8) return /"type":\s*"float"/.test(text) ? 'fp8' : 'int8';
  return undefined;
}

function counted(t: Text, vision: z.infer<typeof Vision> | undefined, format: WeightFormat): ModelShape {
  const attention = attentionOf(t);
  const moe = expertsOf(t);
  const dense = 3 * t.hidden_size * (t.intermediate_size ?? 4 * t.hidden_size);
  // Gemma 4 has a dense MLP beside its experts
  const denseLayers = moe ? (moe.hasDenseToo ? t.num_hidden_layers : moe.denseLayers) : t.num_hidden_layers;
  const embedding = (t.vocab_size ?? 0) * t.hidden_size;
  const embeddings = t.tie_word_embeddings ? embedding : 2 * embedding;
  const tower = visionParameters(vision);
  const experts = moe ? moe.layers * moe.count * 3 * t.hidden_size * moe.width : 0;
  const shared = moe ? moe.layers * (3 * t.hidden_size * moe.shared + t.hidden_size * moe.count) : 0;
  return {
    parameters:
      embeddings + tower + attentionParameters(t, attention) + denseLayers * dense + experts + shared,
    unquantised: embeddings + tower,
    experts,
    paddedExperts: moe
      ? moe.layers * moe.count * 3 * roundUp(t.hidden_size, 256) * roundUp(moe.width, 128)
      : 0,
    attention,
    hidden: t.hidden_size,
    mlpWidth: moe
      ? moe.perToken * moe.width + moe.shared + (moe.hasDenseToo ? (t.intermediate_size ?? 0) : 0)
      : (t.intermediate_size ?? 4 * t.hidden_size),
    heads: t.num_attention_heads,
    vocabulary: t.vocab_size ?? 0,
    longestContext: t.max_position_embeddings ?? 32_768,
    hasVision: vision !== undefined,
    format,
    // without a vocabulary neither the embeddings nor the scores are counted
    isEstimate: !KNOWN.has(t.model_type ?? '') || !t.vocab_size,
  };
}

interface Experts {
  readonly layers: number;
  readonly denseLayers: number;
  readonly count: number;
  readonly width: number;
  readonly perToken: number;
  /** width of what every token passes through beside them */
  readonly shared: number;
  readonly hasDenseToo: boolean;
}

function expertsOf(t: Text): Experts | undefined {
  const number = t.num_experts ?? t.num_local_experts ?? t.n_routed_experts ?? 0;
  if (number === 0) return undefined;
  const denseLayers = t.first_k_dense_replace ?? 0;
  const width = t.moe_intermediate_size ?? t.intermediate_size ?? 0;
  return {
    layers: t.num_hidden_layers - denseLayers,
    denseLayers,
    count: number,
    width,
    perToken: t.num_experts_per_tok ?? t.top_k_experts ?? 1,
    shared: t.shared_expert_intermediate_size ?? (t.n_shared_experts ?? 0) * width,
    hasDenseToo: t.model_type === 'gemma4_text',
  };
}

function attentionOf(t: Text): readonly Attention[] {
  const layers = t.num_hidden_layers;
  if (t.kv_lora_rank) return [{ kind: 'latent', layers, width: t.kv_lora_rank + (t.qk_rope_head_dim ?? 0) }];
  const headDim = t.head_dim ?? Math.floor(t.hidden_size / t.num_attention_heads);
  const kvHeads = t.num_key_value_heads ?? t.num_attention_heads;
  const of = (type: string): number => t.layer_types?.filter((l) => l === type).length ?? 0;
  const linear = t.layer_types
    ? of('linear_attention')
    : t.full_attention_interval
      ? layers - Math.floor(layers / t.full_attention_interval)
      : 0;
  // some configs name a window that is not used
  const windows = t.layer_types
    ? of('sliding_attention')
    : t.sliding_window_pattern
      ? layers - Math.floor(layers / t.sliding_window_pattern)
      : 0;
  const sliding = t.use_sliding_window === false || !t.sliding_window ? 0 : windows;
  const whole: Attention = {
    kind: 'full',
    layers: layers - linear - sliding,
    kvHeads: t.num_global_key_value_heads ?? kvHeads,
    headDim: t.global_head_dim ?? headDim,
  };
  const found: readonly Attention[] = [
    whole,
    { kind: 'sliding', layers: sliding, kvHeads, headDim, window: t.sliding_window ?? 0 },
    { kind: 'state', layers: linear, bytes: stateBytes(t) },
  ];
  return found.filter((a) => a.layers > 0);
}

/** Of Gated DeltaNet: a matrix a value head in 32 bits, and the last inputs of its convolution in 16. */
function stateBytes(t: Text): number {
  const [keys, values] = linearWidths(t);
  const matrix = values * (t.linear_key_head_dim ?? 0) * 4;
  return matrix + (2 * keys + values) * ((t.linear_conv_kernel_dim ?? 1) - 1) * 2;
}

const linearWidths = (t: Text): readonly [keys: number, values: number] => [
  (t.linear_num_key_heads ?? 0) * (t.linear_key_head_dim ?? 0),
  (t.linear_num_value_heads ?? 0) * (t.linear_value_head_dim ?? 0),
];

function attentionParameters(t: Text, attention: readonly Attention[]): number {
  const { hidden_size: hidden, num_attention_heads: heads } = t;
  const one = (a: Attention): number => {
    if (a.kind === 'latent') return latentParameters(t);
    if (a.kind === 'state') {
      const [keys, values] = linearWidths(t);
      return hidden * (2 * keys + 2 * values + 2 * (t.linear_num_value_heads ?? 0)) + values * hidden;
    }
    const queries = heads * a.headDim * (t.attn_output_gate ? 2 : 1);
    const keysAndValues = a.kvHeads * a.headDim * (a.kind === 'full' && t.attention_k_eq_v ? 1 : 2);
    return hidden * (queries + keysAndValues) + heads * a.headDim * hidden;
  };
  return attention.reduce((sum, a) => sum + a.layers * one(a), 0);
}

/** DeepSeek-V2, "Multi-head latent attention": compressed queries, compressed keys and values, and back. */
function latentParameters(t: Text): number {
  const { hidden_size: hidden, num_attention_heads: heads } = t;
  const [nope, rope, value] = [t.qk_nope_head_dim ?? 0, t.qk_rope_head_dim ?? 0, t.v_head_dim ?? 0];
  const rank = t.kv_lora_rank ?? 0;
  const perQuery = heads * (nope + rope);
  const queries = t.q_lora_rank ? t.q_lora_rank * (hidden + perQuery) : hidden * perQuery;
  return queries + hidden * (rank + rope) + rank * heads * (nope + value) + heads * value * hidden;
}

/** Attention and MLP of a vision transformer's layers; what else it has is small. */
function visionParameters(vision: z.infer<typeof Vision> | undefined): number {
  if (!vision) return 0;
  const { hidden_size: hidden, intermediate_size: width } = vision;
  return (
    (vision.num_hidden_layers ?? vision.depth ?? 0) * (4 * hidden ** 2 + 2 * hidden * (width ?? 4 * hidden))
  );
}

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;
