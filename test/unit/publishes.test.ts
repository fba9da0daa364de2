import { expect, it } from 'vitest';
import type { ServiceState } from '../../main/contract.ts';
import { publishes } from '../../main/publishes.ts';
import { serviceState, stackState } from './helpers/snapshot.ts';

const port = (published: number, protocol = 'tcp'): ServiceState['ports'][number] => ({
  address: '127.0.0.1',
  published,
  target: 80,
  protocol,
});

it.each<[what: string, service: Partial<ServiceState>, url: string, isOurs: boolean]>([
  ['it runs', { status: 'healthy', ports: [port(8283)] }, 'http://127.0.0.1:8283/v1/', true],
  ['it has stopped', { status: 'stopped', ports: [port(8283)] }, 'http://127.0.0.1:8283/v1/', false],
  ['it could not be started', { status: 'created', ports: [] }, 'http://127.0.0.1:8283/v1/', false],
  ['it runs on another port', { status: 'running', ports: [port(8284)] }, 'http://127.0.0.1:8283/', false],
  [
    'it is another protocol',
    { status: 'running', ports: [port(8283, 'udp')] },
    'http://127.0.0.1:8283/',
    false,
  ],
  ['the port is not said', { status: 'running', ports: [port(80)] }, 'http://127.0.0.1/', true],
])('an address is ours while %s', (_what, service, url, isOurs) => {
  expect(publishes(stackState({ services: [serviceState('nginx', service)] }), url)).toBe(isOurs);
});
