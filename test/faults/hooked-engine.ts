/** An engine whose calls a test sees, so that it acts at an exact step of an operation. */
import type { ContainerInspect, Engine } from '../../main/docker/port.ts';
import { LABEL } from '../../main/stack/labels.ts';

/** One call to the engine, before it is made, and after it succeeded or failed. */
export interface EngineCall {
  /** `networks.create`, `containers.start` … */
  readonly name: string;
  /** of the container that it is about */
  readonly service?: string;
  readonly phase: 'before' | 'after' | 'failed';
  readonly args: readonly unknown[];
  /** what it gave, once it is made */
  readonly result?: unknown;
}

/** Called for every call; what it throws or waits for holds the call back. */
export type Hook = (call: EngineCall) => void | Promise<void>;

const GROUPS = ['containers', 'images', 'networks', 'volumes'] as const;

/** The engine, with `hookOf()` called around every call about containers, images, networks and volumes. */
export function hookedEngine(engine: Engine, hookOf: () => Hook | undefined): Engine {
  /** services by container id, learned from what passes */
  const services = new Map<string, string>();
  const learn = (name: string, args: readonly unknown[], result: unknown): void => {
    if (name === 'containers.create') {
      const [, body] = args as [string, { Labels: Record<string, string> }];
      services.set((result as { Id: string }).Id, body.Labels[LABEL.service] ?? '');
    }
    if (name === 'containers.inspect' && result !== undefined) {
      const found = result as ContainerInspect;
      services.set(found.Id, found.Config.Labels?.[LABEL.service] ?? '');
    }
  };
  const serviceOf = (name: string, args: readonly unknown[]): string | undefined => {
    if (!name.startsWith('containers.')) return undefined;
    if (name === 'containers.create')
      return (args[1] as { Labels: Record<string, string> }).Labels[LABEL.service];
    return services.get(String(args[0]));
  };

  const wrapped = Object.fromEntries(
    GROUPS.map((group) => {
      const methods = Object.entries(engine[group]).map(([key, method]) => {
        const name = `${group}.${key}`;
        // logs are a stream, not one call
        if (key === 'logs') return [key, method];
        const call = method as (...args: unknown[]) => Promise<unknown>;
        const hooked = async (...args: unknown[]): Promise<unknown> => {
          const service = serviceOf(name, args);
          const about = { name, args, ...(service !== undefined && { service }) };
          await hookOf()?.({ ...about, phase: 'before' });
          const result = await call(...args).catch(async (e: unknown) => {
            await hookOf()?.({ ...about, phase: 'failed' });
            throw e;
          });
          learn(name, args, result);
          const now = serviceOf(name, args);
          await hookOf()?.({ ...about, ...(now !== undefined && { service: now }), phase: 'after', result });
          return result;
        };
        return [key, hooked];
      });
      return [group, Object.fromEntries(methods) as unknown];
    }),
  );
  return { ...engine, ...wrapped };
}

/** Calls that change something. */
export const isChange = (name: string): boolean =>
  /\.(create|start|stop|remove|rename|putArchive|connect|disconnect|kill|pull|tag)$/.test(name);

/** The state of a container that an inspection of it gave; undefined for other calls. */
export function inspected(call: EngineCall): ContainerInspect['State'] | undefined {
  if (call.name !== 'containers.inspect' || call.phase !== 'after') return undefined;
  return (call.result as ContainerInspect | undefined)?.State;
}
