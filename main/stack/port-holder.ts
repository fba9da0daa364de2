import type { ContainerSummary, Engine } from '../docker/port.ts';
import { Failure, type AppError } from '../errors.ts';
import { LABEL } from './labels.ts';

/** The container that publishes a port. */
export interface PortHolder {
  readonly container: string;
  /** of Compose, where it is of one */
  readonly project?: string;
}

/** Pure: which of the engine's containers publishes a port at this address, or where the two addresses meet. */
export function holderOf(
  containers: readonly ContainerSummary[],
  { address, port, protocol }: { address: string; port: number; protocol?: string },
): PortHolder | undefined {
  const meets = (other: string): boolean => other === address || isEvery(other) || isEvery(address);
  const found = containers.find((c) =>
    c.Ports.some(
      (p) =>
        p.PublicPort === port &&
        (protocol === undefined || p.Type === protocol) &&
        meets(p.IP === undefined || p.IP === '' ? '0.0.0.0' : p.IP),
    ),
  );
  const container = found?.Names?.[0]?.replace(/^\//, '');
  if (!found || container === undefined) return undefined;
  const project = found.Labels[LABEL.project];
  return { container, ...(project !== undefined && { project }) };
}

const isEvery = (address: string): boolean => address === '0.0.0.0' || address === '::';

/** The failure with the container that has the port, where it is about a taken one and the engine tells. */
export async function namePortHolder(engine: Pick<Engine, 'containers'>, failed: Failure): Promise<Failure> {
  if (!failed.errors.some(isTaken)) return failed;
  // what is told is why it could not be had; who has it only adds to that
  const containers = await engine.containers.list({}).catch(() => []);
  const named = failed.errors.map((e): AppError => {
    const { address, port } = e.data;
    if (!isTaken(e) || typeof address !== 'string' || typeof port !== 'number') return e;
    const holder = holderOf(containers, { address, port });
    return holder ? { ...e, data: { ...e.data, by: 'container', ...holder } } : e;
  });
  return new Failure(named, { cause: failed });
}

const isTaken = (e: AppError): boolean => e.code === 'engine.port-taken';
