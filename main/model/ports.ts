/** The short form of `ports:` (compose-spec, section "ports", "short syntax"). */
import { isIp } from './formats.ts';
import { wrong, type Wrong } from './problems.ts';

export interface LongPort {
  mode: string;
  host_ip?: string;
  target: number;
  published?: string;
  protocol: string;
}

/**
 * Reads `[[address:]published:]target[/protocol]`; both ports may be ranges. One result for each container
 * port, in the order of their text as the CLI sorts them.
 */
export function parsePorts(value: string): LongPort[] | Wrong {
  const bad = (reason: string): Wrong => wrong('model.bad-port', { value, reason });
  const parts = value.split(':');
  const rawTarget = parts.pop() ?? '';
  const published = parts.pop() ?? '';
  const rawAddress = parts.join(':');
  const [targets = '', rawProtocol = ''] = rawTarget.split('/');

  if (targets === '') return bad('it names no container port');
  const protocol = rawProtocol === '' ? 'tcp' : rawProtocol.toLowerCase();
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) return bad('its protocol is not tcp, udp or sctp');
  // the colons of an IPv6 address are told from the ports' by brackets
  const address = rawAddress.replace(/^\[(.*)\]$/, '$1');
  if (address !== '' && (!isIp(address) || (address === rawAddress && address.includes(':'))))
    return wrong('model.bad-ip', { value: rawAddress });

  const inside = parseRange(targets, 1);
  if (!inside) return bad('its container port is not from 1 to 65535');
  const outside = published === '' ? undefined : parseRange(published, 0);
  if (published !== '' && !outside) return bad('its published port is not from 0 to 65535');
  const count = inside.last - inside.first + 1;
  // several host ports for one container port: the engine picks a free one of them
  if (outside && count > 1 && outside.last - outside.first + 1 !== count)
    return wrong('model.bad-port-range', { value });

  const ports: LongPort[] = [];
  for (let i = 0; i < count; i++) {
    const port: LongPort = { mode: 'ingress', target: inside.first + i, protocol };
    if (address !== '') port.host_ip = address;
    if (outside)
      port.published =
        count === 1 && outside.last > outside.first
          ? `${outside.first}-${outside.last}`
          : String(outside.first + i);
    ports.push(port);
  }
  return ports.toSorted((a, b) => (`${a.target}/` < `${b.target}/` ? -1 : 1));
}

/** Reads `8080` or `8080-8090`; undefined when it is neither, or outside `lowest` to 65535. */
export function parseRange(value: string, lowest: number): { first: number; last: number } | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(value);
  if (!match) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first >= lowest && last >= first && last <= 65535 ? { first, last } : undefined;
}
