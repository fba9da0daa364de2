/**
 * vLLM's `--tool-call-parser` for the models of the list, by how their names begin: docs.vllm.ai, "Tool Calling"
 * (Llama, gpt-oss, Mistral, GLM) and its recipes (Gemma 4), qwen.readthedocs.io, "Function Calling" (Qwen3), and the
 * cards of the models themselves (Qwen3.6, Qwen3.8).
 */
const PARSERS = [
  ['Qwen/Qwen3-', 'hermes'],
  ['Qwen/Qwen3.', 'qwen3_coder'],
  ['meta-llama/Llama-3', 'llama3_json'],
  ['openai/gpt-oss-', 'openai'],
  ['mistralai/Mistral-', 'mistral'],
  ['google/gemma-4-', 'gemma4'],
  ['zai-org/GLM-4.7', 'glm47'],
] as const;

/** How a model of the list calls tools; undefined where that is not known. */
export const toolParserOf = (model: string): string | undefined =>
  PARSERS.find(([start]) => model.startsWith(start))?.[1];
