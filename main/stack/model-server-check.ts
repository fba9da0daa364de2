import type { AppError } from '../errors.ts';
import { providerOfVariable } from '../providers.ts';
import type { HostReach } from '../system/host-reach.ts';
import { isLocal, isOwnMachine, troubleAt } from '../system/model-servers.ts';
import { publishedPortsOf, type Desired, type NamedService } from './desired.ts';

/**
 * Model servers of this machine that the services are to use and will not reach: told before a start, since a server
 * that starts without them runs all the same, and has no models.
 * @param reach is asked only where a service looks for one
 */
export async function unreachedModelServers(
  { services }: Pick<Desired, 'services'>,
  reach: () => Promise<HostReach>,
): Promise<AppError[]> {
  const all = Object.values(services);
  // what the stack publishes itself is there once it runs
  const own = new Set(all.flatMap((s) => publishedPortsOf(s).map((p) => String(p.published))));
  const asked = all.flatMap((s) => addressesOf(s).filter(({ url }) => !own.has(new URL(url).port)));
  if (asked.length === 0) return [];
  const how = await reach();
  return (await Promise.all(asked.map((at) => troubleAt(at, how)))).flatMap((trouble) => trouble ?? []);
}

function addressesOf(service: NamedService): Parameters<typeof troubleAt>[0][] {
  return Object.entries(service.environment ?? {}).flatMap(([variable, value]) => {
    const provider = providerOfVariable(variable);
    if (!provider || !value || !URL.canParse(value) || !isLocal(value)) return [];
    // on the machine's own network it is the machine
    if (service.network_mode === 'host' && isOwnMachine(value)) return [];
    return [{ service: service.name, id: provider.id, title: provider.title, url: value }];
  });
}
