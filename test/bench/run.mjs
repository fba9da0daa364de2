// `npm run bench [-- NAME… --format json --runs N]`: the measures on a lab of their own.
import path from 'node:path';
import { labDown, labIsUp, labUp } from '../../main/lab.mjs';
import { prepare, ROOT, run, say } from '../../main/prepare.mjs';

const LAB = process.env.LAB_NAME ?? 'bench';
const BIN = path.join(ROOT, 'node_modules', '.bin');

try {
  await prepare();
  const wasUp = await labIsUp(LAB);
  const lab = await labUp(LAB);
  try {
    const env = { ...process.env, ...lab, PATH: `${BIN}${path.delimiter}${lab.PATH}` };
    const bench = path.join(ROOT, 'test', 'bench', 'bench.ts');
    process.exitCode = await run(path.join(BIN, 'node'), [bench, ...process.argv.slice(2)], { env });
  } finally {
    if (!wasUp) await labDown(LAB);
  }
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
