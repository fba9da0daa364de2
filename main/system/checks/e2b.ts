import type { Check } from '../doctor-types.ts';
import { isMissing, noTool, notRunning, serversOf, whereEngine } from './parts.ts';
import { reachedFrom } from './reach.ts';

const KEY = 'E2B_API_KEY';
const NETWORK = "Check the network of the engine's machine, or run tools on this computer";

/** Tools run at E2B as soon as the server has its key, so both must be there: the key in the server, and E2B. */
export const checkE2b: Check = {
  id: 'e2b',
  title: 'E2B sandbox',
  category: 'network',
  applicable: whereEngine((stack) => serverOf(stack) !== undefined),
  run: async (ctx) => {
    const stack = await ctx.stack();
    const { name, values, environment } = serverOf(stack)!;
    // asked of the process itself: what the file says reaches a container when it is made
    const has = await ctx.inside(name, {
      cmd: ['grep', '-q', `${KEY}=.`, '/proc/1/environ'],
      timeoutMs: 5_000,
    });
    if (!has) return notRunning(name);
    if (isMissing(has)) return noTool(name);
    if (has.exitCode !== 0) {
      return {
        status: 'fail',
        detail: `${KEY} is set and does not reach the running ${name}: tools run on this computer`,
        fix: `Make its container anew: letta-stack up{stack} --force-recreate ${name}`,
        remedy: { do: 'repair', label: `Make ${name} anew` },
      };
    }
    const url = `https://api.${values['E2B_DOMAIN'] || 'e2b.dev'}/`;
    const answers = await reachedFrom(ctx, name, [url]);
    if (answers === 'not running') return notRunning(name);
    if (answers === 'no tool') return noTool(name);
    const [answer] = answers;
    if (answer?.status !== undefined)
      return { status: 'ok', detail: `${name} has the key and reaches ${url}` };
    return {
      status: 'fail',
      detail: `${name} runs every tool at E2B and does not reach ${url}: ${answer?.reason}`,
      ...(environment.includes(KEY)
        ? // of the file's own: the key that is stored is another one, and all stacks share it
          {
            fix: `${NETWORK}: take ${KEY} out of environment: of ${name} in the compose file, then letta-stack up{stack}`,
            remedy: { do: 'open-folder', folder: stack.directory },
          }
        : {
            fix: `${NETWORK}: letta-stack secrets unset{stack} ${KEY}, which every stack then lacks, then letta-stack up{stack}`,
            remedy: { do: 'open-card', card: 'keys' },
          }),
    };
  },
  repair: async (ctx) => {
    const { name } = serverOf(await ctx.stack())!;
    await ctx.recreate([name]);
  },
};

const serverOf = (stack: Parameters<typeof serversOf>[0]): ReturnType<typeof serversOf>[number] | undefined =>
  serversOf(stack).find((s) => s.secrets.includes(KEY) || s.environment.includes(KEY));
