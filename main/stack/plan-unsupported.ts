import { appError, type AppError } from '../errors.ts';
import type { Capabilities } from '../docker/port.ts';
import type { Project } from '../model/types.ts';
import { networksInOrder, scaleOf, type NamedService } from './desired.ts';
import { boundFiles } from './files.ts';

const UNBUILDABLE = [
  'additional_contexts',
  'entitlements',
  'privileged',
  'provenance',
  'sbom',
  'secrets',
  'ssh',
  'cache_to',
  'platforms',
  'isolation',
  'ulimits',
] as const;

/** More of one service are a slip of the hand: a plan of them would hold up the app before the engine refused them. */
const MOST_CONTAINERS = 100;

/** Whether a service is to have more containers than we start; the CLI would start them until the engine gives up. */
export function tooManyContainers(service: NamedService): AppError[] {
  const wanted = scaleOf(service);
  if (wanted <= MOST_CONTAINERS) return [];
  const key = service.scale === undefined ? 'deploy.replicas' : 'scale';
  const reason = `${wanted} containers are wanted, and at most ${MOST_CONTAINERS} of one service are started`;
  return [appError('stack.cannot-carry-out', { service: service.name, key, reason })];
}

/** Known keys that an `up` cannot carry out on this engine: each is named, none is dropped in silence. */
export function cannotCarryOut(project: Project, service: NamedService, engine: Capabilities): AppError[] {
  const refuse = (key: string, reason: string): AppError =>
    appError('stack.cannot-carry-out', { service: service.name, key, reason });
  const errors: AppError[] = tooManyContainers(service);
  if (service.provider)
    errors.push(refuse('provider', 'provider plugins are run by the docker compose CLI only'));
  if (service.models)
    errors.push(refuse('models', 'models are served by Docker Model Runner through the CLI only'));
  if (service.use_api_socket)
    errors.push(refuse('use_api_socket', "it hands the engine's socket to the container"));
  if (service.credential_spec)
    errors.push(refuse('credential_spec', 'it is for Windows containers of a Swarm'));
  for (const kind of ['configs', 'secrets'] as const) {
    for (const { source, uid, gid } of service[kind] ?? []) {
      const definition = project[kind][source];
      if (![uid, gid].every((id) => id === undefined || /^\d+$/.test(id))) {
        errors.push(
          refuse(`${kind}.${source}`, 'uid and gid must be numbers: names are known in the image only'),
        );
      }
      if (definition?.external) errors.push(refuse(`${kind}.${source}`, 'external ones need a Swarm'));
      if (definition?.template_driver)
        errors.push(refuse(`${kind}.${source}.template_driver`, 'it needs a Swarm'));
      if (service.read_only && definition && !definition.file) {
        errors.push(refuse(`${kind}.${source}`, 'files cannot be put into a read-only container; use file:'));
      }
    }
  }
  for (const key of UNBUILDABLE) {
    if (service.build?.[key] !== undefined)
      errors.push(refuse(`build.${key}`, 'it needs BuildKit through the CLI'));
  }
  for (const option of service.security_opt ?? []) {
    if (/^seccomp[=:](?!unconfined$|builtin$)/.test(option)) {
      errors.push(refuse('security_opt', `${option}: seccomp profiles of a file are read by the CLI only`));
    }
  }
  for (const [key, api] of beyondEngine(service, engine))
    errors.push(refuse(key, `this engine is older than API ${api}`));
  if (!engine.hostPaths) {
    const paths = [...hostPathsOf(service), ...boundFiles(project, service).map((f) => f.source)];
    errors.push(...paths.map((path) => appError('stack.bind-on-remote', { service: service.name, path })));
  }
  return errors;
}

/** Keys that an older engine passes over in silence, with the API that has them. */
function beyondEngine(service: NamedService, engine: Capabilities): [key: string, api: string][] {
  const keys: [string, string][] = [];
  const add = (can: boolean, value: unknown, key: string, api: string): void => {
    if (!can && value !== undefined) keys.push([key, api]);
  };
  add(engine.annotations, service.annotations, 'annotations', '1.43');
  for (const { target, volume } of service.volumes ?? [])
    add(engine.volumeSubpath, volume?.subpath, `volumes.${target}.volume.subpath`, '1.45');
  const [, ...later] = networksInOrder(service);
  for (const name of later)
    add(engine.endpointMac, service.networks?.[name]?.mac_address, `networks.${name}.mac_address`, '1.44');
  for (const [name, network] of Object.entries(service.networks ?? {})) {
    add(engine.gatewayPriority, network?.gw_priority, `networks.${name}.gw_priority`, '1.48');
    add(engine.interfaceName, network?.interface_name, `networks.${name}.interface_name`, '1.49');
  }
  return keys;
}

function hostPathsOf(service: NamedService): string[] {
  return (service.volumes ?? []).flatMap((v) =>
    v.type === 'bind' && v.source !== undefined ? [v.source] : [],
  );
}

/** Keys that do nothing outside a Swarm (the CLI passes over them too), or on this engine. */
export function ignoredByEngine(service: NamedService, engine: Capabilities): AppError[] {
  const ignored: [string, unknown][] = [
    ['deploy.mode', service.deploy?.mode === 'replicated' ? undefined : service.deploy?.mode],
    ['deploy.update_config', service.deploy?.update_config],
    ['deploy.rollback_config', service.deploy?.rollback_config],
    ['deploy.endpoint_mode', service.deploy?.endpoint_mode],
    ['deploy.labels', service.deploy?.labels],
    ['deploy.placement', Object.keys(service.deploy?.placement ?? {}).length > 0 ? true : undefined],
    ['deploy.resources.reservations.cpus', service.deploy?.resources?.reservations?.cpus],
    [
      'deploy.resources.reservations.generic_resources',
      service.deploy?.resources?.reservations?.generic_resources,
    ],
  ];
  const warnings = ignored
    .filter(([, value]) => value !== undefined)
    .map(([key]) =>
      appError('stack.key-ignored', { service: service.name, key, reason: 'it is for a Swarm' }),
    );
  if (/^(daily|weekly|every_)/.test(service.pull_policy ?? '')) {
    const reason = 'the image is pulled when it is missing';
    warnings.push(appError('stack.key-ignored', { service: service.name, key: 'pull_policy', reason }));
  }
  if (service.healthcheck?.start_interval !== undefined && !engine.startInterval) {
    const reason = 'this engine is older than API 1.44';
    const data = { service: service.name, key: 'healthcheck.start_interval', reason };
    warnings.push(appError('stack.key-ignored', data));
  }
  return warnings;
}
