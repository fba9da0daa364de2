import type { ServiceStatus } from './contract.ts';

const UP: ReadonlySet<ServiceStatus> = new Set([
  'starting',
  'healthy',
  'running',
  'unhealthy',
  'restarting',
  'paused',
]);

/** Whether there is something of a service to stop. */
export const isUp = (service: { readonly status: ServiceStatus }): boolean => UP.has(service.status);
