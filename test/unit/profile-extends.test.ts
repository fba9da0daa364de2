import { describe, expect, it } from 'vitest';
import { blockOf } from '../../main/stack/source.ts';
import { memoryFiles } from './memory-files.ts';

const BASE = `
x-letta-stack:
  title: Base
  summary: S
  version: "1"
  needs: { disk: 1g, memory: 1g }
  settings:
    - { name: port, label: Port, type: port, default: 1, variable: PORT }
    - { name: word, label: Word, type: string, default: a, variable: WORD }
  probes:
    - { id: a, label: A, kind: http, url: "http://127.0.0.1:{port}/" }
`;

const read = (own: string, base: string | null = BASE) =>
  blockOf(
    memoryFiles({ '/p/own/compose.yaml': own, ...(base !== null && { '/p/base/compose.yaml': base }) }),
    '/p/own/compose.yaml',
  );
const block = (text: string): string => `x-letta-stack:\n  extends: ../base/compose.yaml\n${text}`;

describe("a block that goes on from another file's", () => {
  it('has what that one says, its own words instead, and its own entries in place or after', () => {
    const found = read(
      block(`  title: Own
  needs: { memory: 2g }
  settings:
    - { name: more, label: More, type: string, default: "", variable: MORE }
    - { name: word, label: Word, type: string, default: b, variable: WORD }
`),
    )!;
    expect(found).toMatchObject({ title: 'Own', summary: 'S', needs: { disk: 2 ** 30, memory: 2 ** 31 } });
    expect(found.settings.map((s) => [s.name, s.default])).toEqual([
      ['port', '1'],
      ['word', 'b'],
      ['more', ''],
    ]);
    expect(found.probes.map((p) => p.id)).toEqual(['a']);
    expect(found).not.toHaveProperty('extends');
  });

  it('says of an entry only what is its own', () => {
    const found = read(
      block(`  settings: [{ name: word, default: b }]
  probes: [{ id: a, url: "http://127.0.0.1:{port}/own" }]
`),
    )!;
    expect(found.settings[1]).toMatchObject({ name: 'word', label: 'Word', default: 'b', variable: 'WORD' });
    expect(found.probes).toEqual([{ id: 'a', label: 'A', kind: 'http', url: 'http://127.0.0.1:{port}/own' }]);
  });

  it('may go on from one that goes on from another', () => {
    const middle = block('  summary: Middle\n  without: [word]\n').replace('../base', '../first');
    const files = { '/p/own/compose.yaml': block('  title: Own\n'), '/p/base/compose.yaml': middle };
    const found = blockOf(memoryFiles({ ...files, '/p/first/compose.yaml': BASE }), '/p/own/compose.yaml')!;
    expect(found).toMatchObject({ title: 'Own', summary: 'Middle', version: '1' });
    expect(found.settings.map((s) => s.name)).toEqual(['port']);
  });

  it('leaves out the settings and probes that it names, and refuses one that is not there', () => {
    const found = read(block('  title: Own\n  without: [word, a]\n'))!;
    expect(found.settings.map((s) => s.name)).toEqual(['port']);
    expect(found.probes).toEqual([]);
    expect(() => read(block('  title: Own\n  without: [words]\n'))).toThrow(
      expect.objectContaining({
        errors: [
          expect.objectContaining({
            data: {
              file: '/p/own/compose.yaml',
              path: 'x-letta-stack.without',
              problem: '../base/compose.yaml has no setting or probe "words"',
            },
          }),
        ],
      }) as Error,
    );
  });

  it('calls what is wrong in a list by its name, wherever it stands', () => {
    const path = 'x-letta-stack.settings.word.type';
    expect(() => read(block('  title: Own\n'), BASE.replace('type: string', 'type: strong'))).toThrow(
      expect.objectContaining({
        errors: [expect.objectContaining({ data: expect.objectContaining({ path }) as object })],
      }) as Error,
    );
  });

  it.each([
    ['is gone', null, '/p/own/compose.yaml', 'there is no file /p/base/compose.yaml'],
    [
      'is no YAML',
      `${BASE}\t- broken\n`,
      '/p/own/compose.yaml',
      expect.stringMatching(/^\/p\/base\/compose\.yaml:12:1: not valid YAML: /) as string,
    ],
    ['has no block', 'services: {}\n', '/p/own/compose.yaml', '../base/compose.yaml has no x-letta-stack'],
    [
      'goes on from this one',
      BASE.replace('  title', '  extends: ../own/compose.yaml\n  title'),
      '/p/base/compose.yaml',
      '../own/compose.yaml extends this one',
    ],
  ])('is refused when the other %s', (_what, base, file, problem) => {
    const data = { file, path: 'x-letta-stack.extends', problem };
    expect(() => read(block('  title: Own\n'), base)).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ data })] }) as Error,
    );
  });
});
