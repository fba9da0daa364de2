import type { Check } from '../doctor-types.ts';
import { firstLine, isMissing, isNginx, noTool, notRunning, whereEngine } from './parts.ts';

/** What nginx says of its configuration as it lies in the container: the one that runs may be older and sound. */
export const checkNginx: Check = {
  id: 'nginx',
  title: 'Configuration of nginx',
  category: 'network',
  applicable: whereEngine(({ services }) => services.some(isNginx)),
  run: async (ctx) => {
    const { name } = (await ctx.stack()).services.find(isNginx)!;
    const answer = await ctx.inside(name, { cmd: ['nginx', '-t', '-q'], timeoutMs: 8_000 });
    if (!answer) return notRunning(name);
    if (isMissing(answer)) return noTool(name);
    if (answer.exitCode === 0) return { status: 'ok', detail: `${name} finds nothing wrong with it` };
    // `nginx: [emerg] unknown directive …` or the log's form with time and process, after warnings
    const said = /\[emerg\] (?:\d+#\d+: )?(.*)/.exec(answer.stderr)?.[1] ?? answer.stderr;
    return {
      status: 'fail',
      detail: `${name} would not start again: ${firstLine(said)}`,
      fix: `Make its container anew, with the file as it is meant: letta-stack up{stack} --force-recreate ${name}`,
      remedy: { do: 'repair', label: `Make ${name} anew` },
    };
  },
  repair: async (ctx) => {
    const { name } = (await ctx.stack()).services.find(isNginx)!;
    await ctx.recreate([name]);
  },
};
