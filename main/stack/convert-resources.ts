import type { EngineDeviceRequest } from '../docker/port.ts';
import type { DeviceRequest, Service } from '../model/types.ts';

/** `undefined` fields are left out, so that the engine's defaults stand. */
export const bytes = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

/** CDI device names look like `vendor/class=name` (Container Device Interface specification). */
const CDI_NAME = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*=[\w.:-]+$/;

/**
 * Limits, reservations, devices and ulimits of a service as the Engine API's HostConfig.
 * Source: compose-spec (`deploy.resources`, `mem_limit`, …), Docker Engine API, ContainerCreate.
 */
export function resourcesOf(service: Service): Record<string, unknown> {
  const { limits, reservations } = service.deploy?.resources ?? {};
  return {
    CgroupParent: service.cgroup_parent,
    Memory: bytes(limits?.memory ?? service.mem_limit),
    MemorySwap: bytes(service.memswap_limit),
    MemorySwappiness: bytes(service.mem_swappiness) || undefined,
    MemoryReservation: bytes(reservations?.memory ?? service.mem_reservation),
    OomKillDisable: service.oom_kill_disable ? true : undefined,
    OomScoreAdj: service.oom_score_adj,
    CpuCount: service.cpu_count,
    CpuPercent: service.cpu_percent === undefined ? undefined : Math.round(service.cpu_percent),
    CpuPeriod: service.cpu_period,
    CpuQuota: service.cpu_quota,
    CpuRealtimePeriod: service.cpu_rt_period,
    CpuRealtimeRuntime: service.cpu_rt_runtime,
    CpuShares: service.cpu_shares,
    CpusetCpus: service.cpuset,
    NanoCpus: nano(limits?.cpus ?? service.cpus),
    PidsLimit: limits?.pids ?? service.pids_limit,
    DeviceCgroupRules: service.device_cgroup_rules,
    Devices: devicesOf(service),
    DeviceRequests: deviceRequestsOf(service),
    Ulimits: ulimitsOf(service),
    ...blkioOf(service),
  };
}

const nano = (cpus: number | undefined): number | undefined =>
  cpus === undefined ? undefined : Math.round(cpus * 1e9);

const isCdi = (d: { source: string; target: string }): boolean =>
  d.source === d.target && CDI_NAME.test(d.source);

function devicesOf(service: Service): unknown[] | undefined {
  return service.devices
    ?.filter((d) => !isCdi(d))
    .map((d) => ({
      PathOnHost: d.source,
      PathInContainer: d.target,
      CgroupPermissions: d.permissions ?? 'rwm',
    }));
}

/** Devices that a service asks of the engine's drivers and of CDI; undefined when it asks for none. */
export function deviceRequestsOf(service: Service): EngineDeviceRequest[] | undefined {
  const cdi = (service.devices ?? []).filter(isCdi).map((d) => d.source);
  const request = (d: DeviceRequest, capabilities: readonly string[]): EngineDeviceRequest => ({
    Driver: d.driver ?? '',
    // never both: the engine refuses a count beside ids
    ...(d.device_ids ? { DeviceIDs: d.device_ids } : { Count: d.count ?? -1 }),
    Capabilities: [capabilities],
    Options: d.options ?? {},
  });
  const all = [
    ...(cdi.length > 0 ? [{ Driver: 'cdi', DeviceIDs: cdi }] : []),
    ...(service.gpus ?? []).map((g) => request(g, [...new Set([...(g.capabilities ?? []), 'gpu'])])),
    ...(service.deploy?.resources?.reservations?.devices ?? []).map((d) => request(d, d.capabilities)),
  ];
  return all.length > 0 ? all : undefined;
}

function ulimitsOf(service: Service): unknown[] | undefined {
  return (
    service.ulimits &&
    Object.entries(service.ulimits).map(([Name, limit]) =>
      typeof limit === 'number'
        ? { Name, Soft: limit, Hard: limit }
        : { Name, Soft: limit.soft ?? 0, Hard: limit.hard ?? 0 },
    )
  );
}

function blkioOf(service: Service): Record<string, unknown> {
  const b = service.blkio_config;
  if (!b) return {};
  const throttle = (list: readonly { path: string; rate: string }[] | undefined): unknown =>
    list?.map((d) => ({ Path: d.path, Rate: Number(d.rate) }));
  return {
    BlkioWeight: b.weight,
    BlkioWeightDevice: b.weight_device?.map((d) => ({ Path: d.path, Weight: d.weight })),
    BlkioDeviceReadBps: throttle(b.device_read_bps),
    BlkioDeviceReadIOps: throttle(b.device_read_iops),
    BlkioDeviceWriteBps: throttle(b.device_write_bps),
    BlkioDeviceWriteIOps: throttle(b.device_write_iops),
  };
}
