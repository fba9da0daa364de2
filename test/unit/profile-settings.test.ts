import { describe, expect, it } from 'vitest';
import { Failure, hasCode } from '../../main/errors.ts';
import { readProfileBlock } from '../../main/stack/profile.ts';
import { elsewhereOf, type Place } from '../../main/stack/elsewhere.ts';
import { settingOf, settingProblem, urlsOf, variablesOf } from '../../main/stack/profile-settings.ts';

const block = readProfileBlock(
  {
    title: 'T',
    summary: 'S',
    version: '1',
    urls: [{ label: 'Page', url: 'http://{address}:{port}/x' }],
    settings: [
      { name: 'address', label: 'Address', type: 'address', default: '127.0.0.1', variable: 'ADDRESS' },
      { name: 'port', label: 'Port', type: 'port', default: 8283, variable: 'PORT' },
      {
        name: 'workers',
        label: 'Workers',
        type: 'integer',
        default: 1,
        min: 1,
        max: 32,
        variable: 'WORKERS',
      },
      { name: 'debug', label: 'Debug', type: 'boolean', default: false, variable: 'DEBUG' },
      { name: 'model', label: 'Model', type: 'string', default: '', variable: 'MODEL' },
      {
        name: 'region',
        label: 'Region',
        type: 'string',
        default: 'here',
        required: true,
        variable: 'REGION',
      },
      { name: 'origins', label: 'Origins', type: 'list', default: [], variable: 'ORIGINS' },
      { name: 'image', label: 'Image', type: 'image', default: 'a/b:1', variable: 'IMAGE' },
      { name: 'memory', label: 'Memory', type: 'size', default: '2g', min: '512m', variable: 'MEMORY' },
      { name: 'cache', label: 'Cache', type: 'folder', default: 'models', variable: 'CACHE' },
      { name: 'api', label: 'API', type: 'url', default: '', variable: 'API' },
    ],
  },
  'f',
);

const EMPTY = 'it is empty';
const CONTROL = 'it has a line break or another control character in it';

describe('settingProblem', () => {
  it.each<[string, string, string | undefined]>([
    ['address', '0.0.0.0', undefined],
    ['address', '::1', undefined],
    ['address', 'localhost', 'it is not an IP address such as 127.0.0.1'],
    ['address', '', EMPTY],
    ['cache', 'models', undefined],
    ['cache', '/home/me/.cache', undefined],
    ['cache', 'other', 'it is not an absolute path'],
    ['port', '1', undefined],
    ['port', '65535', undefined],
    ['port', '0', 'it is less than 1'],
    ['port', '65536', 'it is more than 65535'],
    ['port', '80a', 'it is not a whole number'],
    ['port', '8080-8081', 'it is not a whole number'],
    ['workers', '32', undefined],
    ['workers', '33', 'it is more than 32'],
    ['workers', '0', 'it is less than 1'],
    ['workers', '1.5', 'it is not a whole number'],
    ['workers', '9999999999999999', 'it is not a whole number'],
    ['debug', 'true', undefined],
    ['debug', 'yes', 'it is neither true nor false'],
    ['model', '', undefined],
    ['model', 'openai/gpt-4o mini', undefined],
    ['model', 'a\nb', CONTROL],
    ['model', 'a\u0000b', CONTROL],
    ['region', '', EMPTY],
    ['origins', '', undefined],
    ['origins', 'http://a,http://b', undefined],
    ['origins', 'http://a, http://b', 'it is not a list such as a,b,c'],
    ['origins', 'a,,b', 'it is not a list such as a,b,c'],
    ['image', 'reg:5000/a/b:tag', undefined],
    ['image', 'A b', 'it is not an image such as name:tag'],
    ['memory', '1G', undefined],
    ['memory', '536870912', undefined],
    ['memory', '511m', 'it is less than 512m'],
    ['memory', '1.5g', 'it is not a size such as 512m or 2g'],
    ['memory', 'lots', 'it is not a size such as 512m or 2g'],
    ['api', '', undefined],
    ['api', 'http://host.docker.internal:11434', undefined],
    ['api', 'ftp://a', 'it is not an http:// or https:// address'],
    ['api', 'nothing', 'it is not an http:// or https:// address'],
    ['api', 'http://me:secret@a/', 'a password in an address can be seen by everybody'],
  ])('%s = %j: %s', (name, text, problem) => {
    expect(settingProblem(settingOf(block, name), text)).toBe(problem);
  });

  it('takes no more than a variable of a container can hold', () => {
    expect(settingProblem(settingOf(block, 'model'), 'x'.repeat(65_536))).toBeUndefined();
    expect(settingProblem(settingOf(block, 'model'), 'x'.repeat(65_537))).toBe(
      'it has 65537 bytes, and a variable of a container at most 65536',
    );
  });
});

describe('settingOf', () => {
  it('finds by name and by variable', () => {
    expect(settingOf(block, 'port')).toBe(settingOf(block, 'PORT'));
  });

  it('names the known ones', () => {
    try {
      settingOf(block, 'prot');
      expect.unreachable();
    } catch (e) {
      expect(hasCode(e, 'stack.no-such-setting')).toBe(true);
      expect((e as Failure).errors[0]?.data['known']).toContain('port');
    }
  });
});

describe('variablesOf', () => {
  it('gives what was chosen, else the default', () => {
    expect(variablesOf(block, { PORT: '9000', ORIGINS: 'http://a' })).toEqual({
      ADDRESS: '127.0.0.1',
      CACHE: 'models',
      PORT: '9000',
      WORKERS: '1',
      DEBUG: 'false',
      MODEL: '',
      REGION: 'here',
      ORIGINS: 'http://a',
      IMAGE: 'a/b:1',
      MEMORY: '2g',
      API: '',
    });
  });

  it('reports every wrong value and unknown variable at once, never the value', () => {
    try {
      variablesOf(block, { PORT: 'x', API: 'http://me:hidden@a/', GONE: '1' });
      expect.unreachable();
    } catch (e) {
      const { errors, message } = e as Failure;
      expect(errors.map((error) => [error.code, error.data['name']])).toEqual([
        ['stack.setting-gone', 'GONE'],
        ['stack.setting', 'port'],
        ['stack.setting', 'api'],
      ]);
      expect(message).not.toContain('hidden');
    }
  });
});

describe('urlsOf', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:8283/x'],
    ['0.0.0.0', 'http://127.0.0.1:8283/x'],
    ['::', 'http://[::1]:8283/x'],
    ['fe80::2', 'http://[fe80::2]:8283/x'],
    ['192.168.1.7', 'http://192.168.1.7:8283/x'],
  ])('listening on %s it is opened at %s', (address, url) => {
    expect(urlsOf(block, { ADDRESS: address })).toEqual([{ label: 'Page', url }]);
  });

  const tunnel = 'ssh -L 8283:127.0.0.1:8283 -p 2222 me@box';
  it.each<[engine: string, address: string, place: Place]>([
    ['tcp://box:2375', '0.0.0.0', { url: 'http://box:8283/x' }],
    ['tcp://[fd00::1]:2376', '::', { url: 'http://[fd00::1]:8283/x' }],
    ['tcp://box:2375', '127.0.0.1', { url: 'http://127.0.0.1:8283/x', on: 'box' }],
    ['tcp://box:2375', '192.168.1.7', { url: 'http://192.168.1.7:8283/x' }],
    ['ssh://me@box:2222', '127.0.0.1', { url: 'http://127.0.0.1:8283/x', on: 'box', tunnel }],
    ['ssh://me@box:2222', '0.0.0.0', { url: 'http://box:8283/x' }],
    // a tunnel of the user's own, or an engine of this machine: as here
    ['tcp://localhost:2375', '127.0.0.1', { url: 'http://127.0.0.1:8283/x' }],
    ['unix:///var/run/docker.sock', '0.0.0.0', { url: 'http://127.0.0.1:8283/x' }],
  ])('of the engine %s, listening on %s', (engine, address, place) => {
    expect(urlsOf(block, { ADDRESS: address }, elsewhereOf(engine))).toEqual([{ label: 'Page', ...place }]);
  });
});
