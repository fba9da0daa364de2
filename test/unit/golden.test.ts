import { describe, expect, test } from 'vitest';
import { exitCodeOf, Failure } from '../../main/errors.ts';
import { formatJson } from '../../main/model/format.ts';
import { serviceHash } from '../../main/model/hash.ts';
import { caseNames, readCase, readGolden } from './golden-cases.ts';
import { loadCase } from './golden-load.ts';

describe('the model is what docker compose prints', () => {
  test.each(caseNames().filter((name) => readGolden(name).config !== undefined))('%s', (name) => {
    const { config } = readGolden(name);
    expect(formatJson(loadCase(readCase(name)).project)).toBe(config?.trimEnd());
  });
});

describe('the hashes are those that docker compose up writes', () => {
  test.each(caseNames().filter((name) => readGolden(name).golden.hashes !== undefined))('%s', (name) => {
    const { golden } = readGolden(name);
    const { project } = loadCase(readCase(name));
    const hashes = Object.entries(project.services).map(([key, s]) => [key, serviceHash(project, key, s)]);
    expect(Object.fromEntries(hashes)).toEqual({ ...golden.hashes, ...golden.upHashes });
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
