/**
 * Records what the real `docker compose` CLI answers for the cases of test/fixtures/compose.
 *
 *     node test/record-goldens.ts [NAME…]
 *
 * Without names all cases. Needs the CLI on PATH, for a few cases an engine too (both by
 * `eval "$(npm run -s lab -- env)"`), and the right to make the folder /golden. A case is a folder with Compose files and, where needed, a cmd.json (type `Command`).
 */
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { caseNames, CASES, readCase, ROOT } from './unit/golden-cases.ts';
import { askOracle, hashesOnEngine, mentions, oracleVersion } from './unit/golden-oracle.ts';

const cli = oracleVersion();
if (cli === undefined) throw new Error('no `docker compose` on PATH: eval "$(npm run -s lab -- env)"');
const names = process.argv.length > 2 ? process.argv.slice(2) : caseNames();
mkdirSync(ROOT, { recursive: true });
for (const name of names) {
  const { golden: said, config } = await askOracle(readCase(name), cli);
  const golden =
    said.exit === 0 && mentions(readCase(name), 'label_file')
      ? { ...said, upHashes: await hashesOnEngine(readCase(name)) }
      : said;
  writeFileSync(join(CASES, name, 'golden.json'), `${JSON.stringify(golden, undefined, 2)}\n`);
  if (config === undefined) rmSync(join(CASES, name, 'config.json'), { force: true });
  else writeFileSync(join(CASES, name, 'config.json'), config);
  console.log(`${name}: exit ${golden.exit}${golden.exit ? ` ${golden.stderr.at(-1)}` : ''}`);
}
rmdirSync(ROOT);
