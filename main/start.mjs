// `npm start`: from a fresh clone to a healthy Letta. Installs and builds what is missing and finds a container engine or
// (on Debian, as root) starts the lab. With a display it opens the tray app; without one it brings the production
// profile up. Run again it changes nothing.
import { electronPath, hasDisplay } from './electron.mjs';
import { findEngine } from './find-engine.mjs';
import { labCanRun, personalLab, personalLabIsUsed } from './lab.mjs';
import { capture, cli, prepare, ROOT, run, say } from './prepare.mjs';

/** letta-stack's exit code when there is no engine. */
const NO_ENGINE = 3;

const HOW_TO_GET_AN_ENGINE = {
  darwin: `Install Docker Desktop, OrbStack or Colima and start it. With Homebrew:
  brew install colima docker
  colima start`,
  win32: `Install Docker Desktop and start it:
  winget install Docker.DockerDesktop`,
  linux: `Install Docker Engine (https://docs.docker.com/engine/install/). On Debian and Ubuntu:
  sudo apt-get install docker.io
  sudo systemctl enable --now docker
  sudo usermod -aG docker "$USER"     # then log in again
On Debian, as root, npm start also works without: it then makes a private engine of its own.`,
};

/** What letta-stack's doctor finds of the engine. */
async function diagnose() {
  const [program, args] = cli('doctor', '--only', 'engine', '--format', 'json');
  const { code, stdout } = await capture(program, args);
  if (code !== 0 && code !== NO_ENGINE) throw new Error(`letta-stack doctor failed with exit code ${code}.`);
  return JSON.parse(stdout).find(({ id }) => id === 'engine');
}

async function start() {
  await prepare();
  const { env, inLab, installed } = await findEngine({
    env: process.env,
    labIsUsed: personalLabIsUsed,
    diagnose,
    labCanRun,
    lab: personalLab,
    say,
  });
  const electron = hasDisplay(process) ? electronPath(say) : undefined;
  if (electron) return openApp(electron, env ?? process.env);
  if (!env) {
    if (!installed) say(HOW_TO_GET_AN_ENGINE[process.platform] ?? HOW_TO_GET_AN_ENGINE.linux);
    say('Then run npm start again.');
    return NO_ENGINE;
  }
  const [program, up] = cli('up', 'production');
  const code = await run(program, up, { env });
  if (code !== 0) return code;
  const [, open] = cli('open', 'production');
  const { stdout } = await capture(program, open, { env });
  say(`\nLetta answers at ${stdout.trim()}`);
  say('Its password:  npm run -s stack -- secrets show production LETTA_SERVER_PASSWORD');
  say('Stop it:       npm run -s stack -- down production');
  if (inLab) say('Stop the lab:  npm run lab -- down');
  return 0;
}

/** In the foreground: whoever ends us ends the app; the stack goes on. Without an engine the app says what to do. */
function openApp(electron, env) {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) say("Chromium's sandbox is off: it does not run as root.");
  say('Letta Stack is in the tray. Ctrl-C ends the app; what it started goes on.');
  return run(electron, [...(isRoot ? ['--no-sandbox'] : []), ROOT], { env });
}

try {
  process.exitCode = await start();
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
