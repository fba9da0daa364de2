import type { Engine, VolumeInspect } from '../../main/docker/port.ts';
import { labelsMatch } from './event-hub.ts';
import { refuse } from './refuse.ts';
import type { World } from './world.ts';

export function fakeVolumes(world: World): Engine['volumes'] {
  const { faults } = world;
  return {
    async list(filters) {
      await faults.enter('volumes.list', [filters]);
      const { label, name } = filters;
      return [...world.volumes.values()].filter(
        (v) => labelsMatch(label, v.Labels ?? {}) && (!name || name.some((x) => v.Name.includes(x))),
      );
    },
    async inspect(name) {
      await faults.enter('volumes.inspect', [name]);
      return world.volumes.get(name);
    },
    async create(body) {
      await faults.enter('volumes.create', [body]);
      const present = world.volumes.get(body.Name);
      if (present) return present; // the engine gives what is there, whatever its labels
      const volume: VolumeInspect = {
        Name: body.Name,
        Driver: (body['Driver'] as string | undefined) ?? 'local',
        Mountpoint: `/fake/volumes/${body.Name}/_data`,
        Labels: (body['Labels'] as Record<string, string> | undefined) ?? null,
        Options: (body['DriverOpts'] as Record<string, string> | undefined) ?? null,
        CreatedAt: new Date().toISOString(),
        Scope: 'local',
      };
      world.volumes.set(volume.Name, volume);
      world.hub.emit('volume', 'create', volume.Name, { driver: volume.Driver });
      return volume;
    },
    async remove(name) {
      await faults.enter('volumes.remove', [name]);
      const call = `DELETE /volumes/${name}`;
      if (!world.volumes.has(name)) throw refuse(call, 404, `get ${name}: no such volume`, name);
      const users = [...world.containers.values()].filter((c) => c.mounts.some((m) => m.Name === name));
      if (users.length > 0)
        throw refuse(
          call,
          409,
          `remove ${name}: volume is in use - [${users.map((c) => c.id).join(', ')}]`,
          name,
        );
      world.volumes.delete(name);
      world.hub.emit('volume', 'destroy', name, { driver: 'local' });
    },
  };
}
