import { expect, test } from 'vitest';
import { say } from '../../main/errors.ts';
import { MODELS } from '../../main/gpu/models.ts';
import { otherParser, toolParserOf } from '../../main/gpu/tool-parsers.ts';

/** vllm/tool_parsers/__init__.py, as of November 2026: those that are wanted here */
const PARSERS = ['hermes', 'qwen3_coder', 'llama3_json', 'openai', 'mistral', 'gemma4', 'glm47'];
test.each(MODELS.map((m) => m.id))('how %s calls tools is known', (id) => {
  expect(PARSERS).toContain(toolParserOf(id));
});

test.each<[model: string, parser: string, added: string, wanted: string | undefined]>([
  ['Qwen/Qwen3-8B', 'hermes', '', undefined],
  ['Qwen/Qwen3-8B', 'llama3_json', '', 'hermes'],
  ['Qwen/Qwen3.8-27B', 'hermes', '', 'qwen3_coder'],
  // a smaller form is of the same family, and case does not count
  ['RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic', 'hermes', '', 'llama3_json'],
  ['Intel/GLM-4.7-Flash-int4-AutoRound', 'glm47', '', undefined],
  ['qwen/qwen3-8b-awq', 'mistral', '', 'hermes'],
  // it may well know the model
  ['Qwen/Qwen3.8-27B', 'qwen3_xml', '', undefined],
  // nobody here knows the model, also where its name begins like one
  ['Qwen/Qwen3-Coder-480B-A35B-Instruct', 'llama3_json', '', undefined],
  ['lab/tiny-chat', 'hermes', '', undefined],
  // another one is named behind it, which counts
  ['Qwen/Qwen3-8B', 'llama3_json', '--tool-call-parser hermes', undefined],
  ['Qwen/Qwen3-8B', 'llama3_json', '--tool_call_parser=hermes', undefined],
  ['Qwen/Qwen3-8B', 'llama3_json', '--enforce-eager', 'hermes'],
])('%s with %s, %s', (model, parser, added, wanted) => {
  const settings: Record<string, string> = { model, 'tool-parser': parser, 'vllm-arguments': added };
  const found = otherParser((name) => settings[name]);
  expect(found).toEqual(wanted && { code: 'gpu.other-parser', data: { model, parser, wanted } });
  if (found) expect(say(found, 'vllm').next).toContain(`letta-stack settings set vllm tool-parser ${wanted}`);
});

test('a stack without those settings is not asked', () => {
  expect(otherParser(() => undefined)).toBeUndefined();
});
