import { inventedBecause } from '../../invented-variables.ts';
import type { Check } from '../doctor-types.ts';

/** Names that look like settings and set nothing. */
export const checkInventedVariables: Check = {
  id: 'invented-variables',
  title: 'Variables that the server reads',
  category: 'stack',
  applicable: (ctx) =>
    ctx.stack().then(
      () => true,
      // the compose file's own check tells why
      () => false,
    ),
  run: async (ctx) => {
    const { services, directory } = await ctx.stack();
    const found = services.flatMap((service) =>
      service.environment.flatMap((name) => {
        const why = inventedBecause(name);
        return why === undefined ? [] : [`${service.name}: ${name} does nothing: ${why}`];
      }),
    );
    if (found.length === 0) return { status: 'ok', detail: 'no variable that is known to do nothing' };
    return {
      status: 'warn',
      detail: found.join('\n'),
      fix: 'Remove them from the compose file.',
      remedy: { do: 'open-folder', folder: directory },
    };
  },
};
