import { failure } from '../../errors.ts';
import type { Check } from '../doctor-types.ts';
import { firstLine, isMissing, noTool, notRunning, serversOf, whereEngine } from './parts.ts';

const NAME = 'TOOL_EXEC_VENV_NAME';
/** Where the server looks for it (`letta/services/tool_sandbox/local_sandbox.py` of 0.16.8). */
const FOLDER = `"\${TOOL_EXEC_DIR:-\${HOME:-/root}/.letta/tool_execution_dir}/$${NAME}"`;

/** Whether the Python environment that tools are to run in is there and runs. */
export const checkToolEnvironment: Check = {
  id: 'tool-environment',
  title: 'Python environment of tools',
  category: 'stack',
  applicable: whereEngine((stack) => serverOf(stack) !== undefined),
  run: async (ctx) => {
    const { name, values } = serverOf(await ctx.stack())!;
    const venv = values[NAME] ?? '';
    const answer = await ctx.inside(name, {
      cmd: ['sh', '-c', `folder=${FOLDER}; echo "$folder"; exec "$folder/bin/python3" -V`],
      timeoutMs: 8_000,
    });
    if (!answer) return notRunning(name);
    const [folder = '', version = ''] = answer.stdout.trim().split('\n');
    if (folder === '') return noTool(name);
    if (answer.exitCode === 0) return { status: 'ok', detail: `${venv}: ${version} in ${folder}` };
    const why = isMissing(answer) ? 'there is no Python in it that runs' : firstLine(answer.stderr);
    return {
      status: 'fail',
      detail: `${NAME} is ${venv}, and ${folder} of ${name} cannot be used: ${why}`,
      fix: 'Make it anew: letta-stack doctor{stack} --fix. Or set no such environment: tools run in the server’s own.',
      remedy: {
        do: 'repair',
        label: 'Make the environment anew',
        asks: `python3 -m venv makes ${folder} in ${name} anew. Packages that lie in it stay.`,
      },
    };
  },
  repair: async (ctx) => {
    const { name } = serverOf(await ctx.stack())!;
    const shell = `folder=${FOLDER}; "$folder/bin/python3" -V >/dev/null 2>&1 && exit; mkdir -p "$folder" && rm -f "$folder"/bin/python* && exec python3 -m venv "$folder"`;
    const answer = await ctx.inside(name, { cmd: ['sh', '-c', shell], timeoutMs: 120_000 });
    if (answer?.exitCode === 0) return;
    const reason = firstLine(answer?.stderr || answer?.stdout || 'it does not run');
    throw failure('doctor.not-repaired', { service: name, reason });
  },
};

const serverOf = (stack: Parameters<typeof serversOf>[0]): ReturnType<typeof serversOf>[number] | undefined =>
  serversOf(stack).find((s) => (s.values[NAME] ?? '') !== '');
