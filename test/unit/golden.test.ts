import { describe, expect, test } from 'vitest';
import { exitCodeOf, Failure } from '../../main/errors.ts';
import { configHash, serviceHash } from '../../main/model/hash.ts';
import { formatJson } from '../../main/model/print.ts';
import type { Project } from '../../main/model/types.ts';
import { caseNames, readCase, readGolden } from './golden-cases.ts';
import { loadCase } from './golden-load.ts';

describe('the model is what docker compose prints', () => {
  test.each(caseNames().filter((name) => readGolden(name).config !== undefined))('%s', (name) => {
    const { config } = readGolden(name);
    expect(formatJson(loadCase(readCase(name)).project)).toBe(config?.trimEnd());
  });
});

describe('the hashes are those that docker compose config prints and up writes', () => {
  test.each(caseNames().filter((name) => readGolden(name).golden.hashes !== undefined))('%s', (name) => {
    const { golden } = readGolden(name);
    const { project } = loadCase(readCase(name));
    const hashes = (hash: (project: Project, key: string) => string): Record<string, string> =>
      Object.fromEntries(Object.keys(project.services).map((key) => [key, hash(project, key)]));
    expect(hashes(configHash)).toEqual(golden.hashes);
    expect(hashes(serviceHash)).toEqual({ ...golden.hashes, ...golden.upHashes });
  });
});

describe('what docker compose refuses is refused', () => {
  test.each(caseNames().filter((name) => readGolden(name).golden.hashes === undefined))('%s', (name) => {
    const failures: unknown[] = [];
    try {
      loadCase(readCase(name));
    } catch (e) {
      failures.push(e);
    }
    expect(failures).toHaveLength(1);
    const [failure] = failures;
    expect(failure).toBeInstanceOf(Failure);
    const { errors } = failure as Failure;
    expect(errors.filter((e) => !e.code.startsWith('model.'))).toEqual([]);
    expect(exitCodeOf(errors)).toBe(2);
  });
});
