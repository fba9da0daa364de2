import { isUp } from '../../is-up.ts';
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
      return {
        status: 'fail',
        detail,
        fix:
          product === 'docker' || product === 'podman'
            ? 'Use a machine with more memory, or a smaller profile: letta-stack profiles'
            : "Give the engine's virtual machine more memory, in its settings under Resources.",
      };
    }
    // what is free on another machine is not known; what runs has what it needs
    if (!engine.endpoint.local || state.services.some(isUp)) return { status: 'ok', detail };
    const free = ctx.freeMemory();
    if (free >= need) return { status: 'ok', detail: `${detail}, ${inGB(free)} are free` };
    return {
      status: 'warn',
      detail: `${detail}, and only ${inGB(free)} are free now`,
      fix: 'End programs that you do not need before the start: the system would swap or end one of them.',
    };
  },
};
