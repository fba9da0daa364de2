import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { placeProblem } from '../../main/stack/host-places.ts';
import { readProfileBlock } from '../../main/stack/profile.ts';
import { settingProblem } from '../../main/stack/profile-settings.ts';
import { nodeFiles } from '../../main/system/file-source.ts';

const root = mkdtempSync(path.join(tmpdir(), 'places-'));
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string): string => path.join(root, name);

const { settings } = readProfileBlock(
  {
    title: 'T',
    summary: 'S',
    version: '1',
    settings: [
      {
        name: 'source',
        label: 'Source',
        type: 'folder',
        default: '',
        required: true,
        holds: ['a', 'b/c'],
        variable: 'SOURCE',
      },
      { name: 'config', label: 'Config', type: 'file', default: '/dev/null', variable: 'CONFIG' },
      // what is not there, as /dev/null on Windows
      { name: 'default', label: 'Default', type: 'file', default: at('nowhere'), variable: 'DEFAULT' },
      { name: 'words', label: 'Words', type: 'string', default: '', variable: 'WORDS' },
    ],
  },
  'f',
);
const setting = (name: string): (typeof settings)[number] => settings.find((s) => s.name === name)!;

mkdirSync(at('whole/b/c'), { recursive: true });
writeFileSync(at('whole/a'), '');
mkdirSync(at('half'));
writeFileSync(at('half/a'), '');

describe('what a setting names on this machine', () => {
  it.each<[name: string, text: string, problem: string | undefined]>([
    ['source', at('whole'), undefined],
    ['source', '', undefined],
    ['source', at('half'), `${at('half')} has no b/c`],
    ['source', root, `${root} has no a, b/c`],
    ['source', at('nowhere'), `there is no folder ${at('nowhere')}`],
    ['source', at('whole/a'), `${at('whole/a')} is a file`],
    ['config', '/dev/null', undefined],
    ['default', at('nowhere'), undefined],
    ['config', at('whole/a'), undefined],
    ['config', at('whole'), `${at('whole')} is a folder`],
    ['config', at('nowhere'), `there is no file ${at('nowhere')}`],
    ['words', at('nowhere'), undefined],
  ])('%s %s', (name, text, problem) => {
    expect(placeProblem(setting(name), text, nodeFiles)).toBe(problem);
  });

  it('may be closed to us', () => {
    const closed = {
      read: (): never => {
        throw Object.assign(new Error('no'), { code: 'EACCES' });
      },
    };
    expect(placeProblem(setting('config'), '/a', closed)).toBe('/a may not be read');
  });

  it.each<[name: string, text: string, problem: string | undefined]>([
    ['source', '/a', undefined],
    ['source', 'C:\\a', undefined],
    ['source', '\\\\server\\share', undefined],
    ['source', 'a', 'it is not an absolute path'],
    ['source', '~/a', 'it is not an absolute path'],
    ['source', '', 'it is empty'],
    ['config', './a', 'it is not an absolute path'],
  ])('is written as a whole path: %s %s', (name, text, problem) => {
    expect(settingProblem(setting(name), text)).toBe(problem);
  });
});
