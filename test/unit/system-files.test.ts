import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorsOf } from '../../main/errors.ts';
import { loadProject } from '../../main/model/load.ts';
import { nodeFiles } from '../../main/system/file-source.ts';
import { readIfThere, readRegular } from '../../main/system/files.ts';
import { coreHome } from './helpers/core.ts';
import { loadOptions } from './memory-files.ts';

let folder: string;
let pipe: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'letta-stack-'));
  pipe = path.join(folder, 'pipe');
});
afterEach(() => rmSync(folder, { recursive: true }));

const outcome = async (work: () => unknown): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return errorsOf(error)[0];
  }
};

describe('readRegular', () => {
  it('reads a file of no more bytes than are wanted, and says of a folder what Node says', () => {
    const file = path.join(folder, 'a');
    writeFileSync(file, '\uFEFFabc');
    expect(readIfThere(file)).toBe('abc');
    expect(readRegular(file, 6)).toHaveLength(6);
    expect(() => readRegular(file, 5)).toThrow(expect.objectContaining({ code: 'EFBIG' }));
    expect(() => readRegular(folder)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
    expect(readIfThere(path.join(folder, 'none'))).toBeUndefined();
  });
});

// no such files on Windows
describe.skipIf(process.platform === 'win32')('a pipe or a device is refused, not waited for', () => {
  beforeEach(() => void execFileSync('mkfifo', [pipe]));

  it.each(['a Compose file', 'an env file'])('as %s', async (as) => {
    const file = path.join(folder, 'compose.yaml');
    writeFileSync(file, `name: p\nservices: { a: { image: a, env_file: ${pipe} } }\n`);
    const files = [as === 'an env file' ? file : pipe];
    expect(await outcome(() => loadProject(loadOptions(nodeFiles, { files })))).toMatchObject({
      code: 'model.unfit-file',
    });
  });

  it('as the settings', async () => {
    const home = coreHome();
    rmSync(home.settingsFile, { force: true });
    execFileSync('mkfifo', [home.settingsFile]);
    expect(await outcome(() => home.core().edges.settings.read())).toMatchObject({
      code: 'settings.unreadable',
      data: { file: home.settingsFile },
    });
  });

  it.each([() => pipe, () => '/dev/zero'])('as the config.json of a model', async (config) => {
    const home = coreHome();
    expect(await outcome(() => home.core().gpu({ config: config() }))).toMatchObject({
      code: 'gpu.bad-config',
      data: { file: config() },
    });
  });
});
