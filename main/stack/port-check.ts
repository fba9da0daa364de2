import type { Engine } from '../docker/port.ts';
import { appError, Failure, type AppError } from '../errors.ts';
import { portUse } from '../system/ports.ts';
import { publishedPortsOf, type Desired } from './desired.ts';
import type { Observed } from './observed.ts';
import type { Plan } from './plan-types.ts';

/**
 * A container that works is not taken away for one that cannot get its port: the new ports of services that are made
 * anew are tried first. Only where the engine publishes on this machine.
 * @throws Failure `engine.port-taken` or `engine.port-address`, one for each port
 */
export async function requireFreePorts(
  engine: Pick<Engine, 'capabilities'>,
  desired: Desired,
  observed: Observed,
  plan: Plan,
): Promise<void> {
  if (!engine.capabilities.hostPaths) return;
  const replaced = new Set(
    plan.steps.flatMap((s) => (s.kind === 'create' && s.replaces ? [s.container.service] : [])),
  );
  // what the stack itself has published is free again when its container is stopped
  const own = new Set(observed.containers.flatMap((c) => c.ports.map((p) => `${p.published}/${p.protocol}`)));
  const wanted = [...replaced].flatMap((name) => publishedPortsOf(desired.services[name]!));
  const errors = await Promise.all(
    wanted.map(async ({ address, published: port, protocol }): Promise<AppError[]> => {
      if (own.has(`${port}/${protocol}`)) return [];
      const { free, reason } = await portUse(address, port, protocol);
      if (free) return [];
      // with a reason it is the address that cannot be had: nobody has the port
      if (reason !== undefined) return [appError('engine.port-address', { address, port })];
      return [appError('engine.port-taken', { address, port, by: 'process' })];
    }),
  );
  if (errors.flat().length > 0) throw new Failure(errors.flat());
}
