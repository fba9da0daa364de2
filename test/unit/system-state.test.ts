import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { diffTexts } from '../../main/system/history.ts';
import { folders, openFolders } from '../../main/system/paths.ts';
import { facts, worthKeeping } from '../../main/system/state-records.ts';
import { openState } from '../../main/system/state.ts';
import type { AppliedProfile, Folders } from '../../main/system/types.ts';

let home: string;
let here: Folders;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'state-'));
  here = openFolders(
    folders({ env: { LETTA_STACK_HOME: home }, home, platform: 'linux', uid: 0, isFolder: () => false }),
  );
  file = join(here.state, 'state.jsonl');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const applied = (port: string): AppliedProfile => ({
  profile: 'production',
  version: '1.0.0',
  directory: '/p',
  files: ['/p/compose.yaml'],
  contents: { '/p/compose.yaml': 'services:\n  db: {}\n' },
  variables: { PORT: port },
  environment: ['HOME'],
});

describe('state', () => {
  it('is empty at first, and reading makes no file', () => {
    const state = openState(here);
    expect(state.applied('p')).toBeUndefined();
    expect(state.history()).toEqual([]);
    expect(readdirSync(here.state)).toEqual([]);
  });

  it('draws a new id whenever a secret is set, and forgets it when it is unset', async () => {
    const state = openState(here);
    const first = await state.setSecretId('global', 'OPENAI_API_KEY');
    const second = await state.setSecretId('global', 'OPENAI_API_KEY');
    expect(first).not.toBe(second);
    expect(state.secretId('global', 'OPENAI_API_KEY')).toBe(second);
    expect(state.secretId('p', 'OPENAI_API_KEY')).toBeUndefined();
    await state.unsetSecretId('global', 'OPENAI_API_KEY');
    expect(state.secretId('global', 'OPENAI_API_KEY')).toBeUndefined();
  });

  it('is the same for another that has it open', async () => {
    const [a, b] = [openState(here), openState(here)];
    await a.setEngineOf('p', { id: 'E1', name: 'one' });
    expect(b.engineOf('p')).toEqual({ id: 'E1', name: 'one' });
    await b.setEngineOf('p', { id: 'E2', name: 'two' });
    expect(a.engineOf('p')).toEqual({ id: 'E2', name: 'two' });
  });

  it('knows each engine that had a stack, also when its file was written anew', async () => {
    const state = openState(here);
    for (let i = 0; i < 80; i += 1)
      await state.setEngineOf('p', i % 2 ? { id: 'E1', name: 'one' } : { id: 'E2', name: `two ${i}` });
    const engines = [
      { id: 'E2', name: 'two 78' },
      { id: 'E1', name: 'one' },
    ];
    expect([state.enginesOf('p'), state.engineOf('p')]).toEqual([engines, engines[1]]);
    await state.forget('p');
    expect(state.enginesOf('p')).toEqual([]);
  });

  it('tells when another writes it, until nobody wants to hear', async () => {
    const [a, b] = [openState(here), openState(here)];
    let told = 0;
    const stop = a.watch(() => (told += 1));
    await b.setSecretId('global', 'OPENAI_API_KEY');
    await vi.waitFor(() => expect(told).toBeGreaterThan(0));
    const before = told;
    await b.unsetSecretId('global', 'OPENAI_API_KEY');
    await vi.waitFor(() => expect(told).toBeGreaterThan(before));
    stop();
    const last = told;
    let others = 0;
    onTestFinished(b.watch(() => (others += 1)));
    await b.setSecretId('global', 'OPENAI_API_KEY');
    await vi.waitFor(() => expect(others).toBeGreaterThan(0));
    expect(told).toBe(last);
  });

  it('keeps how fast each engine last downloaded', async () => {
    const state = openState(here);
    expect(state.downloadSpeed('E1')).toBeUndefined();
    await state.saveDownloadSpeed('E1', 5e6);
    await state.saveDownloadSpeed('E2', 1e6);
    await state.saveDownloadSpeed('E1', 7e6);
    expect([state.downloadSpeed('E1'), state.downloadSpeed('E2')]).toEqual([7e6, 1e6]);
    const lines = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l) as unknown);
    expect(worthKeeping(lines)).toHaveLength(2);
    // of no stack, and so not forgotten with one
    await state.forget('p');
    expect(state.downloadSpeed('E1')).toBe(7e6);
  });

  it('loses nothing when many write at once', async () => {
    const state = openState(here);
    const other = openState(here);
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? state : other).setEngineOf(`p${i}`, { id: `E${i}`, name: '' }),
      ),
    );
    const ids = Array.from({ length: 20 }, (_, i) => `E${i}`);
    expect(ids.map((_, i) => state.engineOf(`p${i}`)?.id)).toEqual(ids);
  });

  it('keeps what was applied with the difference to the version before', async () => {
    const state = openState(here);
    await state.saveApplied('p', applied('8283'));
    await state.saveApplied('p', applied('9000'));
    expect(state.applied('p')).toMatchObject({ variables: { PORT: '9000' }, environment: ['HOME'] });
    const [latest, first] = state.appliedHistory('p');
    expect(latest).toMatchObject({ kind: 'profile', project: 'p', title: 'production 1.0.0' });
    expect(latest?.diff).toBe('--- variables\n+++ variables\n@@ -1,1 +1,1 @@\n-PORT=8283\n+PORT=9000\n');
    expect(first?.diff).toContain('--- /dev/null\n+++ /p/compose.yaml');
  });

  it('writes nothing when nothing is new', async () => {
    const state = openState(here);
    await state.saveApplied('p', applied('8283'));
    await state.setEngineOf('p', { id: 'E', name: 'n' });
    const before = statSync(file).size;
    await state.saveApplied('p', applied('8283'));
    await state.setEngineOf('p', { id: 'E', name: 'n' });
    expect(statSync(file).size).toBe(before);
  });

  it('shows the last 20 versions, each with a difference, however many there were', async () => {
    const state = openState(here);
    for (let i = 0; i < 25; i++) await state.saveApplied('p', applied(String(i)));
    const history = state.appliedHistory('p');
    expect(history).toHaveLength(20);
    expect(history[0]?.diff).toContain('-PORT=23\n+PORT=24');
    expect(history[19]?.diff).toContain('-PORT=4\n+PORT=5');
  });

  it('is for this user only', async () => {
    await openState(here).addIncident('p', { sentence: 'x' });
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
  });
});

describe('a state file that was cut', () => {
  it.each([1, 10, 40])('%i bytes before its end loses that line only, and takes the next', async (cut) => {
    const state = openState(here);
    await state.addIncident('p', { sentence: 'first' });
    await state.addIncident('p', { service: 'db', sentence: 'second' });
    truncateSync(file, statSync(file).size - cut);
    // one byte is the newline alone: the line itself is whole
    const left = cut === 1 ? ['first', 'second'] : ['first'];
    expect(
      openState(here)
        .incidents('p')
        .map((i) => i.sentence),
    ).toEqual(left);
    await state.addIncident('p', { sentence: 'third' });
    expect(
      openState(here)
        .incidents('p')
        .map((i) => i.sentence),
    ).toEqual([...left, 'third']);
  });

  it('is kept aside when it is written anew', async () => {
    const state = openState(here);
    appendFileSync(file, '{"kind":"applied","cut');
    for (let i = 0; i < 70; i++) await state.setSecretId('global', 'KEY');
    const files = readdirSync(here.state);
    expect(files.filter((f) => f.startsWith('state.jsonl.broken-'))).toHaveLength(1);
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(10);
    expect(state.secretId('global', 'KEY')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('compaction', () => {
  it('reads the same afterwards and keeps what a newer version wrote', () => {
    const lines: unknown[] = [{ kind: 'from-the-future', at: 't', x: 1 }];
    for (let i = 0; i < 150; i++) {
      const at = `t${i}`;
      lines.push({ kind: 'secret-id', at, scope: 'global', name: `K${i % 3}`, id: i % 7 ? `id${i}` : null });
      lines.push({ kind: 'engine-of-stack', at, project: 'p', engine: { id: `E${i % 4}`, name: '' } });
      lines.push({ kind: 'applied', at, project: `p${i % 2}`, applied: applied(String(i)) });
      lines.push({ kind: 'incident', at, project: 'p', sentence: `s${i}` });
      lines.push({ kind: 'settings', at, settings: { version: 1, engine: `e${i}`, stacks: {} } });
    }
    const kept = worthKeeping(lines);
    expect(facts(kept)).toEqual(facts(lines));
    expect(kept).toHaveLength(1 + 3 + 4 + 2 * 21 + 100 + 21);
    expect(kept[0]).toBe(lines[0]);
  });

  it('happens by itself', async () => {
    const state = openState(here);
    for (let i = 0; i < 200; i++) await state.setSecretId('global', 'KEY');
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(70);
  });
});

describe('diffTexts', () => {
  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['equal', { a: 'x\n' }, { a: 'x\n' }, ''],
    ['one line', { a: '1\n2\n3\n' }, { a: '1\n9\n3\n' }, '--- a\n+++ a\n@@ -1,3 +1,3 @@\n 1\n-2\n+9\n 3\n'],
    ['gone', { a: 'x\n' }, {}, '--- a\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-x\n'],
  ])('%s', (_, before, after, expected) => {
    expect(diffTexts(before, after)).toBe(expected);
  });
});

describe('forgetting a stack', () => {
  it('leaves no line about it, the id of a secret that is still set, and everything of others', async () => {
    const state = openState(here);
    await state.saveApplied('p', applied('1'));
    await state.saveApplied('q', applied('2'));
    await state.setEngineOf('p', { id: 'e', name: 'here' });
    await state.addIncident('p', { sentence: 'p fell' });
    await state.setSecretId('p', 'GONE');
    await state.unsetSecretId('p', 'GONE');
    const id = await state.setSecretId('p', 'KEPT');
    await state.setSecretId('global', 'KEY');
    appendFileSync(file, '{"kind":"a newer version\'s","project":"r"}\n');
    appendFileSync(join(here.state, 'health.jsonl'), '{"project":"p","at":1}\n{"project":"q","at":2}\n');
    expect([state.knows('p'), state.secretNames('p')]).toEqual([true, ['KEPT']]);

    await state.forget('p');
    expect([state.knows('p'), state.knows('q'), state.secretId('p', 'KEPT')]).toEqual([false, true, id]);
    const lines = readFileSync(file, 'utf8');
    expect(lines).not.toMatch(/"project":"p"|GONE|p fell/);
    expect(lines).toContain("a newer version's");
    expect(readFileSync(join(here.state, 'health.jsonl'), 'utf8')).toBe('{"project":"q","at":2}\n');
    expect(openState(here).secretNames('global')).toEqual(['KEY']);
  });
});
