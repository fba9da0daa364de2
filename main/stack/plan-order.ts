import type { NamedService } from './desired.ts';

type Services = Readonly<Record<string, NamedService>>;

/** Names of the services that `service` waits for or shares something with (the model adds the implicit ones). */
export function dependenciesOf(service: NamedService): string[] {
  return Object.keys(service.depends_on ?? {});
}

/**
 * Services in dependency order, dependencies first; names that are not there are left out.
 * Iterative, so that 10,000 services in a row do not overflow the stack. Cycles were refused when reading.
 */
export function inDependencyOrder(services: Services, names: Iterable<string>): string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  for (const root of names) {
    const path: { name: string; rest: string[] }[] = [];
    const enter = (name: string): void => {
      const service = Object.hasOwn(services, name) ? services[name] : undefined;
      if (seen.has(name) || !service) return;
      seen.add(name);
      path.push({ name, rest: dependenciesOf(service).toSorted() });
    };
    enter(root);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.rest.shift();
      if (next !== undefined) enter(next);
      else order.push(path.pop()!.name);
    }
  }
  return order;
}

/** The named services and everything they depend on; all services when none is named. */
export function withDependencies(services: Services, names: readonly string[]): string[] {
  return inDependencyOrder(services, names.length > 0 ? names : Object.keys(services));
}

/** Which services name each service in their `depends_on`. */
export function dependentsByService(services: Services): Map<string, string[]> {
  const dependents = new Map<string, string[]>();
  for (const [name, service] of Object.entries(services)) {
    for (const dependency of dependenciesOf(service)) {
      const list = dependents.get(dependency);
      if (list) list.push(name);
      else dependents.set(dependency, [name]);
    }
  }
  return dependents;
}
