import type { ServiceState, StackState } from '../../contract.ts';
import type { Check, Remedy } from '../doctor-types.ts';

const SICK: ReadonlySet<ServiceState['status']> = new Set(['failed', 'restarting', 'unhealthy', 'paused']);
const MISSING: ReadonlySet<ServiceState['status']> = new Set(['absent', 'created', 'stopped']);

/** How the services are, where any of them is there: what is ill comes with its log, what is missing can be started. */
export const checkServices: Check = {
  id: 'services',
  title: 'Services',
  category: 'stack',
  applicable: (ctx) =>
    ctx.state().then(
      (state) => state.services.some((s) => s.status !== 'absent'),
      // the engine's and the compose file's own checks tell why
      () => false,
    ),
  run: async (ctx) => {
    const state = await ctx.state();
    // what is being started or was stopped as a whole is not ill
    if (state.status !== 'failed' && state.status !== 'degraded') {
      return { status: 'ok', detail: state.sentence };
    }
    const remedy = remedyFor(state);
    return {
      status: state.status === 'failed' ? 'fail' : 'warn',
      detail: state.services.filter(isWrong).map(said).join('\n') || state.sentence,
      fix:
        remedy?.do === 'start'
          ? 'Start what is missing: letta-stack up{stack}'
          : 'Look at what it says: letta-stack logs{stack}',
      ...(remedy && { remedy }),
    };
  },
};

const isWrong = ({ status }: ServiceState): boolean => SICK.has(status) || MISSING.has(status);
const said = ({ name, status, cause }: ServiceState): string => cause?.sentence ?? `${name} is ${status}`;

/** Of several that are ill the one that the others suffer from. */
function remedyFor({ services }: StackState): Remedy | undefined {
  const sick = services.filter((s) => SICK.has(s.status));
  const names = new Set(sick.map((s) => s.name));
  const root = sick.find((s) => !s.dependsOn?.some((d) => names.has(d))) ?? sick[0];
  if (root) return { do: 'logs', service: root.name };
  return services.some((s) => MISSING.has(s.status)) ? { do: 'start' } : undefined;
}
