import { say } from '../errors.ts';
import type { Service } from '../model/types.ts';
import { ADDRESS_VARIABLES } from '../providers.ts';
import { publishedPortsOf } from '../stack/desired.ts';
import { gpuRequestOf } from '../stack/gpu.ts';
import { secretsOf } from '../stack/profile-secrets.ts';
import { shownSettings, stackSettingsOf } from '../stack/stack-settings.ts';
import type { Stack } from '../stack/stack-types.ts';
import type { DoctorService, DoctorStack } from './doctor-types.ts';
import type { Settings } from './types.ts';

/** Variables whose values the checks read; none of them holds a secret. */
const READ: ReadonlySet<string> = new Set([
  'SECURE',
  'LETTA_SERVER_SECURE',
  'PORT',
  'LETTA_UVICORN_WORKERS',
  'LETTA_PG_POOL_SIZE',
  'LETTA_PG_MAX_OVERFLOW',
  'LETTA_DISABLE_SQLALCHEMY_POOLING',
  'TOOL_EXEC_VENV_NAME',
  'E2B_DOMAIN',
  ...ADDRESS_VARIABLES,
]);

/** What the doctor's checks look at of a stack. @throws what reading its files throws */
export async function doctorStack(stack: Stack, settings: Settings): Promise<DoctorStack> {
  const { block } = stack;
  const [{ project, warnings }, states] = await Promise.all([stack.load(), stack.secrets()]);
  const isSet = new Set(states.filter((s) => s.set).map((s) => s.name));
  const secrets = block ? secretsOf(block) : [];
  return {
    project: project.name,
    directory: project.workingDir,
    services: Object.entries(project.services).map(([name, service]) => ({
      ...doctorService(name, service),
      secrets: secrets.filter((s) => s.services.includes(name) && isSet.has(s.name)).map((s) => s.name),
    })),
    warnings: warnings.map((e) => say(e)),
    settings: shownSettings(block, stackSettingsOf(settings, stack.project)?.variables ?? {}),
    roles: secrets.flatMap((s) =>
      s.role ? [{ secret: s.name, service: s.role.service, role: s.role.name }] : [],
    ),
    probes: (block?.probes ?? []).filter((p) => p.kind === 'exec'),
    ...(block?.needs.disk !== undefined && { diskNeeded: block.needs.disk }),
    ...(block?.needs.memory !== undefined && { memoryNeeded: block.needs.memory }),
  };
}

function doctorService(name: string, service: Service): Omit<DoctorService, 'secrets'> {
  const environment = Object.entries(service.environment ?? {});
  const words = [...(service.entrypoint ?? []), ...(service.command ?? [])];
  return {
    name,
    ...(service.image !== undefined && { image: service.image }),
    ...(service.platform !== undefined && { platform: service.platform }),
    isBuilt: service.build !== undefined,
    environment: environment.map(([variable]) => variable),
    values: Object.fromEntries(
      environment.flatMap(([variable, value]) =>
        value !== null && READ.has(variable) ? [[variable, withoutLogin(value)]] : [],
      ),
    ),
    ports: publishedPortsOf(service),
    dependsOn: Object.keys(service.depends_on ?? {}),
    networks: Object.keys(service.networks ?? {}),
    extraHosts: (service.extra_hosts ?? []).map((line) => line.split(/[=:]/, 1)[0]!),
    healthPaths: pathsIn(service.healthcheck?.test ?? []),
    reservesGpu: gpuRequestOf(service) !== undefined,
    isOnHost: service.network_mode === 'host',
    isSecure: words.some((word) => /(^|\s)--secure(\s|$)/.test(word)),
  };
}

/** A user's own file may have a name and password in an address: the checks do without. */
const withoutLogin = (value: string): string => value.replace(/:\/\/[^/\s]*@/, '://');

/** Paths of the HTTP addresses of this machine in a health check. */
const pathsIn = (test: readonly string[]): string[] =>
  test.flatMap((word) =>
    [...word.matchAll(/https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::\d+)?(\/[\w./-]*)?/g)].map(
      ([, path = '/']) => path,
    ),
  );
