/** Addresses of a stack whose engine is on another machine. Pure. */
import type { StackUrl } from '../contract.ts';

/** The machine of an engine that is not this one. */
export interface Elsewhere {
  /** its name as a URL has it */
  readonly host: string;
  /** what `ssh` is called with to get there, where the engine is reached by ssh */
  readonly ssh?: string;
}

/** Where to open something; `on` and `tunnel` for what only the engine's own machine can reach. */
export type Place = Readonly<Omit<StackUrl, 'label'>>;

/** The machine in an engine's address; undefined when that is this one. A port of loopback may be a tunnel: it counts as here. */
export function elsewhereOf(engineUrl: string): Elsewhere | undefined {
  if (!/^(tcp|ssh):/.test(engineUrl)) return undefined;
  const { protocol, hostname, username, port } = new URL(engineUrl);
  if (isLoopback(hostname)) return undefined;
  if (protocol !== 'ssh:') return { host: hostname };
  const user = username === '' ? '' : `${decodeURIComponent(username)}@`;
  const machine = hostname.replace(/^\[|\]$/g, '');
  return { host: hostname, ssh: `${port === '' ? '' : `-p ${port} `}${user}${machine}` };
}

/** An address of the engine's machine, seen from here. */
export function placeOf(url: string, there: Elsewhere | undefined): Place {
  const parsed = URL.parse(url);
  if (!there || !parsed || !isLoopback(parsed.hostname)) return { url };
  const port = parsed.port || (parsed.protocol === 'https:' ? '443' : '80');
  const tunnel = there.ssh && `ssh -L ${port}:${parsed.hostname}:${port} ${there.ssh}`;
  return { url, on: there.host, ...(tunnel && { tunnel }) };
}

/**
 * An IP address on which something listens, as a URL has it to get there (RFC 3986, section 3.2.2: IPv6 in brackets).
 * One that means "everywhere" is reached by the name of the engine's machine, here on loopback.
 */
export function hostOf(address: string, there: Elsewhere | undefined): string {
  if (address === '0.0.0.0') return there?.host ?? '127.0.0.1';
  if (/^[0:]+$/.test(address)) return there?.host ?? '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}

const isLoopback = (hostname: string): boolean => /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
