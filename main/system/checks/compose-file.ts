import type { Check } from '../doctor-types.ts';

/** Reads the stack's files as every command does; what is wrong with them is what reading throws. */
export const checkComposeFile: Check = {
  id: 'compose-file',
  title: 'Compose file',
  category: 'stack',
  applicable: () => Promise.resolve(true),
  run: async (ctx) => {
    const { project, services, warnings } = await ctx.stack();
    if (warnings.length === 0) {
      return { status: 'ok', detail: `${project}: ${services.map((s) => s.name).join(', ')}` };
    }
    return {
      status: 'warn',
      detail: warnings.map((w) => w.message).join('\n'),
      fix: [...new Set(warnings.map((w) => w.next))].join('\n'),
    };
  },
};
