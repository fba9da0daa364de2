import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cleanKey, readKey } from '../../main/key-shape.ts';
import {
  ADDRESS_VARIABLES,
  addressSetting,
  PROVIDERS,
  providerOfKey,
  providerOfVariable,
  providersOf,
} from '../../main/providers.ts';
import { blockOf } from '../../main/stack/source.ts';
import { passwordOf, passwordWord } from '../../main/stack/stack-keys.ts';
import { nodeFiles } from '../../main/system/file-source.ts';
import { profileIds } from '../../main/system/profiles.ts';

const PROFILES = path.join(import.meta.dirname, '../../compose');
const blocks = profileIds(PROFILES).map((id) => {
  const block = blockOf(nodeFiles, path.join(PROFILES, id, 'compose.yaml'))!;
  return { id, block };
});

describe('the table of providers', () => {
  it('names each provider, key and setting once, and an https page', () => {
    const ids = PROVIDERS.map((p) => p.id);
    const names = PROVIDERS.flatMap((p) => [...p.keys, ...p.settings].map((x) => x.name));
    expect([new Set(ids).size, new Set(names).size]).toEqual([ids.length, names.length]);
    for (const provider of PROVIDERS) {
      const { page, address, call } = provider;
      expect(new URL(page).protocol).toBe('https:');
      // what it is tried at is given by the table, or by a setting without which it is not used
      const base = call?.base ?? address?.url;
      if (base !== undefined) expect(base).toMatch(/^https:\/\/.*[^/]$/);
      else if (call) expect(addressSetting(provider)).toMatchObject({ isNeeded: true });
    }
  });

  it('has each variable of an address once, and knows whose it is', () => {
    expect(new Set(ADDRESS_VARIABLES).size).toBe(ADDRESS_VARIABLES.length);
    for (const variable of ['OPENAI_API_BASE', 'OLLAMA_BASE_URL', 'SGLANG_API_BASE'])
      expect(ADDRESS_VARIABLES).toContain(variable);
    expect(providerOfVariable('LMSTUDIO_BASE_URL')?.id).toBe('lmstudio');
    // a region is no address, and what tools use is not asked of a server
    for (const variable of ['AWS_DEFAULT_REGION', 'HF_ENDPOINT'])
      expect(providerOfVariable(variable)).toBeUndefined();
  });

  it.each(blocks)('has a card for every key of $id that all stacks share', ({ block }) => {
    const cards = providersOf(block).flatMap((p) => p.keys.map((k) => k.name));
    const shared = block.secrets.filter((s) => s.scope === 'global').map((s) => s.name);
    expect(cards.toSorted()).toEqual(shared.toSorted());
    for (const { name, multiline } of block.secrets)
      expect(providerOfKey(name)?.key.multiline ?? false).toBe(
        multiline && providerOfKey(name) !== undefined,
      );
  });

  it.each(['production', 'development', 'development-reload', 'research'])(
    'says of %s the variables that the server is given',
    (id) => {
      const { block } = blocks.find((b) => b.id === id)!;
      const taken = providersOf(block).map((p) => p.id);
      for (const wanted of [
        'openai',
        'anthropic',
        'gemini',
        'groq',
        'together',
        'openrouter',
        'azure',
        'bedrock',
      ])
        expect(taken).toContain(wanted);
      for (const wanted of ['ollama', 'vllm', 'sglang', 'lmstudio']) expect(taken).toContain(wanted);
      const text = readFileSync(path.join(PROFILES, 'shared/services.yaml'), 'utf8');
      for (const { settings } of providersOf(block))
        for (const { name, variable } of settings) {
          const own = block.settings.find((s) => s.name === name)!.variable;
          expect(text).toContain(`${variable}: \${${own}:-`);
        }
    },
  );

  it('shows what app-server takes, and no address that it does not read', () => {
    const { block } = blocks.find((b) => b.id === 'app-server')!;
    const shown = Object.fromEntries(providersOf(block).map((p) => [p.id, p.settings.map((s) => s.name)]));
    expect(shown).toMatchObject({
      openai: [],
      ollama: ['ollama-url'],
      lmstudio: ['lmstudio-url'],
      openrouter: [],
    });
    expect(Object.keys(shown)).not.toContain('azure');
    expect(Object.keys(shown)).not.toContain('vllm');
  });

  it.each([
    ['production', 'LETTA_SERVER_PASSWORD', 'password'],
    ['app-server', 'LETTA_APP_SERVER_TOKEN', 'token'],
  ])('what opens %s is %s, a %s', (id, name, word) => {
    const { block } = blocks.find((b) => b.id === id)!;
    expect([passwordOf(block), passwordWord(block)]).toEqual([name, word]);
  });
});

const KEY = 'sk-proj-0123456789abcdef';
describe('a pasted key', () => {
  it.each<[pasted: string, cleaned: string[]]>([
    [KEY, []],
    [`  ${KEY}\r\n`, []],
    [`\uFEFF${KEY}\u200B`, []],
    [`"${KEY}"`, ['quotes around it']],
    [`'${KEY}',`, ['quotes around it']],
    [`“${KEY}”`, ['quotes around it']],
    [`Bearer ${KEY}`, ['“Bearer” before it']],
    [`Authorization: bearer ${KEY}`, ['“Bearer” before it']],
    [`"Bearer ${KEY}"`, ['quotes around it', '“Bearer” before it']],
    [`OPENAI_API_KEY=${KEY}`, ['OPENAI_API_KEY= before it']],
    [`export OPENAI_API_KEY="${KEY}"\n`, ['OPENAI_API_KEY= before it', 'quotes around it']],
  ])('%j is the key alone', (pasted, cleaned) => {
    expect(cleanKey('OPENAI_API_KEY', pasted)).toEqual({ value: KEY, cleaned });
  });

  it('keeps what may be of the key', () => {
    for (const value of ['a=b/c+d==', "it's", 'OTHER=x', 'bearer', '"'])
      expect(cleanKey('OPENAI_API_KEY', value)).toEqual({ value, cleaned: [] });
  });

  it.each<[name: string, pasted: string, doubt: string | undefined]>([
    ['OPENAI_API_KEY', KEY, undefined],
    ['OPENAI_API_KEY', 'sk-0123456789abcdef', undefined],
    ['OPENAI_API_KEY', 'sk-ant-api03-0123456789', 'this looks like an Anthropic key'],
    ['OPENAI_API_KEY', '"sk-or-v1-0123456789abc"', 'this looks like an OpenRouter key'],
    ['OPENAI_API_KEY', 'hunter2hunter2hunter2', 'keys of OpenAI begin with sk-'],
    ['OPENAI_API_KEY', 'sk-012345 6789abcdef', 'there is a space or a line break in it'],
    ['OPENAI_API_KEY', 'sk-0123456789\nabcdef', 'there is a space or a line break in it'],
    ['OPENAI_API_KEY', 'sk-0123', 'it has only 7 characters'],
    ['OPENAI_API_KEY', `sk-0123456789\u200Babcdef`, 'character 14 of it is no plain letter, digit or sign'],
    [
      'ANTHROPIC_API_KEY',
      'sk-ant-emoji😀0123456789é',
      'character 13 of it is no plain letter, digit or sign',
    ],
    ['ANTHROPIC_API_KEY', KEY, 'this looks like an OpenAI key'],
    ['ANTHROPIC_API_KEY', 'sk-0123456789abcdef', 'keys of Anthropic begin with sk-ant-'],
    ['DEEPSEEK_API_KEY', 'sk-0123456789abcdef', undefined],
    ['DEEPSEEK_API_KEY', KEY, 'this looks like an OpenAI key'],
    ['GEMINI_API_KEY', 'AQ.0123456789abcdef', undefined],
    ['GEMINI_API_KEY', 'ya29.0123456789abc', 'keys of Google Gemini begin with AIza or AQ.'],
    ['TOGETHER_API_KEY', '0'.repeat(64), undefined],
    ['TOGETHER_API_KEY', 'gsk_0123456789abcdef', 'this looks like a Groq key'],
    ['AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE', undefined],
    ['AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7', 'it is not AKIA and 16 capitals or digits'],
    [
      'AWS_ACCESS_KEY_ID',
      'ASIAIOSFODNN7EXAMPLE',
      'this looks like a temporary AWS key, which the server cannot use',
    ],
    ['AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', undefined],
    ['AWS_SECRET_ACCESS_KEY', 'AKIAIOSFODNN7EXAMPLE', 'this looks like an AWS access key ID'],
    ['GOOGLE_CREDENTIALS', '{"client_email":"a@b","private_key":"x"}', undefined],
    ['GOOGLE_CREDENTIALS', '{"type":"authorized_user"}', 'it is not the key file of a service account'],
    ['GOOGLE_CREDENTIALS', 'AIza0123', 'it is not JSON: paste the whole key file'],
    ['LETTA_SERVER_PASSWORD', 'short', undefined],
  ])('for %s: %j', (name, pasted, doubt) => {
    expect(readKey(name, pasted).doubt).toBe(doubt);
  });

  it('is plain characters even where the address is one of the user’s own', () => {
    expect(readKey('OPENAI_API_KEY', 'mine\u200B1', true).doubt).toBe(
      'character 5 of it is no plain letter, digit or sign',
    );
  });

  it('may be any where the address is one of the user’s own', () => {
    expect(readKey('OPENAI_API_KEY', ' "none" ', true)).toEqual({
      value: 'none',
      cleaned: ['quotes around it'],
    });
  });
});
