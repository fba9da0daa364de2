import { expect, test } from 'vitest';
import { gpuText } from '../../main/commands/gpu.ts';
import { makeStyle } from '../../main/commands/style.ts';
import type { GpuFacts } from '../../main/contract.ts';
import { gpuReport } from '../../main/gpu/report.ts';
import { hasCode } from '../../main/errors.ts';
import { GPU_FACTS } from '../fixtures/gpu-facts.ts';
import { runCli } from './cli-double.ts';

const ENGINE = {
  os: 'linux',
  arch: 'x86_64',
  product: 'docker',
  isHere: true,
  isRootless: false,
  kernel: '6.1.0',
  runtimes: ['runc'],
};
const textOf = (request = {}, facts: GpuFacts = GPU_FACTS, engine = ENGINE): string =>
  gpuText(gpuReport({ facts, engine }, request), makeStyle(false));

test('a model with its arithmetic', () => {
  expect(textOf({ model: 'Qwen/Qwen3-8B', context: 8192 })).toBe(
    `NVIDIA GeForce RTX 4090  23.2 GiB of 24.0 GiB free, compute capability 8.9
NVIDIA driver 580.95.05, CUDA 13.0

vLLM: ✓ likely
NVIDIA GeForce RTX 4090 with driver 580.95.05 (CUDA 13.0) is here, and NVIDIA’s container toolkit is installed. Whether a container gets the card shows when one is started with it.

Qwen/Qwen3-8B: ✓ fits
It fits: 18.0 GiB with a context of 8,192 tokens, of 21.6 GiB that can be used of NVIDIA GeForce RTX 4090; up to 33,792 tokens would fit.

  Weights     15.3 GiB  8.2 billion parameters, 16 bits each
  KV cache    1.1 GiB   8,192 tokens of one request, 36 layers, 8 key heads of 128
  Activation  505 MiB   2,048 tokens in a step, 256 requests
  CUDA        1.1 GiB   driver and libraries, CUDA graphs
  Together    18.0 GiB
  Usable      21.6 GiB  of 24.0 GiB

- One request at a time with the whole context; what is left over serves more of them.
- vLLM takes 90 % of the card (gpu-share).
`,
  );
});

const [RTX] = GPU_FACTS.cards;
test.each<[string, string, GpuFacts, string]>([
  [
    'more cards',
    'Qwen/Qwen3-14B',
    { ...GPU_FACTS, cards: [RTX!, RTX!] },
    "To set that:\n  letta-stack settings set vllm vllm-arguments -- '--tensor-parallel-size 2'\n",
  ],
  [
    'another model',
    'Qwen/Qwen3-32B',
    GPU_FACTS,
    'Intel/GLM-4.7-Flash-int4-AutoRound fits:\n  letta-stack settings set vllm model Intel/GLM-4.7-Flash-int4-AutoRound\n  letta-stack settings set vllm tool-parser glm47\n',
  ],
])('%s, as commands', (_, model, facts, commands) => {
  const text = textOf({ model }, facts);
  expect(text.endsWith(`\n${commands}`)).toBe(true);
});

test('every model, in a line', () => {
  const lines = textOf().split('\n');
  expect(lines).toContain(
    'Qwen/Qwen3-14B                                 14.8 B      40,960           31.7 GiB  ! only quantised',
  );
  expect(lines).toContain(
    'openai/gpt-oss-20b                             20.9 B      131,072          15.7 GiB  ✓ fits',
  );
});

test('what would make it work, step by step', () => {
  const text = textOf({}, { ...GPU_FACTS, toolkit: false });
  expect(text).toContain('vLLM: ! not\n');
  expect(text).toContain(
    '  3. Install NVIDIA’s container toolkit.\n     sudo apt-get update && sudo apt-get install -y nvidia-container-toolkit\n',
  );
  expect(text).toContain('Instead: Ollama or LM Studio');
});

test('without a card nothing is compared', () => {
  const text = textOf({}, { system: 'linux', distribution: [], cards: [] });
  expect(text).toContain('No graphics card was found on this computer.\n');
  expect(text).not.toContain('HERE');
  expect(text).toContain(
    'Qwen/Qwen3-8B                                  8.2 B       40,960           19.1 GiB\n',
  );
});

test('cards of this computer say nothing of another machine’s engine', () => {
  const elsewhere = { ...ENGINE, isHere: false, runtimes: ['nvidia'] };
  const report = gpuReport({ facts: GPU_FACTS, engine: elsewhere }, { model: 'Qwen/Qwen3-8B' });
  expect(report.offer.verdict).toBe('likely');
  expect(report.fit?.verdict).toBe('unknown');
  expect(report.models.every((m) => m.verdict === 'unknown')).toBe(true);
});

test('a part of a card is listed below it; names cannot move the cursor', () => {
  const [card] = GPU_FACTS.cards;
  const text = textOf(
    {},
    {
      ...GPU_FACTS,
      cards: [
        {
          ...card!,
          name: 'NVIDIA\u001B[2J A100',
          mig: [{ uuid: 'MIG-1', profile: '3g.20gb', memory: { total: 20_096 * 1024 ** 2 } }],
        },
      ],
    },
  );
  expect(text).toContain('  MIG 3g.20gb');
  expect(text).not.toContain('\u001B');
});

test('a smaller form is asked for by its own name, in any case', () => {
  const report = gpuReport({ facts: GPU_FACTS, engine: ENGINE }, { model: 'qwen/qwen3-14b-awq' });
  expect(report.fit).toMatchObject({ model: 'Qwen/Qwen3-14B-AWQ', format: 'int4', verdict: 'fits' });
});

test.each([
  ['Qwen/Qwen3-9B', 'Did you mean Qwen/Qwen3-8B?'],
  ['nothing-like-it', 'letta-stack gpu lists the models'],
])('a model that is not there: %s', async (model, words) => {
  const { code, stderr } = await runCli(['gpu', '--model', model]);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

test.each(['0', '-1', '1.5', '32k', '123456789'])('%s is no number of tokens', async (length) => {
  const { code, stderr } = await runCli(['gpu', `--max-length=${length}`]);
  expect(code).toBe(2);
  expect(stderr).toContain(`--max-length cannot be "${length}"`);
});

test.each([
  ['{', /Expected property name/],
  ['{"hidden_size": 1}', /num_hidden_layers/],
])('a config.json that describes no model: %s', (text, problem) => {
  const read = () => gpuReport({ facts: GPU_FACTS, engine: ENGINE }, {}, { file: 'config.json', text });
  expect(read).toThrow(problem);
  expect(read).toThrow(expect.toSatisfy((e: unknown) => hasCode(e, 'gpu.bad-config')));
});
