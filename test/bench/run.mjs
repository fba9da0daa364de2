// `npm run bench [-- NAME… --format json --runs N]`: the measures on a lab of their own.
import path from 'node:path';
import { labDown, labIsUp, labUp } from '../../main/lab.mjs';
import { capture, prepare, ROOT, run, say } from '../../main/prepare.mjs';

const LAB = process.env.LAB_NAME ?? 'bench';
const BIN = path.join(ROOT, 'node_modules', '.bin');

try {
  await prepare();
  const wasUp = await labIsUp(LAB);
  const lab = await labUp(LAB);
  try {
    // the measures of the app fail without one, the others do not need it
    const { stdout } = await capture('bash', [path.join(ROOT, 'test', 'e2e', 'electron.sh')]);
    const env = {
      ...process.env,
      ...lab,
      LETTA_STACK_TEST_ELECTRON: stdout.trim(),
      PATH: `${BIN}${path.delimiter}${lab.PATH}`,
    };
    const bench = path.join(ROOT, 'test', 'bench', 'bench.ts');
    process.exitCode = await run(path.join(BIN, 'node'), [bench, ...process.argv.slice(2)], { env });
  } finally {
    if (!wasUp) await labDown(LAB);
  }
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
