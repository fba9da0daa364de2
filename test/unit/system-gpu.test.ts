// The program nvidia-smi is a script here that prints what real ones did: what is run, how it ends and how long it may
// take are real.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hostFacts } from '../../main/gpu/host.ts';
import { readGpuSources } from '../../main/system/gpu.ts';
import { coreHome } from './helpers/core.ts';
import { A100_MIG, FAILURES, FIELD_UNKNOWN, GEFORCE_440, GEFORCE_550 } from './gpu-outputs.ts';

const top = mkdtempSync(join(tmpdir(), 'letta-gpu-'));
afterAll(() => rmSync(top, { recursive: true }));

/** A folder with programs, each a shell script. */
function programs(scripts: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(top, 'bin-'));
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

const quoted = (text: string): string => `printf '%s' '${text.replaceAll("'", `'\\''`)}'`;

/** As nvidia-smi: asked for fields, for the list, or for nothing. */
const smi = ({ query, list = '', table = '' }: { query: string; list?: string; table?: string }): string =>
  `case "$1" in --query-gpu=*) ${quoted(query)};; -L) ${quoted(list)};; *) ${quoted(table)};; esac`;

const facts = async (folder: string) => {
  const PATH = [folder, '/usr/bin', '/bin'].join(delimiter);
  return hostFacts(await readGpuSources({ platform: 'linux', env: { PATH } }));
};

describe.skipIf(process.platform !== 'linux')('nvidia-smi', () => {
  test('is asked for cards, list and table', async () => {
    const found = await facts(programs({ 'nvidia-smi': smi(A100_MIG) }));
    expect(found).toMatchObject({ driver: '525.60.13', cuda: '12.0' });
    expect(found.cards[0]?.mig).toHaveLength(2);
  });

  test('is asked again for less where it does not know a field', async () => {
    const script = `case "$1" in *compute_cap*) ${quoted(FIELD_UNKNOWN)}; exit 2;; esac\n${smi(GEFORCE_440)}`;
    const found = await facts(programs({ 'nvidia-smi': script }));
    expect(found).toMatchObject({ driver: '440.64', cards: [{ name: 'GeForce RTX 2080' }] });
  });

  test('with its cards the core reckons as the profile vllm is set', async () => {
    const home = coreHome({ PATH: programs({ 'nvidia-smi': smi(GEFORCE_550) }) });
    cpSync('compose', home.profiles, { recursive: true });
    mkdirSync(dirname(home.settingsFile), { recursive: true });
    const variables = { LETTA_STACK_GPU_SHARE: '0.5', LETTA_STACK_MAX_LENGTH: '8192' };
    const stacks = { 'letta-vllm': { profile: 'vllm', variables } };
    writeFileSync(home.settingsFile, JSON.stringify({ version: 1, stacks }));
    const { fit } = await home.core().gpu({ model: 'Qwen/Qwen3-4B-Instruct-2507' });
    expect(fit?.context).toBe(8192);
    expect(fit?.assumptions).toContain('vLLM takes 50 % of the card (gpu-share).');
  });

  test('is asked once for all who ask at a time, and anew later', async () => {
    const log = join(top, 'asked');
    const count = () => readFileSync(log, 'utf8').length;
    const home = coreHome({ PATH: programs({ 'nvidia-smi': `printf x >> ${log}\n${smi(GEFORCE_550)}` }) });
    cpSync('compose', home.profiles, { recursive: true });
    const core = home.core();
    const found = await Promise.all([core.gpu(), core.gpu({ model: 'Qwen/Qwen3-8B' }), core.gpu()]);
    expect(found.map((f) => f.facts.cards.length)).toEqual([1, 1, 1]);
    const once = count();
    await core.gpu();
    expect(count()).toBe(2 * once);
  });

  test('speaks English, whatever the user’s language', async () => {
    const script = `[ "$LC_ALL" = C ] || exit 3\n${smi(GEFORCE_550)}`;
    expect((await facts(programs({ 'nvidia-smi': script }))).cards).toHaveLength(1);
  });

  test.each([
    [FAILURES.mismatch, 'gpu.driver-mismatch'],
    [FAILURES.none, 'gpu.no-devices'],
  ])('fails with %j', async ({ code, stdout }, expected) => {
    const found = await facts(programs({ 'nvidia-smi': `${quoted(stdout)}; exit ${code}` }));
    expect(found.problem?.code).toBe(expected);
  });

  test('ends by a signal', async () => {
    const found = await facts(programs({ 'nvidia-smi': 'kill -SEGV $$' }));
    expect(found.problem?.message).toContain('ended with a signal and said nothing');
  });

  test('that hangs is given up', { timeout: 20_000 }, async () => {
    const found = await facts(programs({ 'nvidia-smi': 'exec sleep 60' }));
    expect(found.problem?.message).toBe('nvidia-smi did not answer within 10 s.');
  });

  test('that may not be run is as if it were not there', async () => {
    const folder = programs({ 'nvidia-smi': '' });
    chmodSync(join(folder, 'nvidia-smi'), 0o644);
    expect((await facts(folder)).cards.filter((c) => c.vendor === 'nvidia')).toEqual([]);
  });

  test.each([
    ['nvidia-cdi-hook', true],
    ['nvidia-container-runtime-hook', true],
    ['something-else', false],
  ])('%s lies on the PATH', async (name, expected) => {
    expect((await facts(programs({ [name]: '' }))).toolkit).toBe(expected);
  });
});

test('a system without any of it is no error', async () => {
  const found = hostFacts(await readGpuSources({ platform: 'freebsd', env: {} }));
  expect(found).toMatchObject({ system: 'other', distribution: [], cards: [] });
  expect(found).not.toHaveProperty('toolkit');
});
