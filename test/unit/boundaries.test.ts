// Who may import whom (ARCHITECTURE.md, "Rules"): the linter says it while one writes, over the text of an import;
// the graph here says it over everything that is reached, through re-exports, types and import() alike.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseSync } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const files = fs
  .globSync(['main/**/*.ts', 'renderer/**/*.{ts,tsx}'], { cwd: root })
  .map((f) => f.replaceAll('\\', '/'));
const edges = new Map(files.map((f) => [f, importsOf(f)]));

function importsOf(file: string): string[] {
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  const { module: m, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]!.message}`);
  const said = [
    ...m.staticImports.map((i) => i.moduleRequest.value),
    ...m.staticExports.flatMap((e) => e.entries.flatMap((x) => x.moduleRequest?.value ?? [])),
    ...m.dynamicImports.map((i) => text.slice(i.moduleRequest.start + 1, i.moduleRequest.end - 1)),
  ];
  return [...new Set(said)].map((s) =>
    s.startsWith('.') ? path.posix.join(path.posix.dirname(file), s) : s,
  );
}

function reachedFrom(file: string, seen = new Set<string>()): Set<string> {
  for (const next of edges.get(file) ?? []) {
    if (seen.has(next)) continue;
    seen.add(next);
    reachedFrom(next, seen);
  }
  return seen;
}

const offences = (from: RegExp, to: RegExp): string[] =>
  [...edges]
    .filter(([file]) => from.test(file))
    .flatMap(([file, list]) => list.filter((t) => to.test(t)).map((t) => `${file} → ${t}`));

describe('the tree as it is', () => {
  test.each<[string, RegExp, RegExp]>([
    [
      'renderer/ sees main/ through contract.ts and channels.ts only',
      /^renderer\//,
      /^main\/(?!(contract|channels)\.ts$)|^(electron|dockerode|node:.*)$/,
    ],
    ['only docker/ imports dockerode', /^(?!main\/docker\/)/, /^dockerode/],
    [
      'only shell/, index, app and preload import electron',
      /^(?!main\/(shell\/|(index|app|preload)\.ts$))/,
      /^electron(\/|$)/,
    ],
    ['nobody imports index or bin', /./, /^main\/(index|bin)\.ts$/],
    ['only index and bin import cli and app', /^(?!main\/(index|bin)\.ts$)/, /^main\/(cli|app)\.ts$/],
    ['main/ never imports renderer/', /^main\//, /^renderer\//],
  ])('%s', (_, from, to) => {
    expect(offences(from, to)).toEqual([]);
  });

  test('model/ and the planner reach no Node, no engine and no system, directly or through others', () => {
    const pure = files.filter((f) => /^main\/(model\/|gpu\/|stack\/(plan|derive)[^/]*\.ts$)/.test(f));
    expect(pure.length).toBeGreaterThan(10);
    const bad = pure.flatMap((f) =>
      [...reachedFrom(f)]
        .filter((t) =>
          /^(node:|electron|dockerode|main\/(system|shell|data|commands|core)|main\/docker\/(?!port\.ts))/.test(
            t,
          ),
        )
        .map((t) => `${f} ⇒ ${t}`),
    );
    expect(bad).toEqual([]);
  });
});

describe('the linter refuses', () => {
  let folder = '';
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'boundaries-'));
    fs.copyFileSync(path.join(root, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  const lint = (file: string, specifier: string): number | null => {
    const target = path.join(folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, `import { x } from '${specifier}';\nexport const y = x;\n`);
    const run = spawnSync(path.join(root, 'node_modules/.bin/oxlint'), [target], {
      cwd: folder,
      encoding: 'utf8',
    });
    fs.rmSync(target);
    return run.status;
  };

  test.each([
    ['renderer/view.ts', '../main/errors.ts'],
    ['renderer/view.ts', 'electron'],
    ['renderer/view.ts', 'node:fs'],
    ['main/stack/observe.ts', 'dockerode'],
    ['main/system/settings.ts', 'electron'],
    ['main/core.ts', '../renderer/App.tsx'],
    ['main/core.ts', './cli.ts'],
    ['main/docker/connect.ts', 'electron'],
    ['main/docker/connect.ts', '../cli.ts'],
    ['main/shell/tray.ts', 'dockerode'],
    ['main/bin.ts', 'dockerode'],
    ['main/commands/up.ts', '../bin.ts'],
    ['main/model/load.ts', 'node:fs'],
    ['main/model/load.ts', '../system/settings.ts'],
    ['main/stack/plan-up.ts', 'node:path'],
    ['main/stack/derive.ts', 'dockerode'],
  ])('%s importing %s', (file, specifier) => {
    expect(lint(file, specifier)).toBe(1);
  });

  test.each([
    ['renderer/view.ts', '../main/contract.ts'],
    ['renderer/view.ts', '../main/channels.ts'],
    ['main/docker/connect.ts', 'dockerode'],
    ['main/bin.ts', './cli.ts'],
    ['main/shell/tray.ts', 'electron'],
    ['main/stack/plan-up.ts', '../model/types.ts'],
  ])('but not %s importing %s', (file, specifier) => {
    expect(lint(file, specifier)).toBe(0);
  });
});
