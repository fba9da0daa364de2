import type { Engine, NetworkInspect } from './port.ts';
import { segment, type Transport } from './transport.ts';

/** The networks of an engine. */
export function networksOf(api: Transport): Engine['networks'] {
  const path = (name: string, action = ''): string => `/networks/${segment(name)}${action}`;
  return {
    async list(filters) {
      return (await api.call({ method: 'GET', path: '/networks', query: { filters } }))
        .body as NetworkInspect[];
    },
    inspect: (name) => api.find<NetworkInspect>({ method: 'GET', path: path(name), subject: name }),
    async create(body) {
      // Two of one name must never come to be: names are only unique where it is asked for (API before 1.44).
      const unique = { CheckDuplicate: true, ...body };
      const request = { method: 'POST', path: '/networks/create', body: unique, subject: body.Name } as const;
      return (await api.call(request)).body as { Id: string };
    },
    async connect(network, container, settings) {
      const body = { Container: container, EndpointConfig: settings };
      await api.call({ method: 'POST', path: path(network, '/connect'), body, subject: container });
    },
    async disconnect(network, container, force = false) {
      const body = { Container: container, Force: force };
      await api.call({ method: 'POST', path: path(network, '/disconnect'), body, subject: container });
    },
    async remove(name) {
      await api.call({ method: 'DELETE', path: path(name), subject: name });
    },
  };
}
