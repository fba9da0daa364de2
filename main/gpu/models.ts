import type { WeightFormat } from '../gpu-shape.ts';
import type { ModelConfig } from './model-config.ts';

/** A model that vLLM serves, with what of its config.json decides its size. */
export interface ListedModel {
  /** its name at Hugging Face */
  readonly id: string;
  readonly title: string;
  readonly config: ModelConfig;
  /** the same model stored smaller, the least changed first */
  readonly others: readonly { readonly id: string; readonly format: WeightFormat }[];
  readonly isGated?: true;
}

/** So many layers of a window to one that sees the whole context, again and again. */
const windowed = (windows: number, times: number): string[] =>
  Array.from({ length: times }, () => [
    ...Array.from({ length: windows }, () => 'sliding_attention'),
    'full_attention',
  ]).flat();

const qwen3 = (
  hidden_size: number,
  num_hidden_layers: number,
  num_attention_heads: number,
  intermediate_size: number,
) => ({
  model_type: 'qwen3',
  hidden_size,
  num_hidden_layers,
  num_attention_heads,
  intermediate_size,
  num_key_value_heads: 8,
  head_dim: 128,
  vocab_size: 151_936,
  max_position_embeddings: 40_960,
});

const qwen3Small = (id: string): ListedModel['others'] => [
  { id: `${id}-FP8`, format: 'fp8' },
  { id: `${id}-AWQ`, format: 'int4' },
];

/** What Qwen 3.5 to 3.8 have in common: three layers of linear attention to one that sees the whole context. */
const qwenHybrid = {
  head_dim: 256,
  attn_output_gate: true,
  full_attention_interval: 4,
  linear_num_key_heads: 16,
  linear_key_head_dim: 128,
  linear_value_head_dim: 128,
  linear_conv_kernel_dim: 4,
  vocab_size: 248_320,
  max_position_embeddings: 262_144,
  tie_word_embeddings: false,
};

const gptOss = (num_hidden_layers: number, num_local_experts: number): ModelConfig => ({
  model_type: 'gpt_oss',
  hidden_size: 2880,
  intermediate_size: 2880,
  num_hidden_layers,
  num_local_experts,
  num_experts_per_tok: 4,
  num_attention_heads: 64,
  num_key_value_heads: 8,
  head_dim: 64,
  vocab_size: 201_088,
  sliding_window: 128,
  layer_types: windowed(1, num_hidden_layers / 2),
  max_position_embeddings: 131_072,
  tie_word_embeddings: false,
  quantization_config: { quant_method: 'mxfp4' },
});

const gemma4 = {
  model_type: 'gemma4_text',
  head_dim: 256,
  global_head_dim: 512,
  attention_k_eq_v: true,
  sliding_window: 1024,
  vocab_size: 262_144,
  max_position_embeddings: 262_144,
  tie_word_embeddings: true,
};
const gemma4Vision = { hidden_size: 1152, intermediate_size: 4304, num_hidden_layers: 27 };

const llama = (
  hidden_size: number,
  num_hidden_layers: number,
  heads: number,
  width: number,
): ModelConfig => ({
  model_type: 'llama',
  hidden_size,
  num_hidden_layers,
  num_attention_heads: heads,
  intermediate_size: width,
  num_key_value_heads: 8,
  head_dim: 128,
  vocab_size: 128_256,
  max_position_embeddings: 131_072,
  tie_word_embeddings: false,
});

/** Where a model's facts were read: its card and its config.json. */
export const sourceOf = ({ id }: Pick<ListedModel, 'id'>): string => `https://huggingface.co/${id}`;

/** Models of the last two years that call tools, as agents need; the smallest first. As of November 2026. */
export const MODELS: readonly ListedModel[] = [
  {
    id: 'Qwen/Qwen3-4B-Instruct-2507',
    title: 'Qwen3 4B',
    config: {
      ...qwen3(2560, 36, 32, 9728),
      max_position_embeddings: 262_144,
      tie_word_embeddings: true,
    },
    others: [{ id: 'Qwen/Qwen3-4B-Instruct-2507-FP8', format: 'fp8' }],
  },
  {
    id: 'meta-llama/Llama-3.1-8B-Instruct',
    title: 'Llama 3.1 8B',
    config: llama(4096, 32, 32, 14_336),
    others: [
      { id: 'RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8-dynamic', format: 'fp8' },
      { id: 'RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w4a16', format: 'int4' },
    ],
    isGated: true,
  },
  {
    id: 'Qwen/Qwen3-8B',
    title: 'Qwen3 8B',
    config: qwen3(4096, 36, 32, 12_288),
    others: qwen3Small('Qwen/Qwen3-8B'),
  },
  {
    id: 'Qwen/Qwen3-14B',
    title: 'Qwen3 14B',
    config: qwen3(5120, 40, 40, 17_408),
    others: qwen3Small('Qwen/Qwen3-14B'),
  },
  { id: 'openai/gpt-oss-20b', title: 'gpt-oss 20B', config: gptOss(24, 32), others: [] },
  {
    id: 'mistralai/Mistral-Small-3.2-24B-Instruct-2506',
    title: 'Mistral Small 3.2 24B',
    config: {
      text_config: {
        model_type: 'mistral',
        hidden_size: 5120,
        num_hidden_layers: 40,
        num_attention_heads: 32,
        num_key_value_heads: 8,
        head_dim: 128,
        intermediate_size: 32_768,
        vocab_size: 131_072,
        max_position_embeddings: 131_072,
        tie_word_embeddings: false,
      },
      vision_config: { hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 24 },
    },
    others: [{ id: 'RedHatAI/Mistral-Small-3.2-24B-Instruct-2506-FP8', format: 'fp8' }],
  },
  {
    id: 'google/gemma-4-26B-A4B-it',
    title: 'Gemma 4 26B-A4B',
    config: {
      text_config: {
        ...gemma4,
        hidden_size: 2816,
        num_hidden_layers: 30,
        num_attention_heads: 16,
        num_key_value_heads: 8,
        num_global_key_value_heads: 2,
        intermediate_size: 2112,
        num_experts: 128,
        top_k_experts: 8,
        moe_intermediate_size: 704,
        layer_types: windowed(5, 5),
      },
      vision_config: gemma4Vision,
    },
    others: [{ id: 'RedHatAI/gemma-4-26B-A4B-it-FP8-Dynamic', format: 'fp8' }],
  },
  {
    id: 'Qwen/Qwen3.8-27B',
    title: 'Qwen3.8 27B',
    config: {
      text_config: {
        ...qwenHybrid,
        model_type: 'qwen3_5_text',
        hidden_size: 5120,
        num_hidden_layers: 64,
        num_attention_heads: 24,
        num_key_value_heads: 4,
        intermediate_size: 17_408,
        linear_num_value_heads: 48,
      },
      vision_config: { hidden_size: 1152, intermediate_size: 4304, depth: 27 },
    },
    others: [{ id: 'Qwen/Qwen3.8-27B-FP8', format: 'fp8' }],
  },
  {
    id: 'Qwen/Qwen3-30B-A3B-Instruct-2507',
    title: 'Qwen3 30B-A3B',
    config: {
      model_type: 'qwen3_moe',
      hidden_size: 2048,
      num_hidden_layers: 48,
      num_attention_heads: 32,
      num_key_value_heads: 4,
      head_dim: 128,
      num_experts: 128,
      num_experts_per_tok: 8,
      moe_intermediate_size: 768,
      vocab_size: 151_936,
      max_position_embeddings: 262_144,
      tie_word_embeddings: false,
    },
    others: [{ id: 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8', format: 'fp8' }],
  },
  {
    id: 'zai-org/GLM-4.7-Flash',
    title: 'GLM 4.7 Flash',
    config: {
      model_type: 'glm4_moe_lite',
      hidden_size: 2048,
      intermediate_size: 10_240,
      num_hidden_layers: 47,
      num_attention_heads: 20,
      num_key_value_heads: 20,
      n_routed_experts: 64,
      n_shared_experts: 1,
      num_experts_per_tok: 4,
      moe_intermediate_size: 1536,
      first_k_dense_replace: 1,
      q_lora_rank: 768,
      kv_lora_rank: 512,
      qk_nope_head_dim: 192,
      qk_rope_head_dim: 64,
      v_head_dim: 256,
      vocab_size: 154_880,
      max_position_embeddings: 202_752,
      tie_word_embeddings: false,
    },
    others: [{ id: 'Intel/GLM-4.7-Flash-int4-AutoRound', format: 'int4' }],
  },
  {
    id: 'google/gemma-4-31B-it',
    title: 'Gemma 4 31B',
    config: {
      text_config: {
        ...gemma4,
        hidden_size: 5376,
        num_hidden_layers: 60,
        num_attention_heads: 32,
        num_key_value_heads: 16,
        num_global_key_value_heads: 4,
        intermediate_size: 21_504,
        layer_types: windowed(5, 10),
      },
      vision_config: gemma4Vision,
    },
    others: [],
  },
  {
    id: 'Qwen/Qwen3-32B',
    title: 'Qwen3 32B',
    config: qwen3(5120, 64, 64, 25_600),
    others: qwen3Small('Qwen/Qwen3-32B'),
  },
  {
    id: 'Qwen/Qwen3.6-35B-A3B',
    title: 'Qwen3.6 35B-A3B',
    config: {
      text_config: {
        ...qwenHybrid,
        model_type: 'qwen3_5_moe_text',
        hidden_size: 2048,
        num_hidden_layers: 40,
        num_attention_heads: 16,
        num_key_value_heads: 2,
        num_experts: 256,
        num_experts_per_tok: 8,
        moe_intermediate_size: 512,
        shared_expert_intermediate_size: 512,
        linear_num_value_heads: 32,
      },
      vision_config: { hidden_size: 1152, intermediate_size: 4304, depth: 27 },
    },
    others: [{ id: 'Qwen/Qwen3.6-35B-A3B-FP8', format: 'fp8' }],
  },
  {
    id: 'meta-llama/Llama-3.3-70B-Instruct',
    title: 'Llama 3.3 70B',
    config: llama(8192, 80, 64, 28_672),
    others: [
      { id: 'RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic', format: 'fp8' },
      { id: 'RedHatAI/Llama-3.3-70B-Instruct-quantized.w4a16', format: 'int4' },
    ],
    isGated: true,
  },
  { id: 'openai/gpt-oss-120b', title: 'gpt-oss 120B', config: gptOss(36, 128), others: [] },
];

/** The model of the list that a name means, whichever of its forms; case does not count, as at Hugging Face. */
export function listedAs(
  name: string,
): { readonly model: ListedModel; readonly format: WeightFormat | undefined } | undefined {
  const is = (id: string): boolean => id.toLowerCase() === name.toLowerCase();
  for (const model of MODELS) {
    if (is(model.id)) return { model, format: undefined };
    const other = model.others.find(({ id }) => is(id));
    if (other) return { model, format: other.format };
  }
  return undefined;
}
