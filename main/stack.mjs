// `npm run stack -- ARGS`: letta-stack as built from this clone, on the engine that `npm start` used.
import { environment } from './lab.mjs';
import { cli, prepare, run, say } from './prepare.mjs';

try {
  await prepare();
  const [program, args] = cli(...process.argv.slice(2));
  process.exitCode = await run(program, args, { cwd: process.cwd(), env: await environment() });
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
