import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GpuFacts } from '../../main/contract.ts';
import { GPU_FACTS } from '../fixtures/gpu-facts.ts';
import { gpuOf } from './answers.ts';
import { expectSound } from './sound.ts';
import { HOSTILE, STATES } from './states.ts';
import { MISSING, WindowBench, type WindowPage } from './window.ts';

describe.skipIf(MISSING)('local inference', () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await WindowBench.open();
  });
  afterAll(() => bench.close());

  async function card(answer: unknown) {
    const shown = await bench.page({ snapshot: STATES.running, answers: { gpu: answer } });
    await shown.page.keyboard.press('Control+,');
    const region = shown.page.getByRole('region', { name: 'Local inference' });
    await region.waitFor();
    return { shown, region };
  }

  const choose = async (shown: WindowPage, model: string, answer: unknown): Promise<void> => {
    await shown.answer('gpu', answer);
    await shown.page.getByRole('combobox', { name: 'Model' }).selectOption(model);
  };

  test('what was found, and that vLLM will likely run', async () => {
    const { shown, region } = await card(gpuOf());
    await region.getByText('23.2 GiB of 24.0 GiB free, compute capability 8.9').waitFor();
    await region.getByText('580.95.05, CUDA 13.0').waitFor();
    await region.getByText('vLLM will likely run').waitFor();
    expect(await region.getByRole('listitem').count()).toBe(1);
    await expectSound(shown);
    await shown.close();
  });

  test('a model and a context, with the arithmetic on opening', async () => {
    const { shown, region } = await card(gpuOf());
    const model = 'Qwen/Qwen3-14B';
    await choose(shown, model, gpuOf({}, { model }));
    await region.getByText('As Qwen/Qwen3-14B-FP8 it fits with 16,384 tokens.').waitFor();
    await region.getByText('Only quantised', { exact: true }).waitFor();
    const weights = region.getByRole('row', { name: /^Weights 27\.5 GiB/ });
    expect(await weights.isVisible()).toBe(false);
    await region.getByText('Arithmetic').click();
    await weights.waitFor();
    await region.getByRole('row', { name: 'Together 31.7 GiB' }).waitFor();
    await shown.answer('gpu', gpuOf({}, { model, context: 32_768 }));
    await region.getByRole('combobox', { name: 'Context' }).selectOption('32768');
    await region.getByText('with a context of 32,768 tokens').first().waitFor();
    expect(await shown.inputs('gpu')).toEqual([{}, { model }, { model, context: 32_768 }]);
    await expectSound(shown);
    await shown.close();
  });

  test('the context is that of the profile, and read again when its settings are others', async () => {
    const { shown, region } = await card({ ...gpuOf(), context: 20_000 });
    const context = region.getByRole('combobox', { name: 'Context' });
    expect(await context.inputValue()).toBe('20000');
    await shown.answer('gpu', { ...gpuOf(), context: 12_000 });
    await shown.push('snapshot', { ...STATES.running, revision: 2, settingsSeen: 1 });
    await expect.poll(() => context.inputValue()).toBe('12000');
    await shown.close();
  });

  test('what would make it work, each command to be copied', async () => {
    const { shown, region } = await card(gpuOf({ toolkit: false }));
    await region.getByText('vLLM will not run').waitFor();
    await region.getByText('sudo nvidia-ctk runtime configure --runtime=docker').waitFor();
    await region.getByRole('button', { name: 'Copy command of step 4' }).click();
    expect(await shown.page.evaluate('navigator.clipboard.readText()')).toBe(
      'sudo nvidia-ctk runtime configure --runtime=docker',
    );
    await region.getByText(/^Instead: Ollama or LM Studio/).waitFor();
    await expectSound(shown);
    await shown.close();
  });

  const PROBLEM = { code: 'x', data: {}, message: 'The driver sleeps.', next: 'Restart this computer.' };
  test.each<[string, Partial<GpuFacts>, readonly string[]]>([
    [
      'no card',
      { cards: [], driver: undefined, cuda: undefined },
      ['No graphics card was found on this computer.', 'vLLM will not run'],
    ],
    [
      'a driver that sleeps',
      { cards: [], problem: PROBLEM },
      ['The driver sleeps.', 'Restart this computer.'],
    ],
    [
      'an AMD card',
      { cards: [{ vendor: 'amd', name: 'AMD Radeon RX 7900 XTX' }], driver: undefined, cuda: undefined },
      ['vLLM’s image needs an NVIDIA card; this computer has AMD Radeon RX 7900 XTX.'],
    ],
    [
      'parts of a card',
      {
        cards: [
          {
            ...GPU_FACTS.cards[0]!,
            name: 'NVIDIA A100',
            mig: [{ uuid: 'MIG-1', profile: '3g.20gb', memory: { total: 20_096 * 1024 ** 2 } }],
          },
        ],
      },
      ['MIG 3g.20gb: 19.6 GiB'],
    ],
    [
      'names that want to be more than names',
      { cards: [{ ...GPU_FACTS.cards[0]!, name: HOSTILE }], driver: HOSTILE },
      ['vLLM will likely run'],
    ],
  ])('%s', async (_, facts, words) => {
    const { shown, region } = await card(gpuOf(facts));
    for (const text of words) await region.getByText(text).first().waitFor();
    await expectSound(shown);
    await shown.close();
  });

  test('the engine is asked for a card; its answer is the last word until it is looked at again', async () => {
    const { shown, region } = await card(gpuOf());
    const refused = { ...gpuOf().offer, verdict: 'not', why: 'The engine has no driver for NVIDIA.' };
    await shown.answer('gpu', { ...gpuOf(), offer: refused });
    await region.getByRole('button', { name: 'Ask the engine for a card' }).click();
    await region.getByText('The engine has no driver for NVIDIA.').waitFor();
    expect((await shown.inputs('gpu')).at(-1)).toEqual({ probe: true });
    await expectSound(shown);
    await shown.answer('gpu', gpuOf());
    await region.getByRole('button', { name: 'Look again at the graphics cards' }).click();
    await region.getByText('vLLM will likely run').waitFor();
    await shown.close();
  });

  test('it is looked at again with a button, and says what goes wrong', async () => {
    const { shown, region } = await card(gpuOf());
    await shown.answer('gpu', gpuOf({ driver: '590.1' }));
    await region.getByRole('button', { name: 'Look again' }).click();
    await region.getByText('590.1, CUDA 13.0').waitFor();
    const errors = [{ code: 'x', data: {}, message: 'It cannot be read', next: 'Wait.' }];
    await shown.answer('gpu', { errors });
    await region.getByRole('button', { name: 'Look again' }).click();
    await region.getByText('It cannot be read').waitFor();
    await shown.close();
  });
});
