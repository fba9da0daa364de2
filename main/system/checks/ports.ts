import { LABEL } from '../../stack/labels.ts';
import { holderOf, type PortHolder } from '../../stack/port-holder.ts';
import { otherContainer } from '../../wording/engine.ts';
import type { Check, DoctorContext, Remedy } from '../doctor-types.ts';
import type { PortUse } from '../types.ts';

interface Address {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

/** Whether the ports that the stack publishes are free, or already its own. */
export const checkPorts: Check = {
  id: 'ports',
  title: 'Ports',
  category: 'machine',
  applicable: (ctx) =>
    Promise.all([canTell(ctx), ctx.stack()]).then(
      ([can, stack]) => can && stack.services.some((s) => s.ports.length > 0),
      // the compose file's own check tells why
      () => false,
    ),
  run: async (ctx) => {
    const { project, services } = await ctx.stack();
    const own = await publishedBy(ctx, project);
    const wanted = services.flatMap((service) =>
      service.ports.map((p) => ({ ...p, port: p.published, service: service.name })),
    );
    const looked = await Promise.all(
      wanted.map(async (w) => ({
        ...w,
        use: own.some((o) => covers(o, w))
          ? { free: true }
          : await ctx.portUse(w.address, w.port, w.protocol),
      })),
    );
    const taken = looked.filter((w) => !w.use.free);
    if (taken.length === 0) {
      const all = wanted.map((w) => `${w.address}:${w.port}`).join(', ');
      return { status: 'ok', detail: `${all}: free, or taken by ${project} itself` };
    }
    const remedy = await remedyFor(ctx, taken, wanted);
    const engine = await ctx.engine().catch(() => undefined);
    const containers = (await engine?.containers.list({})) ?? [];
    return {
      status: 'fail',
      detail: taken
        .map((w) => `${w.address}:${w.port} of ${w.service} ${why(w.use, holderOf(containers, w))}`)
        .join('\n'),
      fix:
        'Stop what has the port, or give the stack another one: letta-stack settings{stack} names its settings,\n' +
        'letta-stack settings set{stack} NAME PORT changes one. A file of your own says its ports under ports:.',
      ...(remedy && { remedy }),
    };
  },
};

/** So many ports above a taken one are tried. */
const TRIED = 50;

/** A port that is free for the setting of the first taken one; undefined where no setting is that port. */
async function remedyFor(
  ctx: DoctorContext,
  taken: readonly Address[],
  wanted: readonly Address[],
): Promise<Remedy | undefined> {
  const { settings } = await ctx.stack();
  const settingOf = ({ port }: Address): string | undefined =>
    settings.find((s) => s.type === 'port' && s.value === String(port))?.name;
  const first = taken.find((t) => settingOf(t) !== undefined);
  const setting = first && settingOf(first);
  if (!first || setting === undefined) return undefined;
  for (let port = first.port + 1; port <= Math.min(first.port + TRIED, 65_535); port += 1) {
    if (wanted.some((w) => w.port === port)) continue;
    if ((await ctx.portUse(first.address, port, first.protocol)).free)
      return { do: 'use-port', setting, port };
  }
  return undefined;
}

function why(use: PortUse, holder: PortHolder | undefined): string {
  if (use.reason !== undefined) return `cannot be used: ${use.reason}`;
  if (use.reserved)
    return `cannot be used: Windows keeps ports ${use.reserved.from} to ${use.reserved.to} for itself`;
  if (holder) return `is taken by ${otherContainer(holder)}`;
  if (use.pid === undefined) return 'is taken by a process that only root may see';
  return `is taken by ${use.process ?? 'process'} (pid ${use.pid})`;
}

/**
 * Whether a port that is taken here can be told from one of the stack's own: which it has, only the engine that it ran on
 * says, and one reached over a network has ports of its own. Without any engine there will be one here.
 */
async function canTell(ctx: DoctorContext): Promise<boolean> {
  const [engine, { ranOn }] = await Promise.all([ctx.engine().catch(() => undefined), ctx.engines()]);
  if (ranOn && ranOn.id !== engine?.info.id) return false;
  if (!engine) return true;
  const url = new URL(engine.endpoint.url);
  return !['tcp:', 'ssh:', 'http:', 'https:'].includes(url.protocol) || isLoopback(url.hostname);
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || host.startsWith('127.');

/** Whether what is published makes the address taken: there itself, or at every address of the machine. */
function covers(published: Address, wanted: Address): boolean {
  if (published.port !== wanted.port || published.protocol !== wanted.protocol) return false;
  const all = wanted.address.includes(':') ? '::' : '0.0.0.0';
  return published.address === wanted.address || published.address === all;
}

/** What the stack's own containers publish now. */
async function publishedBy(ctx: DoctorContext, project: string): Promise<readonly Address[]> {
  const engine = await ctx.engine().catch(() => undefined);
  const containers = (await engine?.containers.list({ label: [`${LABEL.project}=${project}`] })) ?? [];
  return containers
    .flatMap((c) => c.Ports)
    .flatMap(({ IP, PublicPort: port, Type }) =>
      port === undefined || (Type !== 'tcp' && Type !== 'udp')
        ? []
        : [{ address: IP ?? '0.0.0.0', port, protocol: Type }],
    );
}
