import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { AppLog } from '../../main/desktop/log.ts';
import { SeenSecrets, withValuesTold } from '../../main/system/seen-secrets.ts';
import { MemoryStore } from './helpers/secrets.ts';

const SECRET = 'sk-proj-"canary"-0123456789';

function openLog(): { log: AppLog; folder: string; lines: () => Record<string, string>[] } {
  const folder = mkdtempSync(join(tmpdir(), 'letta-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = new AppLog(folder);
  const lines = (): Record<string, string>[] =>
    readFileSync(log.file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
  return { log, folder, lines };
}

it('has an error with its causes, and no secret in message, stack, cause or text', () => {
  const { log, lines } = openLog();
  const thrown = new Error(`of ${SECRET}`, { cause: new Error(`since ${SECRET} is no key`) });
  log.write('error', `before it is known: ${SECRET}`);
  log.secrets.note(SECRET);
  log.write('error', `with ${SECRET}`, thrown);
  thrown.stack = `Error\n    at /home/me/${encodeURIComponent(SECRET)}/x.js`;
  log.write('error', 'in its stack', thrown);
  log.write('error', 'as a text', `Bearer ${SECRET}`);
  const [first, ...others] = lines();
  expect(first!['text']).toContain(SECRET);
  expect(JSON.stringify(others)).not.toMatch(/canary|0123456789/);
  expect(others[0]).toMatchObject({ level: 'error', text: 'with •••' });
  expect(others[0]!['error']).toMatch(/^Error: of •••\n {4}at .*\ncaused by: Error: since ••• is no key\n/s);
  expect(others[1]!['error']).toMatch(/at \/home\/me\/•••\/x\.js\ncaused by: /);
  expect(others[2]!['error']).toBe('Bearer •••');
  expect(statSync(log.file).mode & 0o777).toBe(0o600);
});

it('has none on stderr either, where it cannot be written', () => {
  const { log, folder } = openLog();
  rmSync(folder, { recursive: true });
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => written.mockRestore());
  log.secrets.note(SECRET);
  log.write('error', 'the disk is gone', new Error(SECRET));
  expect(String(written.mock.calls[0]?.[0])).toMatch(/the disk is gone.*•••[^]*the log cannot be written/);
  expect(String(written.mock.calls[0]?.[0])).not.toMatch(/canary/);
});

it('is begun anew at a megabyte, and the last three are kept', () => {
  const { log, folder } = openLog();
  const fill = (name: string): void => appendFileSync(log.file, name.repeat(1_000_000 / name.length));
  log.write('info', 'not full yet');
  log.write('info', 'in the same file');
  expect(readdirSync(folder)).toEqual(['app.log']);
  for (const name of ['1', '2', '3', '4', '5']) {
    fill(name);
    log.write('info', `after ${name}`);
  }
  expect(readdirSync(folder).toSorted()).toEqual(['app.1.log', 'app.2.log', 'app.3.log', 'app.log']);
  expect(statSync(log.file).size).toBeLessThan(1_000);
  const ends = [1, 2, 3].map((n) => readFileSync(join(folder, `app.${n}.log`), 'latin1').at(-1));
  expect(ends).toEqual(['5', '4', '3']);
});

it('knows each value that a store gave or took, and asks none for it', async () => {
  const memory = new MemoryStore();
  const seen = new SeenSecrets();
  const store = withValuesTold(await memory.open(), seen.note);
  const [there, other] = [
    { scope: 'global', name: 'THERE' },
    { scope: 'global', name: 'OTHER' },
  ];
  await (await memory.open()).set(there, 'value-of-there');
  const text = 'value-of-there value-of-other';
  expect(seen.redacted(text)).toBe(text);
  expect(await store.get(there)).toBe('value-of-there');
  expect(seen.redacted(text)).toBe('••• value-of-other');
  await store.set(other, 'value-of-other');
  expect(seen.redacted(text)).toBe('••• •••');
});
