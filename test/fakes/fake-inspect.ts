import type {
  ContainerInspect,
  ContainerSummary,
  Healthcheck,
  ImageInspect,
} from '../../main/docker/port.ts';
import { hex, type FakeContainer, type World } from './world.ts';

/** A published port of `HostConfig.PortBindings`. */
export interface Binding {
  /** `6379/tcp` */
  readonly target: string;
  readonly address: string;
  readonly port: number;
}

export function bindingsOf(c: FakeContainer): readonly Binding[] {
  const bindings = (c.body.HostConfig['PortBindings'] ?? {}) as Record<
    string,
    readonly { HostIp?: string; HostPort?: string }[]
  >;
  return Object.entries(bindings).flatMap(([target, list]) =>
    list.map((b, i) => ({
      target,
      address: b.HostIp || '0.0.0.0',
      // an engine chooses a free port where none is named
      port: Number(b.HostPort || 0) || 32768 + (parseInt(hex(c.id + target).slice(0, 4), 16) % 20000) + i,
    })),
  );
}

export function summary(c: FakeContainer): ContainerSummary {
  const ports = c.status === 'running' ? bindingsOf(c) : [];
  return {
    Id: c.id,
    Names: [`/${c.name}`],
    Image: c.body.Image,
    ImageID: c.imageId,
    Created: Math.floor(Date.parse(c.created) / 1000),
    State: c.status,
    Status: statusText(c),
    Labels: c.body.Labels,
    Ports: ports.map((b) => ({
      IP: b.address,
      PrivatePort: parseInt(b.target, 10),
      PublicPort: b.port,
      Type: b.target.split('/')[1] ?? 'tcp',
    })),
    Mounts: c.mounts,
    NetworkSettings: {
      Networks: Object.fromEntries(
        [...c.networks.keys()].map((n) => [n, { NetworkID: hex(`network ${n}`) }]),
      ),
    },
  };
}

function statusText(c: FakeContainer): string {
  if (c.status === 'created') return 'Created';
  if (c.status !== 'running') return `Exited (${c.exitCode}) Less than a second ago`;
  if (!c.health) return 'Up Less than a second';
  return `Up Less than a second (${c.health.status === 'starting' ? 'health: starting' : c.health.status})`;
}

/** The health check that counts: the container's own before the image's; `NONE` is none. */
export function healthcheckOf(
  body: FakeContainer['body'],
  image: ImageInspect | undefined,
): Healthcheck | undefined {
  const check = (body['Healthcheck'] as Healthcheck | undefined) ?? image?.Config.Healthcheck ?? undefined;
  return check?.Test?.[0] === 'NONE' ? undefined : check;
}

export function inspectContainer(world: World, c: FakeContainer): ContainerInspect {
  const { body } = c;
  const image = [...world.images.values()].find((i) => i.Id === c.imageId);
  const healthcheck = healthcheckOf(body, image);
  const ports = c.status === 'running' ? bindingsOf(c) : [];
  return {
    Id: c.id,
    Name: `/${c.name}`,
    Created: c.created,
    Image: c.imageId,
    RestartCount: c.restarts,
    State: {
      Status: c.status,
      Running: c.status === 'running',
      Paused: false,
      Restarting: false,
      OOMKilled: c.oomKilled,
      Dead: false,
      ExitCode: c.exitCode,
      Error: c.error,
      StartedAt: c.startedAt,
      FinishedAt: c.finishedAt,
      ...(c.health && {
        Health: { Status: c.health.status, FailingStreak: c.health.streak, Log: [...c.health.log] },
      }),
    },
    Config: {
      Image: body.Image,
      Labels: { ...image?.Config.Labels, ...body.Labels },
      Env: (body['Env'] as readonly string[] | undefined) ?? [],
      Cmd: (body['Cmd'] as readonly string[] | undefined) ?? image?.Config.Cmd ?? null,
      Entrypoint: (body['Entrypoint'] as readonly string[] | undefined) ?? image?.Config.Entrypoint ?? null,
      Tty: body['Tty'] === true,
      User: (body['User'] as string | undefined) ?? image?.Config.User ?? '',
      ...(healthcheck && { Healthcheck: healthcheck }),
      Volumes: (body['Volumes'] as Record<string, unknown> | undefined) ?? null,
    },
    HostConfig: { NetworkMode: 'bridge', ...body.HostConfig },
    Mounts: c.mounts,
    NetworkSettings: {
      Networks: Object.fromEntries(
        [...c.networks].map(([name, s]) => [
          name,
          {
            NetworkID: c.networkIds.get(name) ?? '',
            Aliases: s.Aliases ? [...s.Aliases] : null,
          },
        ]),
      ),
      Ports: Object.fromEntries(
        ports.map((b) => [b.target, [{ HostIp: b.address, HostPort: String(b.port) }]]),
      ),
    },
  };
}
