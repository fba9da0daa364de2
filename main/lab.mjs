// The lab (test/lab) as the scripts see it: a private engine on Debian, for tests and for machines without an engine.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { capture, ROOT, run } from './prepare.mjs';

const SCRIPT = path.join(ROOT, 'test', 'lab', 'lab.sh');
const RUN = '/run/letta-stack-lab';

/** The lab that `npm start` uses. Tests have one of their own, so they never meet a person's data. */
const PERSONAL = 'lab';

/** Lies in the lab's run folder while it is up, so it is gone after `down` and after a reboot. */
const MARK = path.join(RUN, PERSONAL, 'started-by-npm-start');

const withName = (name, more) => ({ env: { ...process.env, LAB_NAME: name, ...more } });

/** Whether the lab can run on this machine; if not it says why on stderr. */
export const labCanRun = () => labSays('check');

export const labIsUp = (name) => labSays('status', withName(name));

/** Whether the lab's script says yes. Where it cannot run (Windows, no bash) there is no lab. */
async function labSays(command, options) {
  if (process.platform !== 'linux') return false;
  try {
    return (await capture('bash', [SCRIPT, command], options)).code === 0;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Starts the lab, or finds it started, and gives its variables: DOCKER_HOST, DBUS_SESSION_BUS_ADDRESS, PATH …
 * @param {'all' | 'none'} pull whether its engine has the lab's images at once, or whoever uses it pulls them
 */
export async function labUp(name, pull = 'all') {
  const code = await run('bash', [SCRIPT, 'up'], withName(name, { LAB_PULL: pull }));
  if (code !== 0) throw new Error(`The lab did not start (exit code ${code}); the lines above say why.`);
  return labEnv(name);
}

export async function labDown(name) {
  await run('bash', [SCRIPT, 'down'], withName(name));
}

async function labEnv(name) {
  const { code, stdout } = await capture('bash', [SCRIPT, 'env', 'json'], withName(name));
  if (code !== 0) throw new Error(`The lab ${name} is not up.`);
  return JSON.parse(stdout);
}

/** Whether `npm start` had to start the lab on this machine and it still runs. */
export function personalLabIsUsed() {
  return existsSync(MARK);
}

/** The variables of the personal lab, which is started if need be. */
export async function personalLab() {
  const env = await labUp(PERSONAL, 'none');
  writeFileSync(MARK, '');
  return env;
}

/**
 * The environment for a command of the user: that of the personal lab where `npm start` used it, else ours. Whoever
 * names an engine in the environment gets that engine.
 */
export async function environment() {
  if (!personalLabIsUsed() || process.env.DOCKER_HOST || process.env.DOCKER_CONTEXT) return process.env;
  return { ...process.env, ...(await labEnv(PERSONAL)) };
}
