import { describe, expect, it } from 'vitest';
import { Failure, say } from '../../main/errors.ts';
import { readProfileBlock } from '../../main/stack/profile.ts';

const least = { title: 'T', summary: 'S', version: '1' };

/** What is said about a block, `path: problem`. */
function problemsOf(block: unknown): string[] {
  try {
    readProfileBlock(block, 'compose.yaml');
    return [];
  } catch (e) {
    if (!(e instanceof Failure)) throw e;
    return e.errors.map(({ data }) => `${String(data['path'])}: ${String(data['problem'])}`);
  }
}

const setting = { name: 'port', label: 'Port', type: 'port', default: 80, variable: 'PORT' };
const secret = { name: 'KEY', label: 'Key', scope: 'global' };

describe('readProfileBlock', () => {
  it('fills in what a small block leaves out', () => {
    expect(readProfileBlock(least, 'f')).toEqual({
      ...least,
      needs: {},
      jobs: {},
      urls: [],
      imageIdFiles: {},
      provides: {},
      settings: [],
      secrets: [],
      bundles: [],
      probes: [],
    });
  });

  it('turns defaults into text and sizes into bytes', () => {
    const block = readProfileBlock(
      {
        ...least,
        needs: { disk: '2g', memory: 1024 },
        settings: [
          setting,
          { name: 'on', label: 'On', type: 'boolean', default: false, variable: 'ON' },
          { name: 'list', label: 'List', type: 'list', default: ['a', 'b'], variable: 'LIST' },
        ],
      },
      'f',
    );
    expect(block.needs).toEqual({ disk: 2 * 1024 ** 3, memory: 1024 });
    expect(block.settings.map((s) => s.default)).toEqual(['80', 'false', 'a,b']);
  });

  it.each<[string, unknown, string[]]>([
    ['no mapping', 'text', ['x-letta-stack: Invalid input: expected object, received string']],
    [
      'no title',
      { summary: 'S', version: '1' },
      ['x-letta-stack.title: Invalid input: expected string, received undefined'],
    ],
    ['an unknown key', { ...least, titel: 'x' }, ['x-letta-stack: Unrecognized key: "titel"']],
    [
      'a bad name and a bad variable',
      { ...least, settings: [{ ...setting, name: 'Port', variable: 'port' }] },
      [
        'x-letta-stack.settings[0].name: a name is small letters, digits and -',
        'x-letta-stack.settings[0].variable: a variable is capitals, digits and _',
      ],
    ],
    [
      'a size that is none',
      { ...least, needs: { disk: 'much' } },
      ['x-letta-stack.needs.disk: not a size such as 512m or 2g'],
    ],
    [
      'a default that its setting refuses',
      { ...least, settings: [{ ...setting, default: 70_000 }] },
      ['x-letta-stack.settings[0].default: it is more than 65535'],
    ],
    [
      'a name twice',
      { ...least, settings: [setting, { ...setting, variable: 'OTHER' }] },
      ['x-letta-stack.settings[1]: its name or variable stands above already'],
    ],
    [
      'one variable for a setting and a bundle',
      {
        ...least,
        settings: [setting],
        secrets: [secret],
        bundles: [{ variable: 'PORT', service: 'a', value: 'KEY' }],
      },
      ['x-letta-stack.bundles[0]: its name or variable stands above already'],
    ],
    [
      'a generated secret without a volume',
      { ...least, secrets: [{ ...secret, generated: true }] },
      ['x-letta-stack.secrets[0]: what is generated is made with a volume'],
    ],
    [
      'a pattern that is none',
      { ...least, secrets: [{ ...secret, pattern: '[' }] },
      ['x-letta-stack.secrets[0].pattern: not a regular expression'],
    ],
    [
      'a bundle of both kinds',
      {
        ...least,
        secrets: [secret],
        bundles: [{ variable: 'B', service: 'a', value: 'KEY', lines: ['KEY'] }],
      },
      ['x-letta-stack.bundles[0]: either value or lines'],
    ],
    [
      'names that nothing has',
      {
        ...least,
        urls: [{ label: 'L', url: 'http://{host}/' }],
        secrets: [secret],
        bundles: [
          { variable: 'B', service: 'a', lines: ['OTHER', 'URI=x://{KEY}:{THIRD}@y'] },
          { variable: 'C', service: 'a', value: 'FOURTH' },
        ],
        probes: [{ kind: 'http', id: 'p', label: 'P', url: 'http://{port}/' }],
        jobs: { a: [{ exit: 1, says: '{stack} fails', next: 'letta-stack up{stack} {model}' }] },
      },
      [
        'x-letta-stack.urls[0].url: there is no "host"',
        'x-letta-stack.jobs.a[0].says: there is no "stack"',
        'x-letta-stack.jobs.a[0].next: there is no "model"',
        'x-letta-stack.probes[0].url: there is no "port"',
        'x-letta-stack.bundles[0].lines[0]: there is no "OTHER"',
        'x-letta-stack.bundles[0].lines[1]: there is no "THIRD"',
        'x-letta-stack.bundles[1].value: there is no "FOURTH"',
      ],
    ],
    [
      'many lines in one',
      {
        ...least,
        secrets: [{ ...secret, multiline: true }],
        bundles: [{ variable: 'B', service: 'a', lines: ['KEY'] }],
      },
      ['x-letta-stack.bundles[0].lines[0]: a multiline secret does not fit into a line'],
    ],
  ])('says what is wrong: %s', (_, block, problems) => {
    expect(problemsOf(block)).toEqual(problems);
  });

  it('names file and path in the wording', () => {
    try {
      readProfileBlock({ ...least, version: 1 }, 'my/compose.yaml');
      expect.unreachable();
    } catch (e) {
      expect((e as Failure).errors.map((error) => say(error).message)).toEqual([
        'my/compose.yaml (x-letta-stack.version): Invalid input: expected string, received number',
      ]);
    }
  });
});
