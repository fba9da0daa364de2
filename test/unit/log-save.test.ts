import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogSaver } from '../../main/desktop/log-save.ts';
import { failure } from '../../main/errors.ts';
import type { LogLine, LogRequest, Stack } from '../../main/stack/stack-types.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'logs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const AT = '2026-01-01T00:00:00.000000001Z';
const lineOf = (text: string): LogLine => ({
  service: 'db',
  container: 'p-db-1',
  stream: 'stdout',
  at: AT,
  text,
});
const stackOf = (logs: (request: LogRequest) => AsyncIterable<LogLine>): Stack =>
  ({ logs }) as unknown as Stack;
const file = (name = 'logs.txt'): string => path.join(folder, name);

describe('saving a log', () => {
  it('writes every line whole, without what would act on a terminal, for its owner alone', async () => {
    const long = 'x'.repeat(1_000_000);
    const stack = stackOf(async function* () {
      yield lineOf('\u001B[31mred\u001B[0m\u0007 and\ta tab');
      yield lineOf(long);
      for (let i = 0; i < 100_000; i += 1) yield lineOf(`line ${i}`);
    });
    writeFileSync(file(), 'before');
    expect(await new LogSaver().save(stack, {}, file())).toBe(100_002);
    const lines = readFileSync(file(), 'utf8').split('\n');
    expect(lines).toHaveLength(100_003);
    expect(lines[0]).toBe(`${AT} db red and\ta tab`);
    expect(lines[1]).toBe(`${AT} db ${long}`);
    expect(lines[100_001]).toBe(`${AT} db line 99999`);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['logs.txt']);
  });

  it.each<[what: string, name: string, reason: string]>([
    ['into a folder that is not there', 'none/logs.txt', 'the folder is not there'],
    ['in place of a folder', 'taken', 'that is a folder'],
  ])('%s is refused, and leaves nothing', async (_what, name, reason) => {
    mkdirSync(file('taken'));
    const stack = stackOf(async function* () {
      yield lineOf('one');
    });
    await expect(new LogSaver().save(stack, {}, file(name))).rejects.toMatchObject({
      errors: [{ code: 'logs.not-saved', data: { file: file(name), reason } }],
    });
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  it('says why the log cannot be read, and keeps the file that was there', async () => {
    writeFileSync(file(), 'before');
    const stack = stackOf(async function* () {
      yield lineOf('x'.repeat(100_000));
      throw failure('engine.not-running', { endpoint: 'unix:///e', reason: 'gone' });
    });
    await expect(new LogSaver().save(stack, {}, file())).rejects.toMatchObject({
      errors: [{ code: 'engine.not-running' }],
    });
    expect(readFileSync(file(), 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['logs.txt']);
  });

  it('is ended with the app, and then nothing of it is left', async () => {
    const reading = Promise.withResolvers<void>();
    const stack = stackOf(async function* ({ signal }) {
      yield lineOf('x'.repeat(100_000));
      reading.resolve();
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    });
    const saver = new LogSaver();
    const saved = saver.save(stack, {}, file()).catch(() => 'ended');
    await reading.promise;
    await saver.close();
    expect(readdirSync(folder)).toEqual([]);
    expect(await saved).toBe('ended');
  });
});
