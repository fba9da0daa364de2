import type { Check, DoctorContext, DoctorService, DoctorStack, Remedy } from '../doctor-types.ts';
import { isLoopback, runningOf, serversOf, whereStack } from './parts.ts';

/** Whether whoever reaches the server from another machine is asked for a password. */
export const checkPassword: Check = {
  id: 'password',
  title: 'Password of the API',
  category: 'network',
  applicable: whereStack((stack) => doorsOf(stack).length > 0),
  run: async (ctx) => {
    const stack = await ctx.stack();
    const doors = await Promise.all(
      doorsOf(stack).map(async (door) => ({ ...door, ...(await lookAt(ctx, door)) })),
    );
    const open = doors.filter((d) => d.isOpen);
    const said = (list: readonly Door[]): string => list.map((d) => `${d.address}:${d.port}`).join(', ');
    const wide = open.filter((d) => !isLoopback(d.address));
    if (open.length === 0) {
      const asked = doors.every((d) => d.isTried) ? 'asked for' : 'set for the server, not tried';
      return { status: 'ok', detail: `${asked} at ${said(doors)}` };
    }
    if (wide.length === 0) {
      return {
        status: 'warn',
        detail: `none is asked for at ${said(open)}: every program and every user of this computer may read the agents`,
        fix: SET_ONE,
        remedy: { do: 'open-folder', folder: stack.directory },
      };
    }
    return {
      status: 'fail',
      detail: `none is asked for at ${said(wide)}: whoever reaches this computer may read the agents and run tools`,
      fix: `${SET_ONE}\nOr publish it on this computer alone: 127.0.0.1 before the port under ports:.`,
      remedy: loopbackRemedy(
        stack,
        wide.filter((d) => !d.server.isOnHost),
      ),
    };
  },
};

const SET_ONE = 'Set SECURE=true and LETTA_SERVER_PASSWORD for the server, then letta-stack up{stack}';

interface Door {
  readonly address: string;
  readonly port: number;
  /** publishes it */
  readonly service: DoctorService;
  /** answers there */
  readonly server: DoctorService;
}

/** Where the V1 server listens, on every address (letta/settings.py). */
const SERVER_PORT = 8283;

/** Where servers are reached: on ports of their own, of the machine, or of those that stand before them. */
function doorsOf(stack: DoctorStack): Door[] {
  return serversOf(stack).flatMap((server) => [
    ...(server.isOnHost
      ? [{ address: '0.0.0.0', port: Number(server.values['PORT']) || SERVER_PORT, service: server, server }]
      : []),
    ...stack.services
      .filter((s) => s.name === server.name || s.dependsOn.includes(server.name))
      .flatMap((service) =>
        service.ports
          .filter((p) => p.protocol === 'tcp')
          .map((p) => ({ address: p.address, port: p.published, service, server })),
      ),
  ]);
}

/** Whether the agents are given to whoever asks; of what does not run, by what it is given. */
async function lookAt(
  ctx: DoctorContext,
  { address, port, service, server }: Door,
): Promise<{ readonly isOpen: boolean; readonly isTried: boolean }> {
  const engine = await ctx.engine().catch(() => undefined);
  if (engine?.capabilities.hostPaths && runningOf(await ctx.containers()).has(service.name)) {
    const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
    const at = host.includes(':') ? `[${host}]` : host;
    const status = await ctx.httpStatus(`http://${at}:${port}/v1/agents/?limit=1`);
    if (status !== undefined && status !== 502)
      return { isOpen: status < 400 || status === 500, isTried: true };
  }
  const isTrue = (name: string): boolean => server.values[name]?.toLowerCase() === 'true';
  const isAsked = isTrue('SECURE') || isTrue('LETTA_SERVER_SECURE') || server.isSecure;
  return { isOpen: !isAsked, isTried: false };
}

/** This computer's own address for the setting that has another one; else the file, which says it itself. */
export function loopbackRemedy(
  { settings, directory }: Pick<DoctorStack, 'settings' | 'directory'>,
  doors: readonly { readonly address: string }[],
): Remedy {
  const setting = settings.find((s) => s.type === 'address' && doors.some((d) => d.address === s.value));
  return setting
    ? { do: 'use-value', setting: setting.name, value: '127.0.0.1' }
    : { do: 'open-folder', folder: directory };
}
