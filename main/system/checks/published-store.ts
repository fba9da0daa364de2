import { LABEL } from '../../stack/labels.ts';
import type { Check, DoctorContext, DoctorStack } from '../doctor-types.ts';
import { isLoopback, storeOf, whereStack } from './parts.ts';
import { loopbackRemedy } from './password.ts';

/** Whether a database can be reached from other machines: nothing but the server needs it. */
export const checkPublishedStore: Check = {
  id: 'published-store',
  title: 'Databases stay inside',
  category: 'network',
  applicable: whereStack((stack) => stack.services.some((s) => storeOf(s) !== undefined)),
  run: async (ctx) => {
    const stack = await ctx.stack();
    const wide = (await publishedOf(ctx, stack)).filter((p) => !isLoopback(p.address));
    if (wide.length === 0) {
      const stores = stack.services.filter((s) => storeOf(s) !== undefined);
      return {
        status: 'ok',
        detail: `${stores.map((s) => s.name).join(', ')}: not reached from other machines`,
      };
    }
    return {
      status: 'fail',
      detail: wide
        .map(
          ({ service, store, address, port }) =>
            `${service}: ${store} can be reached at ${address}:${port} from other machines` +
            (store === 'PostgreSQL' ? '' : ', and asks for no password'),
        )
        .join('\n'),
      fix: 'Take it out of ports: in the compose file, or write 127.0.0.1: before the port; then letta-stack up{stack}',
      remedy: loopbackRemedy(stack, wide),
    };
  },
};

interface Published {
  readonly service: string;
  readonly store: string;
  readonly address: string;
  readonly port: number;
}

/** What the file publishes, and what containers of it publish that run now. */
async function publishedOf(ctx: DoctorContext, { services }: DoctorStack): Promise<Published[]> {
  const containers = await ctx.containers().catch(() => []);
  const found = services.flatMap((service) => {
    const store = storeOf(service);
    if (store === undefined) return [];
    const now = containers
      .filter((c) => c.Labels[LABEL.service] === service.name)
      .flatMap((c) => c.Ports)
      .flatMap((p) =>
        p.PublicPort === undefined ? [] : [{ address: p.IP ?? '0.0.0.0', port: p.PublicPort }],
      );
    const asked = service.ports.map((p) => ({ address: p.address, port: p.published }));
    return [...asked, ...now].map((p) => ({ service: service.name, store, ...p }));
  });
  // one that is published for both families is one
  const places = new Map(found.map((p) => [`${p.service} ${p.port} ${isLoopback(p.address)}`, p]));
  return [...places.values()];
}
