// `npm run dist [-- --test]`: builds the packages of electron-builder.yml for Linux on x64 into dist/; --test also asks
// of them what test/e2e/package*.test.ts ask: of what is packed, and of the deb in a clean Debian.
//
// They are built of package.json's Electron and electron-builder's own tools, which both are downloads. Where these do
// not answer, a Debian builds them of the stand-ins in test/: good to test how the app is packed, and never to be shipped.
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { electronPath } from '../main/electron.mjs';
import { capture, NODE, prepare, ROOT, run, runTool, say } from '../main/prepare.mjs';

const DIST = path.join(ROOT, 'dist');
const TEST = path.join(ROOT, 'test');

const WARNING = `
  +---------------------------------------------------------------+
  | FOR TESTS ONLY: Electron and the tools cannot be downloaded,  |
  | so these packages hold an unofficial repack of another        |
  | Electron. Never give them to anybody.                         |
  +---------------------------------------------------------------+
`;

/** node_modules/.bin first: the stand-ins run on the project's Node. */
const ENV = {
  ...process.env,
  PATH: `${path.join(ROOT, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}`,
};
// it names an Electron that somebody put in place, as tests do
delete process.env.ELECTRON_OVERRIDE_DIST_PATH;

/** What a script of test/ prints; it says itself what is missing. */
async function standIn(...script) {
  const { code, stdout } = await capture('bash', [path.join(TEST, ...script)], { env: ENV });
  if (code !== 0) throw new Error('No packages were built; the lines above say why.');
  return stdout.trim();
}

/** {args, env} for electron-builder. */
async function standIns() {
  const electron = path.dirname(await standIn('e2e', 'electron.sh'));
  const version = readFileSync(path.join(electron, 'version'), 'utf8').trim().replace(/^v/, '');
  const args = [
    `-c.electronDist=${electron}`,
    `-c.electronVersion=${version}`,
    '-c.deb.artifactName=${name}_${version}_${arch}_TEST-ONLY.${ext}',
    '-c.appImage.artifactName=${name}-${version}-${arch}_TEST-ONLY.${ext}',
  ];
  const env = {
    CUSTOM_FPM_PATH: path.join(TEST, 'packaging', 'fpm.mjs'),
    APPIMAGE_TOOLS_PATH: await standIn('packaging', 'tools.sh'),
  };
  return { args, env };
}

async function main(argv) {
  const [option] = argv;
  if (argv.length > 1 || (option !== undefined && option !== '--test')) {
    throw new Error('usage: npm run dist [-- --test]');
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `These packages are built on Linux on x64; this is ${process.platform} on ${process.arch}.`,
    );
  }
  await prepare();
  const isReal = electronPath(() => {}) !== undefined;
  const { args, env } = isReal ? { args: [], env: {} } : await standIns();
  if (!isReal) say(WARNING);
  // so that what lies there was built now
  rmSync(DIST, { recursive: true, force: true });
  const build = ['--linux', '--x64', '--publish', 'never', ...args];
  const code = await runTool('electron-builder/cli.js', build, { env: { ...ENV, ...env } });
  if (code !== 0)
    throw new Error(`electron-builder failed with exit code ${code}; its output above says why.`);
  if (!isReal) say(WARNING);
  if (option === undefined) return 0;
  const tests = [path.join(TEST, 'run.mjs'), 'e2e', 'test/e2e/package'];
  return run(NODE, tests, { env: { ...ENV, LETTA_STACK_TEST_DIST: '1' } });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
