import type { Capabilities, ContainerCreate, EndpointSettings, MountPoint } from '../docker/port.ts';
import { durationToNanoseconds } from '../model/durations.ts';
import { bytes, resourcesOf } from './convert-resources.ts';
import { mountsOf } from './convert-volumes.ts';
import {
  containerNameOf,
  imageOf,
  networkNameOf,
  networksInOrder,
  type Desired,
  type NamedService,
} from './desired.ts';
import { COMPOSE_VERSION, LABEL } from './labels.ts';

/** What a container's body needs besides the model. */
export interface ConvertInput {
  readonly number: number;
  readonly imageId: string;
  readonly imageVolumes: readonly string[];
  readonly inherit: readonly MountPoint[];
  readonly capabilities: Capabilities;
  /** name of the container whose place this one takes, for the CLI's `replace` label */
  readonly replaces?: string;
  /** names of the containers of linked services, by service */
  readonly linked: ReadonlyMap<string, readonly string[]>;
}

/**
 * Body of `POST /containers/create` for one container of a service whose references are resolved, with what the
 * docker compose CLI 2.40 would have written (compose-semantics, section 3; docker/compose `getCreateConfigs`) and
 * our own labels. Fields that the file does not have are left out.
 */
export function containerBody(desired: Desired, service: NamedService, input: ConvertInput): ContainerCreate {
  const { project } = desired;
  const mounts = mountsOf(project, service, input.inherit, input.imageVolumes);
  const networks = endpointsOf(desired, service, input);
  const main = networks[0];
  const body = {
    Hostname: service.hostname,
    Domainname: service.domainname,
    User: service.user,
    ExposedPorts: exposedPorts(service),
    Tty: service.tty,
    OpenStdin: service.stdin_open,
    AttachStdout: true,
    AttachStderr: true,
    Cmd: service.command ?? undefined,
    Entrypoint: service.entrypoint ?? undefined,
    Image: imageOf(project, service),
    WorkingDir: service.working_dir,
    NetworkDisabled: service.network_mode === 'disabled' ? true : undefined,
    Labels: labelsOf(desired, service, input),
    MacAddress: input.capabilities.endpointMac ? undefined : main?.settings.MacAddress,
    StopSignal: service.stop_signal,
    StopTimeout: seconds(service.stop_grace_period),
    Env: Object.entries(service.environment ?? {}).map(([k, v]) => (v === null ? k : `${k}=${v}`)),
    Healthcheck: healthcheckOf(service, input.capabilities),
    HostConfig: compact({
      ...resourcesOf(service),
      Binds: mounts.Binds.length > 0 ? mounts.Binds : undefined,
      Mounts: mounts.Mounts.length > 0 ? mounts.Mounts : undefined,
      Annotations: service.annotations,
      CapAdd: capabilityNames(service.cap_add),
      CapDrop: capabilityNames(service.cap_drop),
      NetworkMode: service.network_mode ?? main?.name ?? 'none',
      Init: service.init,
      IpcMode: service.ipc,
      CgroupnsMode: service.cgroup,
      ReadonlyRootfs: service.read_only,
      RestartPolicy: restartPolicy(service),
      ShmSize: bytes(service.shm_size),
      Sysctls: service.sysctls,
      PortBindings: portBindings(service),
      VolumesFrom: service.volumes_from,
      Dns: service.dns,
      DnsSearch: service.dns_search,
      DnsOptions: service.dns_opt,
      ExtraHosts: (service.extra_hosts ?? []).map((h) => h.replace('=', ':')),
      ...securityOf(service),
      StorageOpt: service.storage_opt,
      UsernsMode: service.userns_mode,
      UTSMode: service.uts,
      Privileged: service.privileged,
      PidMode: service.pid,
      Tmpfs: tmpfsOf(service),
      Isolation: service.isolation,
      Runtime: service.runtime,
      LogConfig: service.logging && {
        Type: service.logging.driver ?? '',
        Config: service.logging.options ?? {},
      },
      GroupAdd: service.group_add,
      Links: linksOf(desired, service, input),
    }),
    NetworkingConfig: { EndpointsConfig: Object.fromEntries(firstOrAll(networks, input.capabilities)) },
  };
  return compact(body) as unknown as ContainerCreate;
}

/** Networks that an engine before API 1.44 takes only after create, one by one. */
export function laterNetworks(
  desired: Desired,
  service: NamedService,
  input: ConvertInput,
): { name: string; settings: EndpointSettings }[] {
  return input.capabilities.networksAtCreate ? [] : endpointsOf(desired, service, input).slice(1);
}

function firstOrAll(
  networks: readonly { name: string; settings: EndpointSettings }[],
  capabilities: Capabilities,
): [string, EndpointSettings][] {
  const now = capabilities.networksAtCreate ? networks : networks.slice(0, 1);
  return now.map((n) => [n.name, n.settings]);
}

function labelsOf(desired: Desired, service: NamedService, input: ConvertInput): Record<string, string> {
  const depends = Object.entries(service.depends_on ?? {}).map(
    ([name, d]) => `${name}:${d.condition}:${d.restart === true}`,
  );
  return {
    ...service.labels,
    [LABEL.project]: desired.project.name,
    [LABEL.service]: service.name,
    [LABEL.version]: COMPOSE_VERSION,
    [LABEL.oneoff]: 'False',
    [LABEL.number]: String(input.number),
    [LABEL.hash]: desired.hashOf(service),
    [LABEL.image]: input.imageId,
    [LABEL.dependsOn]: depends.join(','),
    [LABEL.workingDir]: desired.workingDir,
    [LABEL.configFiles]: desired.configFiles.join(','),
    ...(desired.environmentFiles.length > 0 && {
      [LABEL.environmentFile]: desired.environmentFiles.join(','),
    }),
    ...(input.replaces && { [LABEL.replace]: input.replaces }),
    [LABEL.content]: desired.contentOf(service.name) ?? '',
    [LABEL.secrets]: desired.secretIdsOf(service.name) ?? '',
    ...(desired.profile && {
      [LABEL.profile]: desired.profile.id,
      [LABEL.profileVersion]: desired.profile.version,
    }),
  };
}

function endpointsOf(
  desired: Desired,
  service: NamedService,
  input: ConvertInput,
): { name: string; settings: EndpointSettings }[] {
  if (service.network_mode !== undefined) return [];
  const { project } = desired;
  return networksInOrder(service).map((key, index) => {
    const config = service.networks?.[key];
    const driverOpts = {
      ...config?.driver_opts,
      ...(config?.interface_name && { 'com.docker.network.endpoint.ifname': config.interface_name }),
    };
    const settings = compact({
      Aliases: [containerNameOf(project, service, input.number), service.name, ...(config?.aliases ?? [])],
      Links: linksOf(desired, service, input),
      IPAMConfig: config
        ? compact({
            IPv4Address: config.ipv4_address,
            IPv6Address: config.ipv6_address,
            LinkLocalIPs: config.link_local_ips,
          })
        : undefined,
      DriverOpts: Object.keys(driverOpts).length > 0 ? driverOpts : undefined,
      MacAddress: config?.mac_address ?? (index === 0 ? service.mac_address : undefined),
      GwPriority: config?.gw_priority,
    }) as EndpointSettings;
    return { name: networkNameOf(project, key), settings };
  });
}

/** A linked container under its alias and the two names that the CLI adds (docker/compose, `getLinks`). */
function linksOf(desired: Desired, service: NamedService, input: ConvertInput): string[] | undefined {
  const links = (service.links ?? []).flatMap((link) => {
    const [name = '', alias = name] = link.split(':');
    const indexed = `${name}-${input.number}`;
    const aliases = [alias, indexed, `${desired.project.name}-${indexed}`];
    return (input.linked.get(name) ?? []).flatMap((container) => aliases.map((a) => `${container}:${a}`));
  });
  const external = (service.external_links ?? []).map((link) => {
    const [name = '', alias = name] = link.split(':');
    return `${name}:${alias}`;
  });
  const all = [...links, ...external];
  return all.length > 0 ? all : undefined;
}

function healthcheckOf(
  service: NamedService,
  capabilities: Capabilities,
): Record<string, unknown> | undefined {
  const check = service.healthcheck;
  if (!check) return undefined;
  if (check.disable) return { Test: ['NONE'] };
  const ns = (d: string | undefined): number | undefined =>
    d === undefined ? undefined : durationToNanoseconds(d);
  return compact({
    Test: check.test,
    Interval: ns(check.interval),
    Timeout: ns(check.timeout),
    Retries: check.retries,
    StartPeriod: ns(check.start_period),
    StartInterval: capabilities.startInterval ? ns(check.start_interval) : undefined,
  });
}

/** Names as Docker's own client sends them (moby, `normalizeCapabilities`). */
function capabilityNames(names: readonly string[] | undefined): string[] | undefined {
  const full = names
    ?.map((n) => n.toUpperCase())
    .map((n) => (n === 'ALL' || n.startsWith('CAP_') ? n : `CAP_${n}`));
  return full && [...new Set(full)].toSorted();
}

function exposedPorts(service: NamedService): Record<string, object> {
  const ports = [
    ...(service.expose ?? []),
    ...(service.ports ?? []).map((p) => `${p.target}/${p.protocol ?? 'tcp'}`),
  ];
  return Object.fromEntries(ports.map((p) => [p, {}]));
}

function portBindings(service: NamedService): Record<string, unknown[]> {
  const bindings: Record<string, unknown[]> = {};
  for (const p of service.ports ?? []) {
    const key = `${p.target}/${p.protocol ?? 'tcp'}`;
    (bindings[key] ??= []).push({ HostIp: p.host_ip ?? '', HostPort: p.published ?? '' });
  }
  return bindings;
}

const POLICY: Readonly<Record<string, string>> = { none: 'no', any: 'always' };

function restartPolicy(service: NamedService): { Name: string; MaximumRetryCount: number } | undefined {
  const deployed = service.deploy?.restart_policy;
  if (deployed) {
    const condition = deployed.condition ?? '';
    return { Name: POLICY[condition] ?? condition, MaximumRetryCount: deployed.max_attempts ?? 0 };
  }
  if (!service.restart) return undefined;
  const [name = '', attempts] = service.restart.split(':');
  return { Name: POLICY[name] ?? name, MaximumRetryCount: Number(attempts ?? 0) };
}

function securityOf(service: NamedService): Record<string, unknown> {
  const options = service.security_opt ?? [];
  const unconfined = options.includes('systempaths=unconfined');
  const rest = options.filter((o) => o !== 'systempaths=unconfined');
  return {
    SecurityOpt: rest.length > 0 ? rest : undefined,
    ...(unconfined && { MaskedPaths: [], ReadonlyPaths: [] }),
  };
}

function tmpfsOf(service: NamedService): Record<string, string> | undefined {
  if (!service.tmpfs) return undefined;
  return Object.fromEntries(
    service.tmpfs.map((t) => {
      const at = t.indexOf(':');
      return at < 0 ? [t, ''] : [t.slice(0, at), t.slice(at + 1)];
    }),
  );
}

/** Whole seconds, rounded up: a grace period is never shortened. */
const seconds = (duration: string | undefined): number | undefined =>
  duration === undefined ? undefined : Math.ceil(durationToNanoseconds(duration) / 1e9);

function compact(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, v]) => v !== undefined));
}
