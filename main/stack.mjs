#!/usr/bin/env node
// `npm run stack -- ARGS`, and `letta-stack` after `npm link`: as built from this clone, on the engine that `npm start`
// used.
import { environment } from './lab.mjs';
import { callersFolder, cli, prepare, run, say } from './prepare.mjs';

try {
  await prepare();
  const [program, args] = cli(...process.argv.slice(2));
  process.exitCode = await run(program, args, { cwd: callersFolder(), env: await environment() });
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
