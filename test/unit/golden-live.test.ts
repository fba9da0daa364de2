import { accessSync, constants, mkdirSync, rmdirSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { caseNames, readCase, readGolden, ROOT } from './golden-cases.ts';
import { askOracle, mentions, oracleVersion } from './golden-oracle.ts';

/** Why the goldens cannot be asked of the CLI here, undefined when they can. */
function whyNot(version: string | undefined): string | undefined {
  if (version === undefined) return 'there is no docker compose on PATH';
  try {
    mkdirSync(ROOT, { recursive: true });
    accessSync(ROOT, constants.W_OK);
    return undefined;
  } catch {
    return `${ROOT} cannot be made`;
  }
}

const version = oracleVersion();
const reason = whyNot(version);
const recorded = new Set(caseNames().map((name) => readGolden(name).golden.cli));
if (reason !== undefined) console.log(`goldens not compared with the CLI: ${reason}`);
else if (version !== undefined && !recorded.has(version))
  console.log(
    `hashes not compared with the CLI: it is ${version}, recorded with ${[...recorded].join(', ')}`,
  );

describe.skipIf(reason !== undefined)(
  'the goldens are what the CLI on PATH says',
  { timeout: 60_000 },
  () => {
    afterAll(() => rmdirSync(ROOT));

    test.concurrent.each(caseNames())('%s', async (name) => {
      const { golden, config } = readGolden(name);
      const said = await askOracle(readCase(name), version ?? '');
      expect(said.golden.exit).toBe(golden.exit);
      expect(said.config).toBe(config);
      if (version === golden.cli) {
        expect(said.golden.hashes).toEqual(golden.hashes);
        // recorded from an engine, which is not needed here
        if (!mentions(readCase(name), 'label_file')) expect(said.golden.upHashes).toEqual(golden.upHashes);
      }
    });
  },
);
