import { describe, expect, it } from 'vitest';
import { redactor } from '../../main/system/redact.ts';

const secret = 'p4ss?w/rd+ Ünïcode"x';
const base64 = (s: string): string => Buffer.from(s).toString('base64');

describe('redactor', () => {
  it.each([
    ['the value', [secret], `a ${secret} b`, 'a ••• b'],
    ['twice', ['abcdefgh'], 'abcdefghabcdefgh', '••••••'],
    ['URL-encoded', [secret], `?k=${encodeURIComponent(secret)}&x`, '?k=•••&x'],
    ['in a form', [secret], `k=${new URLSearchParams({ k: 'a b c d e f' }).toString()}`, 'k=k=a+b+c+d+e+f'],
    ['URL-encoded to the last sign', ["p4ss(w*rd)'!"], '?k=p4ss%28w%2Ard%29%27%21&x', '?k=•••&x'],
    ['in a form, with spaces as +', ['a b c d e'], 'k=a+b+c+d+e;', 'k=•••;'],
    ['in JSON', [secret], JSON.stringify({ k: secret }), '{"k":"•••"}'],
    ['base64', ['0123456789ab'], `x ${base64('0123456789ab')} y`, 'x ••• y'],
    ['the longest first', ['abcdefgh', 'abcdefghij'], 'abcdefghij abcdefgh', '••• •••'],
    ['what looks like a pattern', ['a.c(d)*+?[]'], 'a.c(d)*+?[] axc(d)', '••• axc(d)'],
    ['each line of several', ['first line 1\n  second line 2\nok'], 'x second line 2 ok', 'x ••• ok'],
    ['nothing short', ['short', ''], 'short', 'short'],
    ['nothing', [], 'text', 'text'],
  ])('%s', (_, values, text, expected) => {
    expect(redactor(values).text(text)).toBe(expected);
  });

  it('takes out values as large as any that can be stored', () => {
    const [line, file] = ['x+y/'.repeat(16_000), 'z?'.repeat(500_000)];
    const text = `a ${line} b ${base64(line).replace(/=+$/, '')} c ${encodeURIComponent(file)} d`;
    expect(redactor([file, line, secret]).text(`${text} ${secret}`)).toBe('a ••• b •••w c ••• d •••');
  });

  it.each([0, 1, 2, 3, 4])('finds a password in basic authentication after a user of %i characters', (n) => {
    const shown = redactor([secret]).text(`Authorization: Basic ${base64(`${'u'.repeat(n)}:${secret}@x`)}`);
    const left = shown.split('Basic ')[1]?.split('•••') ?? [];
    expect(left).toHaveLength(2);
    // the digits that are left over belong to the user's name and to what follows
    expect(Buffer.from(left[0] ?? '', 'base64').toString()).toBe(
      `${'u'.repeat(n)}:`.slice(0, Math.floor(((left[0] ?? '').length * 6) / 8)),
    );
    expect(shown).not.toContain(base64(secret).slice(4, -4));
  });
});
