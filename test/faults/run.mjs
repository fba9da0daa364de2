// `npm run test:faults [-- light|production [VITEST ARGUMENTS]]`: the whole matrix of faults on one stack, as `npm test`
// runs the engine tests. Production is the default and takes long; `npm test` tries five of its faults.
const FILES = {
  light: ['test/engine/faults.test.ts', 'test/engine/faults-interrupted.test.ts'],
  production: ['test/engine/faults-production.test.ts'],
};

const [stack = 'production', ...rest] = process.argv.slice(2);
const files = FILES[stack];
if (!files) {
  console.error(`There is no stack "${stack}"; there are: ${Object.keys(FILES).join(', ')}.`);
  process.exit(2);
}
process.env.TEST_FAULTS = stack;
process.argv.splice(2, Infinity, 'engine', ...files, ...rest);
await import('../run.mjs');
