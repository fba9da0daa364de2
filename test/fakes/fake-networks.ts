import type { Engine, NetworkInspect } from '../../main/docker/port.ts';
import { labelsMatch } from './event-hub.ts';
import { refuse } from './refuse.ts';
import type { FakeNetwork, World } from './world.ts';

/** A network as it is made from a create body. */
export function newNetwork(
  id: string,
  body: Readonly<Record<string, unknown>> & { Name: string },
): FakeNetwork {
  return {
    Id: id,
    Name: body.Name,
    Driver: (body['Driver'] as string | undefined) ?? 'bridge',
    Scope: 'local',
    Internal: body['Internal'] === true,
    Attachable: body['Attachable'] === true,
    EnableIPv6: body['EnableIPv6'] === true,
    Labels: (body['Labels'] as Record<string, string> | undefined) ?? {},
    Options: (body['Options'] as Record<string, string> | undefined) ?? {},
    IPAM: body['IPAM'] ?? { Driver: 'default', Options: null, Config: [{ Subnet: '10.0.0.0/26' }] },
    Created: new Date().toISOString(),
    members: new Set(),
  };
}

export function fakeNetworks(world: World): Engine['networks'] {
  const { faults } = world;
  const need = (call: string, name: string): FakeNetwork => {
    const network = world.findNetwork(name);
    if (!network) throw refuse(call, 404, `network ${name} not found`, name);
    return network;
  };
  const needContainer = (call: string, id: string) => {
    const c = world.findContainer(id);
    if (!c) throw refuse(call, 404, `No such container: ${id}`, id);
    return c;
  };
  return {
    async list(filters) {
      await faults.enter('networks.list', [filters]);
      const { label, name, id } = filters;
      return [...world.networks.values()]
        .filter(
          (n) =>
            labelsMatch(label, n.Labels ?? {}) &&
            (!name || name.some((x) => n.Name.includes(x))) &&
            (!id || id.some((x) => n.Id.startsWith(x))),
        )
        .map(({ members: _members, ...n }) => n);
    },
    async inspect(name) {
      await faults.enter('networks.inspect', [name]);
      const network = world.findNetwork(name);
      return network && inspect(world, network);
    },
    async create(body) {
      await faults.enter('networks.create', [body]);
      if (world.findNetwork(body.Name))
        throw refuse(
          'POST /networks/create',
          409,
          `network with name ${body.Name} already exists`,
          body.Name,
        );
      const network = newNetwork(world.newId(), body);
      world.networks.set(network.Id, network);
      world.hub.emit('network', 'create', network.Id, { name: network.Name, type: network.Driver });
      return { Id: network.Id };
    },
    async connect(name, container, settings) {
      await faults.enter('networks.connect', [name, container, settings]);
      const call = `POST /networks/${name}/connect`;
      const network = need(call, name);
      const c = needContainer(call, container);
      if (c.networks.has(network.Name))
        throw refuse(
          call,
          403,
          `endpoint with name ${c.name} already exists in network ${network.Name}`,
          container,
        );
      c.networks.set(network.Name, settings);
      if (c.status === 'running') {
        c.networkIds.set(network.Name, network.Id);
        network.members.add(c.id);
      }
      world.hub.emit('network', 'connect', network.Id, { name: network.Name, container: c.id });
    },
    async disconnect(name, container, force) {
      await faults.enter('networks.disconnect', [name, container, force]);
      const call = `POST /networks/${name}/disconnect`;
      const network = need(call, name);
      const c = needContainer(call, container);
      if (!c.networks.delete(network.Name))
        throw refuse(call, 403, `container ${c.id} is not connected to network ${network.Name}`, container);
      c.networkIds.delete(network.Name);
      network.members.delete(c.id);
      world.hub.emit('network', 'disconnect', network.Id, { name: network.Name, container: c.id });
    },
    async remove(name) {
      await faults.enter('networks.remove', [name]);
      const call = `DELETE /networks/${name}`;
      const network = need(call, name);
      if (network.members.size > 0) {
        const text = `error while removing network: network ${network.Name} has active endpoints (name:"${[...network.members].map((id) => world.containers.get(id)?.name).join('", "')}")`;
        throw refuse(call, 403, text, name);
      }
      world.networks.delete(network.Id);
      world.hub.emit('network', 'destroy', network.Id, { name: network.Name, type: network.Driver });
    },
  };
}

function inspect(world: World, { members, ...network }: FakeNetwork): NetworkInspect {
  const Containers = Object.fromEntries(
    [...members].map((id) => [id, { Name: world.containers.get(id)?.name ?? '' }]),
  );
  return { ...network, Containers };
}
