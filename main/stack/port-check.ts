import type { Engine } from '../docker/port.ts';
import { appError, Failure, type AppError } from '../errors.ts';
import { portUse } from '../system/ports.ts';
import { publishedPortsOf, type Desired } from './desired.ts';
import type { Observed } from './observed.ts';
import type { Plan } from './plan-types.ts';
import { namePortHolder } from './port-holder.ts';

/**
 * Which ports of this machine a plan would publish and cannot have, each with who has it: nothing is made or taken away
 * for what cannot run. Only where the engine publishes on this machine.
 * @param leaving what another stack publishes (`8283/tcp`) that is stopped for this one before
 * @returns `engine.port-taken`, `engine.port-reserved` or `engine.port-address`, one for each port
 */
export async function unfreePorts(
  engine: Pick<Engine, 'capabilities' | 'containers'>,
  desired: Desired,
  observed: Observed,
  plan: Plan,
  leaving: ReadonlySet<string> = new Set(),
): Promise<readonly AppError[]> {
  if (!engine.capabilities.hostPaths) return [];
  const started = new Set(
    plan.steps.flatMap((s) => (s.kind === 'create' || s.kind === 'start' ? [s.container.service] : [])),
  );
  // what the stack itself has published is free again when its container is stopped
  const own = new Set(observed.containers.flatMap((c) => c.ports.map((p) => `${p.published}/${p.protocol}`)));
  const wanted = [...started].flatMap((name) => publishedPortsOf(desired.services[name]!));
  const errors = await Promise.all(
    wanted.map(async ({ address, published: port, protocol }): Promise<AppError[]> => {
      if (own.has(`${port}/${protocol}`) || leaving.has(`${port}/${protocol}`)) return [];
      const { free, reason, reserved } = await portUse(address, port, protocol);
      if (free) return [];
      if (reserved) return [appError('engine.port-reserved', { address, port, ...reserved })];
      // with a reason it is the address that cannot be had: nobody has the port
      if (reason !== undefined) return [appError('engine.port-address', { address, port })];
      return [appError('engine.port-taken', { address, port, by: 'process' })];
    }),
  );
  if (errors.flat().length === 0) return [];
  return (await namePortHolder(engine, new Failure(errors.flat()))).errors;
}
