// Which engine `npm start` uses: the user's own where there is one or one was named, else the lab.

/**
 * @param {{
 *   env: Record<string, string | undefined>,
 *   labIsUsed: () => boolean,
 *   diagnose: () => Promise<{ status: string, code?: string, detail: string, fix?: string }>,
 *   labCanRun: () => Promise<boolean>,
 *   lab: () => Promise<Record<string, string>>,
 *   say: (text: string) => void,
 * }} edges `diagnose` is what letta-stack's doctor finds of the engine
 * @returns {Promise<{ env?: Record<string, string | undefined>, inLab?: true, installed: boolean }>} the environment in
 * which letta-stack finds an engine; none where there is none to be had: then what is wrong was said, and `installed`
 * tells whether it is that none is there
 */
export async function findEngine({ env, labIsUsed, diagnose, labCanRun, lab, say }) {
  // whoever names an engine gets that engine, or hears why not
  const named = Boolean(env.DOCKER_HOST || env.DOCKER_CONTEXT);
  if (!named && labIsUsed()) return { env: { ...env, ...(await lab()) }, inLab: true, installed: true };
  const engine = await diagnose();
  if (engine.status !== 'fail') return { env, installed: true };
  const installed = named || engine.code !== 'engine.not-installed';
  if (installed) {
    say(engine.detail);
    if (engine.fix) say(engine.fix);
    return { installed };
  }
  say('There is no container engine on this machine.');
  if (!(await labCanRun())) return { installed };
  say('Starting the lab instead: a private engine with a registry, images and a keychain of its own.');
  return { env: { ...env, ...(await lab()) }, inLab: true, installed };
}
