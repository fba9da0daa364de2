import type { Engine } from '../../docker/port.ts';
import { isUp } from '../../is-up.ts';
import { PROJECT_NAME } from '../../model/project-name.ts';
import { LABEL } from '../../stack/labels.ts';
import type { Check } from '../doctor-types.ts';
import { inGB } from './parts.ts';

/** Memory of the engine's machine, and what of it is free before a start, against what the profile says it needs. */
export const checkMemory: Check = {
  id: 'memory',
  title: 'Memory',
  category: 'machine',
  applicable: (ctx) =>
    Promise.all([ctx.engine(), ctx.stack()]).then(
      ([, stack]) => stack.memoryNeeded !== undefined,
      // the engine's and the compose file's own checks tell why
      () => false,
    ),
  run: async (ctx) => {
    const [engine, stack, state] = await Promise.all([ctx.engine(), ctx.stack(), ctx.state()]);
    const need = stack.memoryNeeded ?? 0;
    const { memory, product } = engine.info;
    const detail = `the engine has ${inGB(memory)}; the stack needs ${inGB(need)}`;
    if (memory < need) {
      return product === 'docker' || product === 'podman'
        ? {
            status: 'fail',
            detail,
            fix: 'Use a machine with more memory, or a smaller profile: letta-stack profiles',
            remedy: { do: 'open-card', card: 'stack' },
          }
        : {
            status: 'fail',
            detail,
            fix: "Give the engine's virtual machine more memory, in its settings under Resources.",
          };
    }
    // what is free on another machine is not known; what runs has what it needs
    if (!engine.endpoint.local || state.services.some(isUp)) return { status: 'ok', detail };
    const free = ctx.freeMemory();
    if (free >= need) return { status: 'ok', detail: `${detail}, ${inGB(free)} are free` };
    const short = { status: 'warn', detail: `${detail}, and only ${inGB(free)} are free now` } as const;
    const [other] = await othersOn(engine, stack.project);
    if (other !== undefined) {
      const command = `letta-stack stop --project ${other}`;
      return {
        ...short,
        fix: `The stack ${other} runs here, too. Where it is not needed now, stop it; nothing of it is deleted: ${command}`,
        remedy: { do: 'copy', command },
      };
    }
    return {
      ...short,
      fix: 'End programs that you do not need before the start: the system would swap or end one of them.',
    };
  },
};

/** Projects of the profiles that run on an engine beside this one, by their labels: they stand in a command to copy. */
async function othersOn({ containers }: Engine, project: string): Promise<string[]> {
  const running = await containers.list({ label: [LABEL.profile] });
  const projects = new Set(running.map((c) => c.Labels[LABEL.project] ?? project));
  return [...projects].filter((name) => name !== project && PROJECT_NAME.test(name)).toSorted();
}
