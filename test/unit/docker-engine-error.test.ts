import { expect, test } from 'vitest';
import { engineError, type EngineFault } from '../../main/docker/engine-error.ts';
import { exitCodeOf, say } from '../../main/errors.ts';

const PULL = 'POST /images/create';
const START = 'POST /containers/x/start';
const CREATE = 'POST /containers/create';
const endpoint = 'unix:///run/x.sock';

/** [what happened, code, exit code, facts that must be in its data] */
type Row = [Partial<EngineFault>, string, number, Record<string, unknown>?];

// The texts are real: moby 20.10, 26.1 and 28.5, their registries, runc, nvidia's tools, Node.
test.each<Row>([
  // connections
  [{ errno: 'ENOENT', message: 'connect ENOENT /run/x.sock' }, 'engine.not-running', 3],
  [{ errno: 'ECONNREFUSED', message: 'connect ECONNREFUSED /run/x.sock' }, 'engine.not-running', 3],
  [{ errno: 'EACCES', message: 'connect EACCES /run/x.sock' }, 'engine.permission-denied', 3],
  [
    { errno: 'ECONNRESET', message: 'socket hang up' },
    'engine.connection-lost',
    3,
    { reason: 'socket hang up' },
  ],
  [{ errno: 'EPIPE', message: 'write EPIPE' }, 'engine.connection-lost', 3],
  [{ errno: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND nowhere' }, 'engine.unreachable', 3],
  [{ errno: 'EHOSTUNREACH', message: 'connect EHOSTUNREACH 10.0.0.1:2376' }, 'engine.unreachable', 3],
  [
    { errno: 'SELF_SIGNED_CERT_IN_CHAIN', message: 'self-signed certificate in certificate chain' },
    'engine.tls',
    3,
  ],
  [
    { errno: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', message: 'unable to verify the first certificate' },
    'engine.tls',
    3,
  ],
  [{ errno: 'CERT_HAS_EXPIRED', message: 'certificate has expired' }, 'engine.tls', 3],
  [{ errno: 'ERR_TLS_CERT_ALTNAME_INVALID', message: 'Hostname does not match' }, 'engine.tls', 3],
  [{ errno: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', message: 'certificate required' }, 'engine.tls', 3],
  [{ status: 400, message: 'Client sent an HTTP request to an HTTPS server.' }, 'engine.tls', 3],
  [{ errno: 'ESSH', message: 'ssh: connect to host x port 22: Connection refused' }, 'engine.ssh', 3],
  // ports
  [
    {
      call: START,
      status: 500,
      message:
        'failed to set up container networking: driver failed programming external connectivity on endpoint p2 (0a1b): Bind for 127.0.0.1:18090 failed: port is already allocated',
    },
    'engine.port-taken',
    1,
    { address: '127.0.0.1', port: 18090, by: 'container' },
  ],
  [
    {
      call: START,
      status: 500,
      message:
        'failed to set up container networking: driver failed programming external connectivity on endpoint p2 (0a1b): failed to bind host port for 127.0.0.1:18091:10.192.0.3:6379/tcp: address already in use',
    },
    'engine.port-taken',
    1,
    { address: '127.0.0.1', port: 18091, by: 'process' },
  ],
  [
    {
      call: START,
      status: 500,
      message:
        'driver failed programming external connectivity on endpoint p2 (0a1b): Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use',
    },
    'engine.port-taken',
    1,
    { address: '0.0.0.0', port: 80, by: 'process' },
  ],
  [
    { call: START, status: 500, message: 'Bind for :::8283 failed: port is already allocated' },
    'engine.port-taken',
    1,
    { address: '::', port: 8283 },
  ],
  [
    {
      call: START,
      status: 500,
      message: 'failed to bind host port for [::1]:18091:10.192.0.3:6379/tcp: address already in use',
    },
    'engine.port-taken',
    1,
    { address: '::1', port: 18091 },
  ],
  [
    {
      call: START,
      status: 500,
      message:
        'Ports are not available: exposing port TCP 127.0.0.1:80 -> 127.0.0.1:0: listen tcp4 127.0.0.1:80: bind: An attempt was made to access a socket in a way forbidden by its access permissions.',
    },
    'engine.port-taken',
    1,
    { address: '127.0.0.1', port: 80 },
  ],
  [
    {
      call: START,
      status: 500,
      message:
        'failed to bind host port for 192.0.2.1:18091:10.192.0.3:6379/tcp: cannot assign requested address',
    },
    'engine.port-address',
    1,
    { address: '192.0.2.1', port: 18091 },
  ],
  [
    {
      call: START,
      status: 500,
      message:
        'Error starting userland proxy: listen tcp4 192.0.2.1:80: bind: cannot assign requested address',
    },
    'engine.port-address',
    1,
    { address: '192.0.2.1', port: 80 },
  ],
  [
    {
      call: START,
      status: 500,
      message: 'Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: permission denied',
    },
    'engine.port-denied',
    1,
    { port: 80 },
  ],
  // names and what is in use
  [
    {
      call: CREATE,
      status: 409,
      message:
        'Conflict. The container name "/web" is already in use by container "b0488d8ca658". You have to remove (or rename) that container to be able to reuse that name.',
    },
    'engine.name-conflict',
    1,
    { name: 'web', holder: 'b0488d8ca658' },
  ],
  [
    { call: 'POST /networks/create', status: 409, message: 'network with name n1 already exists' },
    'engine.name-conflict',
    1,
    { name: 'n1' },
  ],
  [
    { call: 'DELETE /volumes/v', status: 409, subject: 'v', message: 'remove v: volume is in use - [1ff]' },
    'engine.in-use',
    1,
    { what: 'v' },
  ],
  [
    {
      call: 'DELETE /networks/n',
      status: 403,
      message: 'error while removing network: network n id 1 has active endpoints',
    },
    'engine.in-use',
    1,
  ],
  [
    {
      call: 'DELETE /containers/c',
      status: 409,
      message:
        'You cannot remove a running container 1ff. Stop the container before attempting removal or force remove',
    },
    'engine.in-use',
    1,
  ],
  // missing things
  [{ call: START, status: 404, message: 'No such container: x' }, 'engine.not-found', 1],
  [{ call: 'DELETE /volumes/x', status: 404, message: 'get x: no such volume' }, 'engine.not-found', 1],
  [{ call: 'DELETE /networks/x', status: 404, message: 'network x not found' }, 'engine.not-found', 1],
  [{ call: CREATE, status: 404, message: 'No such image: redis:nope' }, 'engine.image-not-found', 1],
  // pulls
  [
    {
      call: PULL,
      status: 404,
      subject: 'redis:99',
      message: 'manifest for redis:99 not found: manifest unknown: manifest unknown',
    },
    'engine.image-not-found',
    1,
    { image: 'redis:99' },
  ],
  [
    {
      call: PULL,
      status: 404,
      message:
        "pull access denied for nope/nope, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    },
    'engine.image-denied',
    1,
  ],
  [
    {
      call: PULL,
      status: 500,
      message: 'Head "https://r.test/v2/x/manifests/1": unauthorized: authentication required',
    },
    'engine.image-denied',
    1,
  ],
  [
    { call: PULL, message: 'toomanyrequests: You have reached your unauthenticated pull rate limit.' },
    'engine.rate-limited',
    1,
  ],
  [
    { call: PULL, status: 500, message: 'Get "https://registry.test/v2/": Bad Gateway' },
    'engine.registry-unreachable',
    1,
  ],
  [
    {
      call: PULL,
      status: 500,
      message: 'Get "https://registry.test/v2/": dial tcp: lookup registry.test on 10.0.0.1:53: no such host',
    },
    'engine.registry-unreachable',
    1,
  ],
  [{ call: PULL, message: 'unexpected EOF' }, 'engine.registry-unreachable', 1],
  [
    { call: PULL, message: 'download failed after attempts=6: received unexpected HTTP status: 500' },
    'engine.registry-unreachable',
    1,
  ],
  [
    { call: PULL, message: 'filesystem layer verification failed for digest sha256:00' },
    'engine.corrupt-layer',
    1,
  ],
  [
    {
      call: PULL,
      message:
        'failed commit on ref "layer-sha256:00": unexpected commit digest sha256:11, expected sha256:00',
    },
    'engine.corrupt-layer',
    1,
  ],
  [
    { call: PULL, message: 'no matching manifest for linux/arm64/v8 in the manifest list entries' },
    'engine.image-platform',
    1,
  ],
  [{ call: PULL, message: 'failed to register layer: something new' }, 'engine.pull-failed', 1],
  // the same from containerd's store
  [
    {
      call: PULL,
      message:
        'unknown: failed to resolve reference "docker.io/library/redis:7": unexpected status from HEAD request to https://r.test/v2/library/redis/manifests/7: 429 Too Many Requests',
    },
    'engine.rate-limited',
    1,
  ],
  [
    {
      call: PULL,
      message:
        'unknown: failed to resolve reference "docker.io/nope/nope:1": unexpected status from HEAD request to https://r.test/v2/nope/nope/manifests/1: 401 Unauthorized',
    },
    'engine.image-denied',
    1,
  ],
  [
    {
      call: PULL,
      message:
        'failed to resolve reference "r.test/x:1": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials',
    },
    'engine.image-denied',
    1,
  ],
  [
    {
      call: PULL,
      message:
        'failed to resolve reference "docker.io/library/redis:99": docker.io/library/redis:99: not found',
    },
    'engine.image-not-found',
    1,
  ],
  [
    {
      call: PULL,
      message:
        'unknown: failed to resolve reference "docker.io/library/redis:7": unexpected status from HEAD request to https://r.test/v2/library/redis/manifests/7: 500 Internal Server Error',
    },
    'engine.registry-unreachable',
    1,
  ],
  // disk
  [
    { call: PULL, message: 'failed to register layer: write /x: no space left on device' },
    'engine.disk-full',
    1,
  ],
  [
    { call: CREATE, status: 500, message: 'write /var/lib/docker/overlay2/0: no space left on device' },
    'engine.disk-full',
    1,
  ],
  // builds
  [
    {
      call: 'POST /build',
      status: 400,
      subject: 'a:1',
      message: 'dockerfile parse error on line 2: unknown instruction: FOO (did you mean FROM?)',
    },
    'engine.build-failed',
    1,
    { image: 'a:1', step: 'line 2 of the Dockerfile' },
  ],
  // GPU
  [
    {
      call: START,
      status: 500,
      message: 'could not select device driver "nvidia" with capabilities: [[gpu]]',
    },
    'engine.no-gpu',
    1,
    { why: 'toolkit' },
  ],
  [
    { call: START, status: 500, message: 'could not select device driver "" with capabilities: [[gpu]]' },
    'engine.no-gpu',
    1,
    { why: 'toolkit' },
  ],
  [
    { call: CREATE, status: 400, message: 'Unknown runtime specified nvidia' },
    'engine.no-gpu',
    1,
    { why: 'runtime' },
  ],
  [
    { call: CREATE, status: 400, message: 'unknown or invalid runtime name: nvidia' },
    'engine.no-gpu',
    1,
    { why: 'runtime' },
  ],
  [
    {
      call: START,
      status: 500,
      message:
        'OCI runtime create failed: … stderr: nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1: unknown',
    },
    'engine.no-gpu',
    1,
    { why: 'driver' },
  ],
  [
    {
      call: START,
      status: 500,
      message: 'CDI device injection failed: unresolvable CDI devices nvidia.com/gpu=all',
    },
    'engine.no-gpu',
    1,
    { why: 'cdi' },
  ],
  [
    {
      call: START,
      status: 500,
      message:
        'nvidia-container-cli: initialization error: WSL environment detected but no adapters were found',
    },
    'engine.no-gpu',
    1,
    { why: 'adapter' },
  ],
  [
    { call: START, status: 500, message: 'could not select device driver "cdi" with capabilities: [[gpu]]' },
    'engine.no-gpu',
    1,
    { why: 'cdi-off' },
  ],
  [
    {
      call: START,
      status: 500,
      message:
        'nvidia-container-cli: requirement error: unsatisfied condition: cuda>=13.0, please update your driver',
    },
    'engine.no-gpu',
    1,
    { why: 'old-driver' },
  ],
  [
    {
      call: START,
      status: 500,
      message: 'nvidia-container-cli: initialization error: nvml error: driver/library version mismatch',
    },
    'engine.no-gpu',
    1,
    { why: 'other-driver' },
  ],
  [
    { call: START, status: 500, message: 'nvidia-container-cli: device error: 7: unknown device' },
    'engine.no-gpu',
    1,
    { why: 'device' },
  ],
  [
    {
      call: START,
      status: 500,
      message:
        'nvidia-container-cli: mount error: failed to add device rules: bpf_prog_query(BPF_CGROUP_DEVICE) failed: operation not permitted',
    },
    'engine.no-gpu',
    1,
    { why: 'cgroups' },
  ],
  [
    {
      call: START,
      status: 500,
      message:
        'CDI device injection failed: failed to stat CDI host device "/dev/nvidia0": no such file or directory',
    },
    'engine.no-gpu',
    1,
    { why: 'cdi' },
  ],
  // the rest
  [
    { call: START, status: 400, message: 'exec: "nope": executable file not found in $PATH' },
    'engine.api',
    1,
    { call: START, status: 400, text: 'exec: "nope": executable file not found in $PATH' },
  ],
])('%j', (fault, code, exit, data = {}) => {
  const error = engineError({ call: 'GET /x', endpoint, message: '', ...fault });
  expect(error.code).toBe(code);
  expect(error.data).toMatchObject(data);
  expect(exitCodeOf([error])).toBe(exit);
  const said = say(error);
  expect(said.message).not.toMatch(/undefined|\[object/);
  expect(said.next).toMatch(/\.$/);
});

test('a text of a call that is not a pull is no matter of a registry', () => {
  const fault = { call: START, endpoint, status: 500, message: 'driver: connection refused' };
  expect(engineError(fault).code).toBe('engine.api');
});
