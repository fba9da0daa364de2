/** GPUs of services: whether one is reserved, and in which form the engine is asked for it. Pure. */
import type { ContainerCreate, EngineDeviceRequest, GpuReservation } from '../docker/port.ts';
import type { Service } from '../model/types.ts';
import { deviceRequestsOf } from './convert-resources.ts';

/** How the engine is asked for a GPU: as the file says it, or by the names of the Container Device Interface. */
export type GpuForm = 'as-written' | 'cdi';

/** What a service asks the engine for where it reserves a GPU; undefined where it does not. */
export function gpuRequestOf(service: Service): GpuReservation | undefined {
  const requests = (deviceRequestsOf(service) ?? []).filter(isGpu);
  const isNvidia = service.runtime === 'nvidia';
  if (requests.length === 0 && !isNvidia) return undefined;
  return { requests, ...(isNvidia && { runtime: 'nvidia' }) };
}

/** Every GPU of NVIDIA's, which is what `--gpus all` asks for. */
export const ALL_OF_NVIDIA: EngineDeviceRequest = { Driver: 'nvidia', Count: -1, Capabilities: [['gpu']] };

const isGpu = (r: EngineDeviceRequest): boolean =>
  r.Driver === 'cdi'
    ? (r.DeviceIDs ?? []).some((id) => /\/gpu=/.test(id))
    : (r.Capabilities ?? []).flat().includes('gpu');

/**
 * Requests to NVIDIA's driver as CDI devices, which an engine gives that has their specification and not that driver:
 * `nvidia.com/gpu=all`, or one name a GPU (NVIDIA Container Toolkit, "Support for Container Device Interface").
 * Other requests stay.
 */
export function asCdi(requests: readonly EngineDeviceRequest[]): EngineDeviceRequest[] {
  return requests.map((r) => {
    if (!isGpu(r) || (r.Driver !== 'nvidia' && r.Driver !== '')) return r;
    const count = r.Count ?? -1;
    const ids = r.DeviceIDs ?? (count < 0 ? ['all'] : Array.from({ length: count }, (_, i) => String(i)));
    return { Driver: 'cdi', DeviceIDs: ids.map((id) => (id.includes('=') ? id : `nvidia.com/gpu=${id}`)) };
  });
}

/** A service's request in CDI's form; undefined where it is in that form already, or asks for another vendor's. */
export function cdiRequest({ requests }: GpuReservation): GpuReservation | undefined {
  const cdi = asCdi(requests.length > 0 ? requests : [ALL_OF_NVIDIA]);
  return cdi.every((r, i) => r === requests[i]) ? undefined : { requests: cdi };
}

/** The body of a container whose GPU is asked for in CDI's form. */
export function withCdi(body: ContainerCreate): ContainerCreate {
  const { Runtime, DeviceRequests = [], ...host } = body.HostConfig;
  const requests = DeviceRequests as readonly EngineDeviceRequest[];
  const isNvidia = Runtime === 'nvidia';
  const wanted = isNvidia && !requests.some(isGpu) ? [...requests, ALL_OF_NVIDIA] : requests;
  const runtime = isNvidia || Runtime === undefined ? {} : { Runtime };
  return { ...body, HostConfig: { ...host, ...runtime, DeviceRequests: asCdi(wanted) } };
}
