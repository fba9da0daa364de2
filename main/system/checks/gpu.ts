import { say } from '../../errors.ts';
import type { Check } from '../doctor-types.ts';
import { whereEngine } from './parts.ts';

/** Whether the engine gives a GPU to a container: only one that is made and started with it shows that. */
export const checkGpu: Check = {
  id: 'gpu',
  title: 'GPU',
  category: 'engine',
  applicable: whereEngine((stack) => stack.services.some((s) => s.reservesGpu)),
  run: async (ctx) => {
    const answer = await ctx.probeGpu();
    if (answer.state === 'unknown')
      return { status: 'skip', detail: 'there is no image yet to ask the engine with' };
    if (answer.state === 'works') {
      const by = answer.form === 'cdi' ? 'by the Container Device Interface' : "by NVIDIA's driver";
      return { status: 'ok', detail: `a container got the GPU, ${by}` };
    }
    const { message, next } = say(answer.error);
    return { status: 'fail', detail: message, fix: next, remedy: { do: 'open-card', card: 'gpu' } };
  },
};
