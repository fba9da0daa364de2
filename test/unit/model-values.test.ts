import { describe, expect, test } from 'vitest';
import { durationToNanoseconds, formatDuration, parseDuration } from '../../main/model/durations.ts';
import { isCidr, isImage, isIp } from '../../main/model/formats.ts';
import { parsePorts } from '../../main/model/ports.ts';
import { cleanPosix } from '../../main/model/posix.ts';
import { isWrong } from '../../main/model/problems.ts';
import { normaliseProjectName } from '../../main/model/project-name.ts';
import { splitWords } from '../../main/model/shell-words.ts';
import { bytesOf, parseSize } from '../../main/model/sizes.ts';
import { parseVolume } from '../../main/model/volumes.ts';
import { resolvePlain } from '../../main/model/yaml-scalars.ts';

describe('durations', () => {
  test.each([
    ['0', '0s'],
    ['10ns', '10ns'],
    ['1500us', '1.5ms'],
    ['1.5s', '1.5s'],
    ['90s', '1m30s'],
    ['1h', '1h0m0s'],
    ['1d', '24h0m0s'],
    ['1w', '168h0m0s'],
    ['1h30m5.25s', '1h30m5.25s'],
    ['-2m', '-2m0s'],
    ['.5m', '30s'],
  ])('%s is printed as %s', (text, printed) => {
    expect(formatDuration(parseDuration(text) ?? -1n)).toBe(printed);
  });
  test.each(['', '5', '5 s', 's', '.s', '1x', '1s5', '300000w'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
  test('as nanoseconds', () => {
    expect(durationToNanoseconds('1m30s')).toBe(90e9);
    expect(() => durationToNanoseconds('soon')).toThrow(RangeError);
  });
});

describe('sizes', () => {
  test.each([
    ['0', 0n],
    ['1024', 1024n],
    ['1k', 1024n],
    ['1.5K', 1536n],
    ['512m', 536870912n],
    ['2GB', 2147483648n],
    ['1 GiB', 1073741824n],
    ['7b', 7n],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });
  test.each(['', '-1', '1kk', '1 k b', 'k', '1.2.3', '1e3'])('%j is none', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
  test('of the model', () => {
    expect(bytesOf('536870912')).toBe(536870912);
    expect(bytesOf('-1')).toBe(-1);
    expect(() => bytesOf('much')).toThrow(RangeError);
  });
});

describe('addresses and names', () => {
  test.each(['0.0.0.0', '255.1.2.3', '::', '::1', 'fe80::1:2', '::ffff:1.2.3.4', '1:2:3:4:5:6:7:8'])(
    '%s is an address',
    (text) => expect(isIp(text)).toBe(true),
  );
  test.each(['', '1.2.3', '256.1.1.1', '01.1.1.1', '1::2::3', '12345::', '1:2:3:4:5:6:7:8:9', 'host'])(
    '%j is none',
    (text) => expect(isIp(text)).toBe(false),
  );
  test.each([
    ['10.0.0.0/8', true],
    ['fd00::/64', true],
    ['10.0.0.0', false],
    ['10.0.0.0/33', false],
    ['fd00::/129', false],
    ['10.0.0.0/8/8', false],
  ])('%s as a network: %s', (text, ok) => expect(isCidr(text)).toBe(ok));
  test.each([
    ['postgres', true],
    ['pgvector/pgvector:0.8.1-pg15', true],
    ['host.example:5000/a/b_c:T1', true],
    [`a@sha256:${'0'.repeat(64)}`, true],
    ['A', false],
    ['a:', false],
    ['a b', false],
    ['a@sha256:12', false],
  ])('%s as an image: %s', (text, ok) => expect(isImage(text)).toBe(ok));
  test.each([
    ['My Project_1', 'myproject_1'],
    ['--x', 'x'],
    ['ÄÖ', ''],
  ])('%s makes the project %j', (text, name) => expect(normaliseProjectName(text)).toBe(name));
});

describe('ports', () => {
  test.each([
    ['80', [{ mode: 'ingress', target: 80, protocol: 'tcp' }]],
    ['8080:80/udp', [{ mode: 'ingress', target: 80, protocol: 'udp', published: '8080' }]],
    ['[::1]:8080:80', [{ mode: 'ingress', target: 80, protocol: 'tcp', host_ip: '::1', published: '8080' }]],
    ['8000-8010:80', [{ mode: 'ingress', target: 80, protocol: 'tcp', published: '8000-8010' }]],
    // the order of the CLI: by text, so 10 before 9
    [
      '19-20:9-10',
      [
        { mode: 'ingress', target: 10, protocol: 'tcp', published: '20' },
        { mode: 'ingress', target: 9, protocol: 'tcp', published: '19' },
      ],
    ],
    ['127.0.0.1::80', [{ mode: 'ingress', target: 80, protocol: 'tcp', host_ip: '127.0.0.1' }]],
  ])('%s', (text, ports) => {
    expect(parsePorts(text)).toEqual(ports);
  });
  test.each([
    ['', 'model.bad-port'],
    ['0', 'model.bad-port'],
    ['65536', 'model.bad-port'],
    ['8080:', 'model.bad-port'],
    ['90-80', 'model.bad-port'],
    ['80/icmp', 'model.bad-port'],
    ['8000-8001:80-82', 'model.bad-port-range'],
    ['::1:80:80', 'model.bad-ip'],
    ['host:80:80', 'model.bad-ip'],
  ])('%j is %s', (text, code) => {
    expect(parsePorts(text)).toMatchObject({ type: 'wrong', code });
  });
});

describe('volumes', () => {
  test.each([
    ['/', { type: 'volume', target: '/' }],
    ['/data', { type: 'volume', target: '/data', volume: {} }],
    ['vol:/data/', { type: 'volume', source: 'vol', target: '/data', volume: {} }],
    [
      'vol:/d:ro,nocopy',
      { type: 'volume', source: 'vol', target: '/d', read_only: true, volume: { nocopy: true } },
    ],
    ['./a:/b', { type: 'bind', source: './a', target: '/b', bind: { create_host_path: true } }],
    [
      '~/a:/b:z,rslave',
      {
        type: 'bind',
        source: '~/a',
        target: '/b',
        bind: { selinux: 'z', propagation: 'rslave', create_host_path: true },
      },
    ],
    ['C:\\a:/b', { type: 'bind', source: 'C:\\a', target: '/b', bind: { create_host_path: true } }],
    [
      '\\\\.\\pipe\\x:\\\\.\\pipe\\x',
      { type: 'bind', source: '\\\\.\\pipe\\x', target: '\\\\.\\pipe\\x', bind: { create_host_path: true } },
    ],
  ])('%s', (text, volume) => {
    expect(parseVolume(text)).toEqual(volume);
  });
  test.each(['', ':/a', 'vol:', 'vol::b', 'vol:/b:ro:x'])('%j cannot be read', (text) => {
    expect(isWrong(parseVolume(text))).toBe(true);
  });
  test.each([
    ['/a/./b//../c/', '/a/c'],
    ['/..', '/'],
    ['a/../..', '..'],
    ['', '.'],
  ])('%j is the path %s', (path, clean) => expect(cleanPosix(path)).toBe(clean));
});

describe('words of a command', () => {
  test.each([
    [`a "b c" 'd e'`, ['a', 'b c', 'd e']],
    [`a\\ b ''`, ['a b', '']],
    ['echo $HOME', ['echo', '$HOME']],
    ['a && b', ['a']],
    ['a; b', ['a']],
    ['a 2>file', ['a']],
    ['a $(b c) d', ['a', '$(b c)', 'd']],
    ['', []],
  ])('%s', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });
  test.each(['"a', "'a", 'a\\', 'a (b)', 'a)', '`a'])('%s is left open', (line) => {
    expect(splitWords(line)).toBeUndefined();
  });
});

describe('plain scalars', () => {
  test.each([
    ['~', null],
    ['True', true],
    ['yes', 'yes'],
    ['0440', 288],
    ['0o17', 15],
    ['0x1F', 31],
    ['0b11', 3],
    ['1_000', 1000],
    ['08', 8],
    ['1e3', 1000],
    ['1e400', '1e400'],
    ['1:30', '1:30'],
    ['9223372036854775808', 9223372036854775808n],
    ['-9223372036854775809', Number('-9223372036854775809')],
    ['2024-02-30', '2024-02-30'],
    ['2024-2-3', { rfc3339: '2024-02-03T00:00:00Z' }],
    ['2024-02-03T04:05:06.70+02:00', { rfc3339: '2024-02-03T04:05:06.7+02:00' }],
  ])('%s', (text, value) => {
    expect(resolvePlain(text).value).toEqual(value);
  });
});
