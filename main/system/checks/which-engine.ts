import type { Check, DoctorContext } from '../doctor-types.ts';
import { engineAnswers } from './parts.ts';

/** Whether the engine that answers is the one that has the stack, and the one that other programs use. */
export const checkWhichEngine: Check = {
  id: 'which-engine',
  title: 'The right engine',
  category: 'engine',
  applicable: engineAnswers,
  run: async (ctx) => {
    const [engine, { ranOn, named, setting, dockerUrl }] = await Promise.all([ctx.engine(), ctx.engines()]);
    const here = `${engine.info.name} (${engine.endpoint.url}, by ${engine.endpoint.source})`;
    const fix = 'Choose the engine: letta-stack settings set engine NAME, or unset what names another one.';
    if (ranOn && ranOn.id !== engine.info.id) {
      return {
        status: 'fail',
        detail: `the stack's data is on ${ranOn.name}, and ${here} answers`,
        fix: `${fix}\nA name is a context of docker context ls, or an address.`,
        remedy: { do: 'choose-engine' },
      };
    }
    const [first, ...others] = named;
    const beaten = [
      ...others.map((o) => `${o.variable}=${o.value}`),
      ...(first && setting !== undefined && setting !== first.value ? [`the setting engine=${setting}`] : []),
    ];
    if (first && beaten.length > 0) {
      return {
        status: 'warn',
        detail: `${first.variable}=${first.value} wins over ${beaten.join(' and ')}; ${here} answers`,
        fix: `Unset ${first.variable} where that is not what you mean.`,
      };
    }
    if (dockerUrl === undefined || dockerUrl === engine.endpoint.url) return { status: 'ok', detail: here };
    const detail = `${here}; the docker command here speaks to ${dockerUrl}`;
    // where the stack runs already, both are meant
    if (await isThere(ctx)) return { status: 'ok', detail };
    return {
      status: 'warn',
      detail,
      fix: `Go on where both are meant. ${fix}`,
      remedy: { do: 'choose-engine' },
    };
  },
};

const isThere = (ctx: DoctorContext): Promise<boolean> =>
  ctx.containers().then(
    (containers) => containers.length > 0,
    // there is no stack yet
    () => false,
  );
