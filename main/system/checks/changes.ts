import type { Check } from '../doctor-types.ts';

/** Whether the containers that are there are as they are set: settings, secrets and files may have changed since. */
export const checkChanges: Check = {
  id: 'changes',
  title: 'Changes are applied',
  category: 'stack',
  applicable: (ctx) =>
    Promise.all([ctx.state(), ctx.stack()]).then(
      ([state]) => !state.operation && state.services.some((s) => s.status !== 'absent'),
      // the compose file's own check tells why
      () => false,
    ),
  run: async (ctx) => {
    const changes = await ctx.changes();
    if (changes.length === 0) return { status: 'ok', detail: 'every container is as it is set' };
    const detail = changes.map(({ service, cause }) => `${service}: ${cause}`).join('\n');
    // to apply them is to start the stack, and it may have been stopped on purpose
    if ((await ctx.state()).status === 'stopped') {
      return {
        status: 'warn',
        detail,
        fix: 'The next letta-stack up{stack} applies them; letta-stack plan{stack} shows what it would do.',
      };
    }
    return {
      status: 'warn',
      detail,
      fix: 'Apply them: letta-stack up{stack}; letta-stack plan{stack} shows what it would do.',
      remedy: { do: 'apply' },
    };
  },
};
