import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folders, openFolders } from '../../main/system/paths.ts';
import { confStore } from '../../main/system/settings-conf.ts';
import { openSettings } from '../../main/system/settings.ts';
import { openState } from '../../main/system/state.ts';
import type { Folders } from '../../main/system/types.ts';

let home: string;
let here: Folders;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'crash-'));
  here = openFolders(
    folders({ env: { LETTA_STACK_HOME: home }, home, platform: 'linux', uid: 0, isFolder: () => false }),
  );
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const system = (file: string): string => JSON.stringify(join(import.meta.dirname, '../../main/system', file));
/** Writes 1, 2, 3, … for ever, and prints each number once its write is done. */
const writers = {
  state: (from: Folders) => `
    const { openState } = await import(${system('state.ts')});
    const state = openState(${JSON.stringify(from)});
    for (let i = start; ; i++) { await state.setEngineOf('p', { id: String(i), name: 'n'.repeat(2000) }); console.log(i); }`,
  settings: (from: Folders) => `
    const { openState } = await import(${system('state.ts')});
    const { openSettings } = await import(${system('settings.ts')});
    const { confStore } = await import(${system('settings-conf.ts')});
    const folders = ${JSON.stringify(from)};
    const settings = openSettings(confStore(folders.config), folders, openState(folders));
    for (let i = start; ; i++) { await settings.update((s) => ({ ...s, engine: String(i) })); console.log(i); }`,
};

/** Starts a writer, kills it at some moment of its work, and gives the last number that it had told. */
async function killedWhileWriting(script: string, start: number): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', `const start = ${start};${script}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = start - 1;
  const told = createInterface({ input: child.stdout });
  told.on('line', (line) => (last = Number(line)));
  await once(told, 'line');
  await sleep(10 + Math.random() * 60);
  child.kill('SIGKILL');
  await once(child, 'close');
  return last;
}

describe('kill -9 of a writer', () => {
  it('loses no state that was told to be kept', { timeout: 60_000 }, async () => {
    let start = 1;
    for (let round = 0; round < 6; round++) {
      const told = await killedWhileWriting(writers.state(here), start);
      const kept = Number(openState(here).engineOf('p')?.id);
      expect(kept).toBeGreaterThanOrEqual(told);
      expect(kept).toBeLessThanOrEqual(told + 1);
      // nothing is left locked
      await openState(here).addIncident('p', { sentence: `round ${round}` });
      start = kept + 1;
    }
    expect(openState(here).incidents('p')).toHaveLength(6);
  });

  it('loses no settings and breaks no file', { timeout: 60_000 }, async () => {
    const settings = openSettings(confStore(here.config), here, openState(here));
    let start = 1;
    for (let round = 0; round < 6; round++) {
      const told = await killedWhileWriting(writers.settings(here), start);
      const read = await settings.read();
      expect(read.warning).toBeUndefined();
      const kept = Number(read.settings.engine);
      expect(kept).toBeGreaterThanOrEqual(told);
      expect(kept).toBeLessThanOrEqual(told + 1);
      start = kept + 1;
    }
    await settings.update((s) => ({ ...s, engine: 'last' }));
    expect(readdirSync(here.config).filter((f) => f.includes('broken'))).toEqual([]);
  });
});
