import { LABEL } from '../../stack/labels.ts';
import { meets } from '../../stack/plan-check.ts';
import { holderOf, type PortHolder } from '../../stack/port-holder.ts';
import { otherContainer } from '../../wording/engine.ts';
import type { Check, DoctorContext, DoctorStack, Remedy } from '../doctor-types.ts';
import type { PortUse } from '../types.ts';

interface Address {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

interface Wanted extends Address {
  readonly service: string;
}

/** Whether the ports that the stack publishes are free, or already its own, and none is wanted twice. */
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
    const { project, services, settings } = await ctx.stack();
    const own = await publishedBy(ctx, project);
    const wanted = services.flatMap((service) =>
      service.ports.map((p) => ({ ...p, port: p.published, service: service.name })),
    );
    const clashes = clashesOf(wanted);
    const second = new Set(clashes.map(([, its]) => its));
    const looked = await Promise.all(
      // one that is tried twice at once would be taken by the other try
      wanted
        .filter((w) => !second.has(w))
        .map(async (w) => ({
          ...w,
          use: own.some((o) => covers(o, w))
            ? { free: true }
            : await ctx.portUse(w.address, w.port, w.protocol),
        })),
    );
    const taken = looked.filter((w) => !w.use.free);
    if (taken.length + clashes.length === 0) {
      const all = wanted.map((w) => `${w.address}:${w.port}`).join(', ');
      return { status: 'ok', detail: `${all}: free, or taken by ${project} itself` };
    }
    const remedy = await remedyFor(ctx, [...taken, ...second], wanted);
    const engine = await ctx.engine().catch(() => undefined);
    const containers = (await engine?.containers.list({})) ?? [];
    const lines = [
      ...taken.map((w) => `${w.address}:${w.port} of ${w.service} ${why(w.use, holderOf(containers, w))}`),
      ...clashes.map((clash) => clashWords(clash, settings)),
    ];
    const fixes = [
      ...(taken.length > 0 ? ['Stop what has the port, or give the stack another one'] : []),
      ...(clashes.length > 0 ? ['Give one of the two another port'] : []),
    ];
    return {
      status: 'fail',
      detail: lines.join('\n'),
      fix:
        `${fixes.join('. ')}: letta-stack settings{stack} names its settings,\n` +
        'letta-stack settings set{stack} NAME PORT changes one. A file of your own says its ports under ports:.',
      ...(remedy && { remedy }),
    };
  },
};

/** Pairs of what cannot both be published; of a port that more want, each with the first. Pure. */
function clashesOf(wanted: readonly Wanted[]): (readonly [Wanted, Wanted])[] {
  return wanted.flatMap((second, i) => {
    const first = wanted
      .slice(0, i)
      .find(
        (w) => w.port === second.port && w.protocol === second.protocol && meets(w.address, second.address),
      );
    return first ? [[first, second] as const] : [];
  });
}

/** By the settings that are the port; a file may publish it twice by itself. */
function clashWords([first, second]: readonly [Wanted, Wanted], settings: DoctorStack['settings']): string {
  const names = settingsOf(settings, second);
  const services = [...new Set([first.service, second.service])].join(' and ');
  return names.length > 1
    ? `${names.join(' and ')} are both ${second.port}: only one can have it (${services})`
    : `${second.address}:${second.port} is published twice (${services})`;
}

/** Names of the settings that are this port. */
const settingsOf = (settings: DoctorStack['settings'], { port }: Address): string[] =>
  settings.flatMap((s) => (s.type === 'port' && s.value === String(port) ? [s.name] : []));

/** So many ports above a taken one are tried. */
const TRIED = 50;

/**
 * A port that is free for the setting of the first that cannot be had; the file, where no setting is that port; undefined
 * where none is free.
 */
async function remedyFor(
  ctx: DoctorContext,
  taken: readonly Address[],
  wanted: readonly Address[],
): Promise<Remedy | undefined> {
  const { settings, directory } = await ctx.stack();
  // of two that are the same, the first may be known to others by now
  const settingOf = (address: Address): string | undefined => settingsOf(settings, address).at(-1);
  const first = taken.find((t) => settingOf(t) !== undefined);
  const setting = first && settingOf(first);
  if (!first || setting === undefined) return { do: 'open-folder', folder: directory };
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
