import { appError, type AppError } from '../errors.ts';
import { argumentsOf } from './arguments.ts';
import { listedAs } from './models.ts';

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

/**
 * Told where the setting `tool-parser` is another family's than the model's, which a model that is set by itself leaves
 * behind: vLLM starts all the same, and hands calls of tools on as text. Nothing is said of a model that is not of the
 * list, of a parser that no model of the list wants, and where an argument names another one. Pure.
 */
export function otherParser(valueOf: (setting: string) => string | undefined): AppError | undefined {
  const [model, parser] = [valueOf('model') ?? '', valueOf('tool-parser')];
  const listed = listedAs(model);
  const wanted = listed && toolParserOf(listed.model.id);
  const isOther = parser !== wanted && PARSERS.some(([, its]) => its === parser);
  if (wanted === undefined || parser === undefined || !isOther) return undefined;
  if (argumentsOf(valueOf('vllm-arguments') ?? '').some((a) => a.name === '--tool-call-parser'))
    return undefined;
  return appError('gpu.other-parser', { model, parser, wanted });
}
