/**
 * The Compose Specification as one table: every key in the order in which the CLI (2.40, compose-go 2.9)
 * prints and hashes it, with what may stand there, how files merge and what the short form means.
 * Source: the specification's JSON schema and its text (compose-spec, sections "services", "networks",
 * "volumes", "configs", "secrets", "models", "include", "develop", "deploy", "build", "merge").
 */
import {
  always,
  bool,
  bytes,
  duration,
  env,
  int,
  keep,
  list,
  map,
  mapOrNull,
  number,
  object,
  oneOf,
  pairs,
  required,
  string,
  text,
  type CommandKind,
  type HostsKind,
  type MergeRule,
  type MultiKind,
  type ObjectKind,
  type ScalarKind,
  type SshKind,
  type YamlType,
} from './kinds.ts';
import {
  allGpus,
  bareDependency,
  bareName,
  buildContext,
  dependencyDefaults,
  contextDefault,
  deprecatedExternal,
  deviceFromText,
  deviceRequestDefaults,
  envFileDefaults,
  envFileFromText,
  extendsFromText,
  includeFromText,
  portDefaults,
  portsFromText,
  secretDefaults,
  sourceFromText,
  ulimitFromNumber,
  volumeFromText,
} from './short-forms.ts';

const NAME = /^[a-zA-Z0-9._-]+$/;

const strings = (o: Parameters<typeof list>[1] = {}) => list(string(), o);
const distinct = strings({ distinct: true });
const command = (o: { merge?: MergeRule } = {}): CommandKind<string[] | null> & { always: true } => ({
  kind: 'command',
  always: true,
  ...o,
});
const healthTest: CommandKind<string[]> = { kind: 'test', merge: 'override' };
const hosts: HostsKind<string[]> = { kind: 'hosts', merge: 'hosts' };
const fileMode: ScalarKind<string> = { kind: 'mode', yaml: ['number', 'string'], keep: true };
const deviceCount: ScalarKind<number> = { kind: 'count', yaml: ['string', 'integer'] };
/** Options passed on as they are: strings, or numbers that become strings. */
const options = (...yaml: YamlType[]) => pairs({ mappingOnly: ['string', 'number', ...yaml] });
/** Labels of a place where two files' labels merge one by one. */
const labels = pairs({ merge: 'sequence', unique: 'key' });

const sshKeys: SshKind<string[]> = { kind: 'ssh' };
const providerOptions: MultiKind<Record<string, string[]>> = { kind: 'multi' };

/** One number for both limits, or `{soft, hard}`. */
const ulimit: ObjectKind<number | { soft?: number; hard?: number }> = {
  ...object({ single: int(), soft: required(int()), hard: required(int()) }),
  merge: 'override',
  short: ulimitFromNumber,
  collapse: 'single',
};
const ulimits = map(ulimit);

const fileReference = {
  source: required(always(string())),
  target: string(),
  uid: string(),
  gid: string(),
  mode: fileMode,
};

const hook = object({
  command: required(command()),
  user: string(),
  privileged: bool(),
  working_dir: string(),
  environment: env(),
});

const build = object(
  {
    context: string({ path: 'context' }),
    dockerfile: string(),
    dockerfile_inline: string(),
    entitlements: strings(),
    args: env({ merge: 'sequence', unique: 'key' }),
    provenance: text(['string', 'boolean']),
    sbom: text(['string', 'boolean']),
    ssh: sshKeys,
    labels,
    cache_from: strings(),
    cache_to: strings(),
    no_cache: bool(),
    additional_contexts: pairs({ merge: 'sequence', unique: 'key', early: true, path: 'context' }),
    pull: bool(),
    extra_hosts: hosts,
    isolation: string(),
    network: string(),
    target: string(),
    secrets: list(object(fileReference, { short: sourceFromText })),
    shm_size: bytes({ yaml: ['integer', 'string'] }),
    tags: strings({ unique: 'key' }),
    ulimits,
    platforms: strings(),
    privileged: bool(),
  },
  { short: buildContext, late: contextDefault },
);

const watch = object({
  path: required(string({ path: 'real' })),
  action: required(oneOf('rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec')),
  target: string(),
  exec: always(hook),
  include: strings({ single: 'early', distinct: true }),
  ignore: strings({ single: 'early', distinct: true }),
  initial_sync: bool({ yaml: ['boolean'] }),
});

const throttle = object(
  { path: always(string()), rate: always(bytes({ yaml: ['integer', 'string'] })) },
  { extensible: false, jsonNames: { path: 'Path', rate: 'Rate' } },
);
const blkio = object(
  {
    weight: int({ min: 0, max: 65_535 }),
    weight_device: list(
      object(
        { path: always(string()), weight: always(int({ min: 0, max: 65_535 })) },
        { extensible: false, jsonNames: { path: 'Path', weight: 'Weight' } },
      ),
    ),
    device_read_bps: list(throttle),
    device_read_iops: list(throttle),
    device_write_bps: list(throttle),
    device_write_iops: list(throttle),
  },
  { extensible: false },
);

const deviceRequest = {
  capabilities: distinct,
  driver: string(),
  count: deviceCount,
  device_ids: distinct,
  options: pairs(),
};

const updateConfig = object({
  parallelism: keep(int()),
  delay: duration(),
  failure_action: string(),
  monitor: duration(),
  max_failure_ratio: number(),
  order: oneOf('start-first', 'stop-first'),
});

const reservations = object({
  cpus: number(),
  memory: bytes({ yaml: ['string'] }),
  devices: list(
    object({ ...deviceRequest, capabilities: required(distinct) }, { late: deviceRequestDefaults }),
  ),
  generic_resources: list(
    object({
      discrete_resource_spec: object({
        kind: always(string()),
        value: always(int({ yaml: ['number', 'string'] })),
      }),
    }),
  ),
});

const deploy = object(
  {
    mode: string(),
    replicas: keep(int()),
    labels,
    update_config: updateConfig,
    rollback_config: updateConfig,
    resources: always(
      object({
        limits: object({ cpus: number(), memory: bytes({ yaml: ['string'] }), pids: int() }),
        reservations,
      }),
    ),
    restart_policy: object({
      condition: string(),
      delay: keep(duration()),
      max_attempts: keep(int()),
      window: keep(duration()),
    }),
    placement: always(
      object({
        constraints: strings(),
        preferences: list(object({ spread: string() })),
        max_replicas_per_node: int(),
      }),
    ),
    endpoint_mode: string(),
  },
  { nullable: true },
);

const healthcheck = object({
  test: healthTest,
  timeout: keep(duration()),
  interval: keep(duration()),
  retries: keep(int({ yaml: ['number', 'string'] })),
  start_period: keep(duration()),
  start_interval: keep(duration()),
  disable: bool(),
});

const serviceNetwork = object(
  {
    aliases: strings({ distinct: true, unique: 'key' }),
    driver_opts: options(),
    gw_priority: int({ yaml: ['number'] }),
    interface_name: string(),
    ipv4_address: string({ format: 'ip' }),
    ipv6_address: string({ format: 'ip' }),
    link_local_ips: strings({ distinct: true, unique: 'key' }),
    mac_address: string(),
    priority: int({ yaml: ['number'] }),
  },
  { nullable: true },
);

const port = object(
  {
    name: string(),
    mode: string(),
    host_ip: string({ format: 'hostIp' }),
    target: required(int({ format: 'containerPort' })),
    published: text(['string', 'integer'], { format: 'port' }),
    protocol: string(),
    app_protocol: string(),
  },
  { late: portDefaults },
);

const serviceVolume = object(
  {
    type: required(oneOf('bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image')),
    source: string(),
    target: required(string()),
    read_only: bool(),
    consistency: string(),
    bind: object({
      selinux: oneOf('z', 'Z'),
      propagation: string(),
      create_host_path: bool(),
      recursive: oneOf('enabled', 'disabled', 'writable', 'readonly'),
    }),
    volume: object({ labels: pairs({ merge: 'sequence' }), nocopy: bool(), subpath: string() }),
    tmpfs: object({
      size: bytes({ yaml: ['integer', 'string'] }),
      mode: int({ yaml: ['number'] }),
    }),
    image: object({ subpath: string() }),
  },
  { short: volumeFromText, paths: 'mount' },
);

const envFile = object(
  { path: required(string({ path: 'local' })), required: always(bool()), format: string() },
  {
    extensible: false,
    short: envFileFromText,
    early: envFileDefaults,
    printAs: (file) => (file['required'] === true ? String(file['path']) : undefined),
  },
);

const cpu = int({ yaml: ['number', 'string'] });

/** A service, in the order of its hash. */
export const service = object(
  {
    profiles: strings({ distinct: true, unique: 'key' }),
    annotations: labels,
    attach: keep(bool()),
    build,
    develop: object({ watch: list(watch) }, { nullable: true }),
    blkio_config: blkio,
    cap_add: strings({ distinct: true, unique: 'key' }),
    cap_drop: strings({ distinct: true, unique: 'key' }),
    cgroup_parent: string(),
    cgroup: oneOf('host', 'private'),
    cpu_count: int({ min: 0 }),
    cpu_percent: number({ min: 0, max: 100, yaml: ['integer', 'string'] }),
    cpu_period: cpu,
    cpu_quota: cpu,
    cpu_rt_period: cpu,
    cpu_rt_runtime: cpu,
    cpus: number(),
    cpuset: string(),
    cpu_shares: cpu,
    command: command({ merge: 'override' }),
    configs: list(object(fileReference, { short: sourceFromText }), { unique: 'config' }),
    container_name: string({ format: 'containerName' }),
    credential_spec: object({ config: string(), file: string(), registry: string() }),
    depends_on: map(
      object(
        {
          condition: required(oneOf('service_started', 'service_healthy', 'service_completed_successfully')),
          restart: bool(),
          required: always(bool({ yaml: ['boolean'] })),
        },
        { early: dependencyDefaults },
      ),
      { names: NAME, fromList: bareDependency },
    ),
    deploy,
    device_cgroup_rules: distinct,
    devices: list(
      object(
        { source: required(string()), target: required(string()), permissions: string() },
        { short: deviceFromText },
      ),
      { unique: 'device' },
    ),
    dns: strings({ single: 'early', dropEmpty: true, merge: 'sequence', unique: 'key', distinct: true }),
    dns_opt: strings({ merge: 'sequence', unique: 'key', distinct: true }),
    dns_search: strings({ single: 'late', merge: 'sequence', unique: 'key', distinct: true }),
    domainname: string(),
    entrypoint: command({ merge: 'override' }),
    provider: object({ type: required(string()), options: providerOptions }),
    environment: env({ merge: 'sequence', unique: 'key' }),
    env_file: list(envFile, { single: 'early', merge: 'sequence', unique: 'envFile' }),
    expose: list(text(['string', 'number'], { whole: true }), { unique: 'expose', distinct: true }),
    extends: object(
      { file: string({ path: 'local' }), service: required(string()) },
      { extensible: false, short: extendsFromText },
    ),
    external_links: distinct,
    extra_hosts: hosts,
    group_add: list(text(['string', 'number'], { whole: true }), { distinct: true }),
    gpus: list(object(deviceRequest, { open: true, short: allGpus, late: deviceRequestDefaults }), {
      single: 'early',
    }),
    hostname: string(),
    healthcheck,
    image: string({ format: 'image' }),
    init: keep(bool()),
    ipc: string(),
    isolation: string(),
    labels,
    label_file: list(string({ path: 'local' }), { single: 'early', merge: 'sequence' }),
    links: strings({ distinct: true, unique: 'key' }),
    logging: object({ driver: string(), options: options('null') }, { merge: 'logging' }),
    mem_limit: bytes(),
    mem_reservation: bytes({ yaml: ['string', 'integer'] }),
    memswap_limit: bytes(),
    mem_swappiness: bytes({ yaml: ['string', 'integer'] }),
    mac_address: string(),
    models: mapOrNull(object({ endpoint_var: string(), model_var: string() }, { nullable: true }), {
      fromList: bareName,
    }),
    network_mode: string(),
    networks: mapOrNull(serviceNetwork, { names: NAME, fromList: bareName }),
    oom_kill_disable: bool(),
    oom_score_adj: int({ min: -1000, max: 1000 }),
    pid: string({ yaml: ['string', 'null'] }),
    pids_limit: cpu,
    platform: string(),
    ports: list(port, { unique: 'port', distinct: true, expand: portsFromText }),
    privileged: bool(),
    pull_policy: string({ format: 'pullPolicy' }),
    read_only: bool(),
    restart: string(),
    runtime: string(),
    scale: keep(int()),
    secrets: list(object(fileReference, { short: sourceFromText, late: secretDefaults }), {
      unique: 'secret',
    }),
    security_opt: distinct,
    shm_size: bytes(),
    stdin_open: bool(),
    stop_grace_period: keep(duration()),
    stop_signal: string(),
    storage_opt: options('null'),
    sysctls: labels,
    tmpfs: strings({ single: 'late', merge: 'sequence', unique: 'key', distinct: true }),
    tty: bool(),
    ulimits,
    use_api_socket: bool({ yaml: ['boolean'] }),
    user: string(),
    userns_mode: string(),
    uts: string(),
    volumes: list(serviceVolume, { unique: 'target', distinct: true }),
    volumes_from: distinct,
    working_dir: string(),
    post_start: list(hook),
    pre_stop: list(hook),
  },
  { ignored: { pull_refresh_after: string() } },
);

const external = bool({ orName: true });

export const network = object(
  {
    name: string(),
    driver: string(),
    driver_opts: options(),
    ipam: always(
      object(
        {
          driver: string(),
          config: list(
            object({
              subnet: string({ format: 'cidr' }),
              gateway: string({ format: 'ip' }),
              ip_range: string({ format: 'cidr' }),
              aux_addresses: pairs({ mappingOnly: ['string'] }),
            }),
            { merge: 'ipam' },
          ),
        },
        { ignored: { options: pairs({ mappingOnly: ['string'] }) } },
      ),
    ),
    external,
    internal: bool(),
    attachable: bool(),
    labels,
    enable_ipv4: keep(bool()),
    enable_ipv6: keep(bool()),
  },
  { nullable: true, early: deprecatedExternal },
);

export const volume = object(
  {
    name: string(),
    driver: string(),
    driver_opts: options(),
    external,
    labels: pairs({ merge: 'sequence' }),
  },
  { nullable: true, early: deprecatedExternal, paths: 'device' },
);

const fileObject = {
  name: string(),
  file: string({ path: 'either' }),
  environment: string(),
  content: string(),
  external,
  labels: pairs(),
  driver: string(),
  driver_opts: options(),
  template_driver: string(),
};
const { content: _content, ...secretFields } = fileObject;
const { driver: _driver, driver_opts: _driverOpts, ...configFields } = fileObject;
export const secret = object(secretFields, { early: deprecatedExternal });
export const config = object(configFields, { early: deprecatedExternal });

export const model = object({
  name: string(),
  model: required(string()),
  context_size: int({ yaml: ['integer'] }),
  runtime_flags: strings(),
});

const include = object(
  {
    path: strings({ single: 'early' }),
    project_directory: string(),
    env_file: strings({ single: 'early' }),
  },
  { extensible: false, short: includeFromText },
);

/** What a file includes. */
export const includes = list(include);

/** A whole file. */
export const file = object(
  {
    name: string(),
    services: map(service, { names: NAME }),
    networks: mapOrNull(network, { names: NAME, anyName: true }),
    volumes: mapOrNull(volume, { names: NAME }),
    secrets: map(secret, { names: NAME }),
    configs: map(config, { names: NAME }),
    models: map(model, { names: NAME, anyName: true }),
    include: includes,
  },
  { ignored: { version: string() } },
);
