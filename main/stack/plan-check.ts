import { appError, type AppError } from '../errors.ts';
import { imageOf, networkNameOf, scaleOf, volumeNameOf, type Desired, type NamedService } from './desired.ts';
import type { Observed } from './observed.ts';
import { cannotCarryOut, ignoredByEngine } from './plan-unsupported.ts';
import { hasHealthcheck, isSwitchedOff } from './plan-wait.ts';
import type { UpOptions } from './plan-context.ts';

/** Problems of an `up` that are known before anything is touched: all of them at once. */
export function checkDesired(
  desired: Desired,
  observed: Observed,
  names: readonly string[],
  options: UpOptions,
): { errors: AppError[]; warnings: AppError[] } {
  const services = names.map((n) => desired.services[n]!);
  const unknown = (options.services ?? []).filter((n) => !Object.hasOwn(desired.services, n));
  return {
    errors: [
      ...unknown.map((service) =>
        appError('stack.no-such-service', { service, known: Object.keys(desired.services) }),
      ),
      ...services.flatMap((s) => cannotCarryOut(desired.project, s, options.engine)),
      ...portConflicts(services),
      ...missingExternals(desired, observed, services),
    ],
    warnings: services.flatMap((s) => ignoredByEngine(s, options.engine)),
  };
}

/**
 * Dependencies whose health is waited for and that have no health check: they never get healthy. Told only of images
 * that are known and stay (`unsure` has the services whose image is pulled or built first).
 */
export function uncheckedHealth(
  desired: Desired,
  observed: Observed,
  names: readonly string[],
  unsure: ReadonlyMap<string, string>,
): AppError[] {
  const isUnchecked = (service: NamedService): boolean => {
    const isCertain = !unsure.has(service.name) && observed.images.has(imageOf(desired.project, service));
    const checked = hasHealthcheck(desired, observed, service);
    return !checked && (isCertain || isSwitchedOff(service)) && scaleOf(service) > 0;
  };
  return names.flatMap((name) =>
    Object.entries(desired.services[name]?.depends_on ?? {}).flatMap(([on, { condition, required }]) => {
      const service = desired.services[on];
      const isWanted = condition === 'service_healthy' && required && service && isUnchecked(service);
      return isWanted ? [appError('stack.no-health-check', { service: on, dependent: name })] : [];
    }),
  );
}

/** Two services on one address, port and protocol; an address of all interfaces meets every other of its family. */
function portConflicts(services: readonly NamedService[]): AppError[] {
  const taken = new Map<string, { service: string; address: string }[]>();
  const errors: AppError[] = [];
  for (const service of services) {
    for (const port of service.ports ?? []) {
      if (!port.published || port.published.includes('-')) continue;
      const key = `${port.published}/${port.protocol ?? 'tcp'}`;
      const address = port.host_ip ?? '';
      const others = taken.get(key) ?? [];
      const other = others.find((o) => meets(o.address, address));
      if (other) {
        const both = [other.service, service.name];
        errors.push(appError('stack.port-conflict', { services: both, address, port: key }));
      }
      taken.set(key, [...others, { service: service.name, address }]);
    }
  }
  return errors;
}

/** Whether two addresses cannot both have one port. Not saying one means every address of both families. */
export function meets(a: string, b: string): boolean {
  if (a === b || a === '' || b === '') return true;
  const isEvery = (address: string): boolean => address === '0.0.0.0' || address === '::';
  return a.includes(':') === b.includes(':') && (isEvery(a) || isEvery(b));
}

function missingExternals(
  desired: Desired,
  observed: Observed,
  services: readonly NamedService[],
): AppError[] {
  const { networks, volumes } = desired.project;
  const missing = new Map<string, AppError>();
  for (const service of services) {
    for (const key of Object.keys(service.networks ?? {})) {
      const name = networkNameOf(desired.project, key);
      if (networks[key]?.external && !observed.networks.has(name)) {
        missing.set(`network ${name}`, appError('stack.external-missing', { kind: 'network', name }));
      }
    }
    for (const { type, source } of service.volumes ?? []) {
      const name = source === undefined ? undefined : volumeNameOf(desired.project, source);
      if (type !== 'volume' || source === undefined || name === undefined || !volumes[source]?.external)
        continue;
      if (!observed.volumes.has(name)) {
        missing.set(`volume ${name}`, appError('stack.external-missing', { kind: 'volume', name }));
      }
    }
  }
  return [...missing.values()];
}
