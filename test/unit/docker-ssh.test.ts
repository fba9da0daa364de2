import { expect, test } from 'vitest';
import { sshCommand } from '../../main/docker/ssh-connection.ts';

const START = ['-o', 'ConnectTimeout=30', '-T'];

test.each([
  ['ssh://host', [...START, '--', 'host', 'docker', 'system', 'dial-stdio']],
  [
    'ssh://me@host:2222',
    [...START, '-l', 'me', '-p', '2222', '--', 'host', 'docker', 'system', 'dial-stdio'],
  ],
  ['ssh://[::1]/', [...START, '--', '::1', 'docker', 'system', 'dial-stdio']],
  [
    "ssh://host/run/a b'c.sock",
    [...START, '--', 'host', 'docker', `--host='unix:///run/a b'\\''c.sock'`, 'system', 'dial-stdio'],
  ],
  // what looks like an option comes after `--`, or is the value of -l
  [
    'ssh://-oProxyCommand=x@host',
    [...START, '-l', '-oProxyCommand=x', '--', 'host', 'docker', 'system', 'dial-stdio'],
  ],
])('%s', (url, args) => {
  expect(sshCommand(new URL(url))).toEqual(args);
});
