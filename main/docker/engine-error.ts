import { appError, Failure, type AppError } from '../errors.ts';

/** What went wrong with one request, as far as it is known. */
export interface EngineFault {
  /** the API call in words: `POST /containers/create` */
  readonly call: string;
  /** the endpoint's URL */
  readonly endpoint: string;
  /** HTTP status; undefined when there was no answer, or for an error inside a stream of a 200 */
  readonly status?: number;
  /** what the engine, or the system, said */
  readonly message: string;
  /** Node's or OpenSSL's code: ECONNREFUSED, CERT_HAS_EXPIRED … */
  readonly errno?: string;
  /** what the call was about: an image reference, a container's or volume's name */
  readonly subject?: string;
}

/** What an image's pull or its container's creation says about that image. */
type ImageFault = (d: { image: string; reason: string }) => AppError;

const imageFaults: readonly (readonly [RegExp, ImageFault])[] = [
  [/toomanyrequests|too many requests|rate limit/i, (d) => appError('engine.rate-limited', d)],
  [
    /no matching manifest for|does not match the specified platform|image operating system .* cannot be used/i,
    (d) => appError('engine.image-platform', d),
  ],
  [
    /pull access denied|requested access to the resource is denied|unauthorized|authentication required|no basic auth credentials|insufficient_scope|403 forbidden|: denied\b/i,
    (d) => appError('engine.image-denied', d),
  ],
  [
    /manifest unknown|manifest for .* not found|no such image|repository .* not found|failed to resolve reference .*: not found|unexpected status.* 404|404 not found/i,
    (d) => appError('engine.image-not-found', d),
  ],
  [
    /verification failed for digest|unexpected commit digest|failed size validation|digest mismatch|invalid checksum|layers from manifest don't match/i,
    (d) => appError('engine.corrupt-layer', d),
  ],
  [
    /no such host|connection refused|connection reset|i\/o timeout|TLS handshake timeout|network is unreachable|no route to host|Client\.Timeout|context deadline exceeded|bad gateway|service unavailable|gateway timeout|server misbehaving|temporary failure in name resolution|proxyconnect|unexpected EOF|\bEOF$|x509:|received unexpected HTTP status: 5|unexpected status.* 5\d\d|server gave HTTP response to HTTPS/i,
    (d) => appError('engine.registry-unreachable', d),
  ],
];

/** Texts of NVIDIA's tools, of moby and of runc, most special first. */
const gpuFaults = [
  [/WSL environment detected but no adapters were found/, 'adapter'],
  [/could not select device driver "cdi"|CDI (?:support is )?not enabled/, 'cdi-off'],
  [/unresolvable CDI devices|CDI device injection failed/, 'cdi'],
  [/nvidia-container-cli: requirement error|unsatisfied condition: (?:cuda|driver)/, 'old-driver'],
  [/driver\/library version mismatch/, 'other-driver'],
  [/nvidia-container-cli: device error|unknown device id/, 'device'],
  [/nvidia-container-cli: .*(?:cgroup|bpf_prog_query)/, 'cgroups'],
  [/nvidia-container-cli: /, 'driver'],
  [/could not select device driver .*gpu/, 'toolkit'],
  [/[Uu]nknown (or invalid )?runtime (specified|name):? "?nvidia/, 'runtime'],
] as const;

const portFaults: readonly RegExp[] = [
  /Bind for (?<address>.+):(?<port>\d+) failed: port is already allocated/,
  /failed to bind host port (?:for )?(?<address>[^\s]+?):(?<port>\d+)(?::\S+)?: address already in use/,
  /listen (?:tcp|udp|sctp)[46]? (?<address>\S*):(?<port>\d+): bind: (?:address already in use|An attempt was made|Only one usage)/,
];
const portAddress: readonly RegExp[] = [
  /failed to bind host port (?:for )?(?<address>[^\s]+?):(?<port>\d+)(?::\S+)?: cannot assign requested address/,
  /listen (?:tcp|udp|sctp)[46]? (?<address>\S*):(?<port>\d+): bind: cannot assign requested address/,
];
const portDenied = /listen (?:tcp|udp|sctp)[46]? (?<address>\S*):(?<port>\d+): bind: permission denied/;

/** Errors of a connection that could not be made, by Node's code. */
function connectionError(f: EngineFault): AppError | undefined {
  switch (f.errno) {
    case 'ENOENT':
      return appError('engine.not-running', {
        endpoint: f.endpoint,
        reason: 'there is no such socket',
      });
    case 'ECONNREFUSED':
      return appError('engine.not-running', {
        endpoint: f.endpoint,
        reason: 'nothing listens there',
      });
    case 'EACCES':
    case 'EPERM':
      return appError('engine.permission-denied', { endpoint: f.endpoint });
    case 'ESSH':
      return appError('engine.ssh', { endpoint: f.endpoint, reason: f.message });
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
    case 'HPE_INVALID_EOF_STATE':
      return appError('engine.connection-lost', { endpoint: f.endpoint, call: f.call, reason: f.message });
    case undefined:
      return undefined;
    default:
      return isTlsCode(f.errno)
        ? appError('engine.tls', { endpoint: f.endpoint, reason: f.message })
        : appError('engine.unreachable', { endpoint: f.endpoint, reason: f.message });
  }
}

/** OpenSSL's verification codes and Node's names for TLS failures. */
function isTlsCode(code: string): boolean {
  return /^(ERR_SSL|ERR_OSSL|ERR_TLS|CERT_|EPROTO$|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_CA|HPE_INVALID)/.test(
    code,
  );
}

function portError(message: string): AppError | undefined {
  for (const re of portFaults) {
    const m = re.exec(message)?.groups;
    if (!m) continue;
    return appError('engine.port-taken', {
      ...publishedAddress(m),
      by: message.includes('port is already allocated') ? 'container' : 'process',
    });
  }
  const strange = portAddress.map((re) => re.exec(message)?.groups).find((m) => m !== undefined);
  if (strange) return appError('engine.port-address', publishedAddress(strange));
  const denied = portDenied.exec(message)?.groups;
  return denied && appError('engine.port-denied', publishedAddress(denied));
}

function publishedAddress(m: Record<string, string>): { address: string; port: number } {
  const address = (m['address'] ?? '').replace(/^\[|\]$/g, '');
  return { address: address === '' ? '0.0.0.0' : address, port: Number(m['port']) };
}

/**
 * Gives an engine's answer, or the lack of one, its cause. Pure: the texts are those of moby 20.10 to 28.5 and of
 * registries, each in the table of docker-engine-error.test.ts.
 */
export function engineError(f: EngineFault): AppError {
  const connection = connectionError(f);
  if (connection) return connection;
  const { message } = f;
  if (f.status === 400 && /HTTP request to an HTTPS server/i.test(message))
    return appError('engine.tls', { endpoint: f.endpoint, reason: 'the engine wants TLS' });
  if (/no space left on device|disk quota exceeded|not enough space on the disk/i.test(message))
    return appError('engine.disk-full', { reason: message });

  const gpu = gpuFaults.find(([re]) => re.test(message));
  if (gpu) return appError('engine.no-gpu', { why: gpu[1], reason: message });
  const port = portError(message);
  if (port) return port;

  const name =
    /(?:container )?name "\/?(?<name>[^"]+)" is already in use by container "?(?<holder>[0-9a-f]+)/.exec(
      message,
    ) ?? /network with name (?<name>\S+) already exists/.exec(message);
  if (name?.groups) {
    const holder = name.groups['holder'];
    return appError('engine.name-conflict', { name: name.groups['name'] ?? '', ...(holder && { holder }) });
  }
  if (
    /has active endpoints|volume is in use|container is running|cannot remove a running container|image is being used|conflict: unable to (remove|delete)/i.test(
      message,
    )
  )
    return appError('engine.in-use', { what: f.subject ?? f.call, reason: message });

  const image = imageError(f);
  if (image) return image;
  if (f.call.startsWith('POST /build') && f.status !== undefined && f.status < 500) {
    const line = /dockerfile parse error on line (\d+)/i.exec(message)?.[1];
    const step = line === undefined ? 'reading the Dockerfile' : `line ${line} of the Dockerfile`;
    return appError('engine.build-failed', { image: f.subject ?? '', step, reason: message });
  }
  if (f.status === 404 && /no such|not found/i.test(message))
    return appError('engine.not-found', { what: message, call: f.call });
  return appError('engine.api', { call: f.call, status: f.status ?? 0, text: message });
}

/** Pulls, builds and `No such image` at create; `undefined` for calls that are not about an image. */
function imageError(f: EngineFault): AppError | undefined {
  const pulls = f.call.startsWith('POST /images/create');
  const missing = /no such image: (\S+)/i.exec(f.message)?.[1];
  if (!pulls && !missing) return undefined;
  const data = { image: f.subject ?? missing ?? 'the image', reason: f.message };
  const known = imageFaults.find(([re]) => re.test(f.message));
  return known ? known[1](data) : appError('engine.pull-failed', data);
}

/** The same as something to throw; keeps what was caught as `cause`. */
export function engineFailure(fault: EngineFault, cause?: unknown): Failure {
  return new Failure([engineError(fault)], { cause });
}
