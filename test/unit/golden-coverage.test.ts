import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Kind } from '../../main/model/kinds.ts';
import { file as fileKind } from '../../main/model/spec.ts';
import { caseNames, readCase, readGolden } from './golden-cases.ts';

/**
 * Every key of the Compose Specification (as CLI 2.40 has it) with the forms in which the goldens must hold it:
 * `v` a scalar, `l` a list, `m` a mapping. `*` is a name that the user chooses, `[]` an item of a list.
 * `build.ssh` is hashed only, because the CLI itself cannot print it.
 */
const KEYS = `
name v | version v | include l | include[] v,m | include[].path v,l | include[].project_directory v
include[].env_file v,l | services m | networks m | volumes m | secrets m | configs m | models m

services.*.annotations l,m | services.*.attach v | services.*.blkio_config m | services.*.blkio_config.weight v
services.*.blkio_config.weight_device[].path v | services.*.blkio_config.weight_device[].weight v
services.*.blkio_config.device_read_bps[].path v | services.*.blkio_config.device_read_bps[].rate v
services.*.blkio_config.device_read_iops[].path v | services.*.blkio_config.device_read_iops[].rate v
services.*.blkio_config.device_write_bps[].path v | services.*.blkio_config.device_write_bps[].rate v
services.*.blkio_config.device_write_iops[].path v | services.*.blkio_config.device_write_iops[].rate v

services.*.build v,m | services.*.build.context v | services.*.build.dockerfile v
services.*.build.dockerfile_inline v | services.*.build.args l,m | services.*.build.additional_contexts l,m
services.*.build.cache_from l | services.*.build.cache_to l | services.*.build.entitlements l
services.*.build.extra_hosts l,m | services.*.build.isolation v | services.*.build.labels l,m
services.*.build.network v | services.*.build.no_cache v | services.*.build.platforms l
services.*.build.privileged v | services.*.build.provenance v | services.*.build.pull v
services.*.build.sbom v | services.*.build.secrets l | services.*.build.secrets[] v,m
services.*.build.secrets[].source v | services.*.build.secrets[].target v | services.*.build.secrets[].uid v
services.*.build.secrets[].gid v | services.*.build.secrets[].mode v | services.*.build.shm_size v
services.*.build.ssh l,m | services.*.build.tags l | services.*.build.target v
services.*.build.ulimits.* v,m | services.*.build.ulimits.*.soft v | services.*.build.ulimits.*.hard v

services.*.cap_add l | services.*.cap_drop l | services.*.cgroup v | services.*.cgroup_parent v
services.*.command v,l | services.*.configs l | services.*.configs[] v,m | services.*.configs[].source v
services.*.configs[].target v | services.*.configs[].uid v | services.*.configs[].gid v
services.*.configs[].mode v | services.*.container_name v | services.*.cpu_count v
services.*.cpu_percent v | services.*.cpu_period v | services.*.cpu_quota v | services.*.cpu_rt_period v
services.*.cpu_rt_runtime v | services.*.cpu_shares v | services.*.cpus v | services.*.cpuset v
services.*.credential_spec.config v | services.*.credential_spec.file v
services.*.credential_spec.registry v | services.*.depends_on l,m | services.*.depends_on.*.condition v
services.*.depends_on.*.restart v | services.*.depends_on.*.required v

services.*.deploy.mode v | services.*.deploy.replicas v | services.*.deploy.endpoint_mode v
services.*.deploy.labels l,m | services.*.deploy.placement.constraints l
services.*.deploy.placement.preferences[].spread v | services.*.deploy.placement.max_replicas_per_node v
services.*.deploy.resources.limits.cpus v | services.*.deploy.resources.limits.memory v
services.*.deploy.resources.limits.pids v | services.*.deploy.resources.reservations.cpus v
services.*.deploy.resources.reservations.memory v
services.*.deploy.resources.reservations.generic_resources[].discrete_resource_spec.kind v
services.*.deploy.resources.reservations.generic_resources[].discrete_resource_spec.value v
services.*.deploy.resources.reservations.devices[].capabilities l
services.*.deploy.resources.reservations.devices[].count v
services.*.deploy.resources.reservations.devices[].device_ids l
services.*.deploy.resources.reservations.devices[].driver v
services.*.deploy.resources.reservations.devices[].options m
services.*.deploy.restart_policy.condition v | services.*.deploy.restart_policy.delay v
services.*.deploy.restart_policy.max_attempts v | services.*.deploy.restart_policy.window v
services.*.deploy.rollback_config.parallelism v | services.*.deploy.rollback_config.delay v
services.*.deploy.rollback_config.failure_action v | services.*.deploy.rollback_config.monitor v
services.*.deploy.rollback_config.max_failure_ratio v | services.*.deploy.rollback_config.order v
services.*.deploy.update_config.parallelism v | services.*.deploy.update_config.delay v
services.*.deploy.update_config.failure_action v | services.*.deploy.update_config.monitor v
services.*.deploy.update_config.max_failure_ratio v | services.*.deploy.update_config.order v

services.*.develop.watch[].path v | services.*.develop.watch[].action v | services.*.develop.watch[].target v
services.*.develop.watch[].ignore v,l | services.*.develop.watch[].include v,l
services.*.develop.watch[].initial_sync v | services.*.develop.watch[].exec.command v
services.*.develop.watch[].exec.user v | services.*.develop.watch[].exec.privileged v
services.*.develop.watch[].exec.working_dir v | services.*.develop.watch[].exec.environment l

services.*.device_cgroup_rules l | services.*.devices[] v,m | services.*.devices[].source v
services.*.devices[].target v | services.*.devices[].permissions v | services.*.dns v,l
services.*.dns_opt l | services.*.dns_search v,l | services.*.domainname v | services.*.entrypoint v,l
services.*.env_file v,l | services.*.env_file[] v,m | services.*.env_file[].path v
services.*.env_file[].required v | services.*.env_file[].format v | services.*.environment l,m
services.*.expose l | services.*.extends v,m | services.*.extends.file v | services.*.extends.service v
services.*.external_links l | services.*.extra_hosts l,m | services.*.gpus v,l
services.*.gpus[].capabilities l | services.*.gpus[].count v | services.*.gpus[].device_ids l
services.*.gpus[].driver v | services.*.gpus[].options l,m | services.*.group_add l

services.*.healthcheck.disable v | services.*.healthcheck.interval v | services.*.healthcheck.retries v
services.*.healthcheck.start_interval v | services.*.healthcheck.start_period v
services.*.healthcheck.test v,l | services.*.healthcheck.timeout v | services.*.hostname v
services.*.image v | services.*.init v | services.*.ipc v | services.*.isolation v
services.*.label_file v,l | services.*.labels l,m | services.*.links l | services.*.logging.driver v
services.*.logging.options m | services.*.mac_address v | services.*.mem_limit v
services.*.mem_reservation v | services.*.mem_swappiness v | services.*.memswap_limit v
services.*.models l,m | services.*.models.*.endpoint_var v | services.*.models.*.model_var v
services.*.network_mode v | services.*.networks l,m | services.*.networks.* v,m
services.*.networks.*.aliases l | services.*.networks.*.driver_opts m
services.*.networks.*.gw_priority v | services.*.networks.*.interface_name v
services.*.networks.*.ipv4_address v | services.*.networks.*.ipv6_address v
services.*.networks.*.link_local_ips l | services.*.networks.*.mac_address v
services.*.networks.*.priority v | services.*.oom_kill_disable v | services.*.oom_score_adj v
services.*.pid v | services.*.pids_limit v | services.*.platform v

services.*.ports[] v,m | services.*.ports[].app_protocol v | services.*.ports[].host_ip v
services.*.ports[].mode v | services.*.ports[].name v | services.*.ports[].protocol v
services.*.ports[].published v | services.*.ports[].target v | services.*.post_start[].command v,l
services.*.post_start[].user v | services.*.post_start[].privileged v
services.*.post_start[].working_dir v | services.*.post_start[].environment l
services.*.pre_stop[].command v | services.*.pre_stop[].environment m | services.*.pre_stop[].user v
services.*.pre_stop[].privileged v | services.*.pre_stop[].working_dir v | services.*.privileged v
services.*.profiles l | services.*.provider.type v | services.*.provider.options.* v,l
services.*.pull_policy v | services.*.pull_refresh_after v | services.*.read_only v
services.*.restart v | services.*.runtime v | services.*.scale v | services.*.secrets[] v,m
services.*.secrets[].source v | services.*.secrets[].target v | services.*.secrets[].uid v
services.*.secrets[].gid v | services.*.secrets[].mode v | services.*.security_opt l
services.*.shm_size v | services.*.stdin_open v | services.*.stop_grace_period v
services.*.stop_signal v | services.*.storage_opt m | services.*.sysctls l,m | services.*.tmpfs v,l
services.*.tty v | services.*.ulimits.* v,m | services.*.ulimits.*.hard v | services.*.ulimits.*.soft v
services.*.use_api_socket v | services.*.user v | services.*.userns_mode v | services.*.uts v

services.*.volumes[] v,m | services.*.volumes[].type v | services.*.volumes[].source v
services.*.volumes[].target v | services.*.volumes[].read_only v | services.*.volumes[].consistency v
services.*.volumes[].bind.create_host_path v | services.*.volumes[].bind.propagation v
services.*.volumes[].bind.recursive v | services.*.volumes[].bind.selinux v
services.*.volumes[].image.subpath v | services.*.volumes[].tmpfs.mode v
services.*.volumes[].tmpfs.size v | services.*.volumes[].volume.labels l,m
services.*.volumes[].volume.nocopy v | services.*.volumes[].volume.subpath v
services.*.volumes_from l | services.*.working_dir v

networks.* v,m | networks.*.attachable v | networks.*.driver v | networks.*.driver_opts m
networks.*.enable_ipv4 v | networks.*.enable_ipv6 v | networks.*.external v,m
networks.*.external.name v | networks.*.internal v | networks.*.ipam.driver v
networks.*.ipam.options m | networks.*.ipam.config[].subnet v | networks.*.ipam.config[].gateway v
networks.*.ipam.config[].ip_range v | networks.*.ipam.config[].aux_addresses m
networks.*.labels l,m | networks.*.name v

volumes.* v,m | volumes.*.driver v | volumes.*.driver_opts m | volumes.*.external v,m
volumes.*.external.name v | volumes.*.labels l,m | volumes.*.name v

secrets.*.driver v | secrets.*.driver_opts m | secrets.*.environment v | secrets.*.external v,m
secrets.*.external.name v | secrets.*.file v | secrets.*.labels l,m | secrets.*.name v
secrets.*.template_driver v
configs.*.content v | configs.*.environment v | configs.*.external v,m | configs.*.external.name v
configs.*.file v | configs.*.labels l,m | configs.*.name v | configs.*.template_driver v
models.*.context_size v | models.*.model v | models.*.name v | models.*.runtime_flags l
`;

/** Mappings whose keys the user chooses. */
const USER_KEYED = new Set(
  `services networks volumes secrets configs models services.*.networks services.*.depends_on
   services.*.models services.*.ulimits services.*.build.ulimits services.*.provider.options`.split(/\s+/),
);

/** The keys that the accepted goldens hold, each with its forms. */
function keysOfGoldens(): Map<string, Set<string>> {
  const seen = new Map<string, Set<string>>();
  const note = (path: string, form: string): void => {
    seen.set(path, (seen.get(path) ?? new Set()).add(form));
  };
  const walk = (value: unknown, path: string): void => {
    if (path)
      note(path, Array.isArray(value) ? 'l' : typeof value === 'object' && value !== null ? 'm' : 'v');
    if (Array.isArray(value)) for (const item of value) walk(item, `${path}[]`);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (key.startsWith('x-') && !USER_KEYED.has(path)) continue;
        const name = USER_KEYED.has(path) ? '*' : key;
        walk(inner, path ? `${path}.${name}` : name);
      }
    }
  };
  for (const name of caseNames()) {
    if (readGolden(name).golden.hashes === undefined) continue;
    for (const [path, bytes] of readCase(name).files) {
      if (!/\.ya?ml$/.test(path)) continue;
      for (const doc of parseAllDocuments(bytes.toString(), { merge: true, logLevel: 'silent' })) {
        if (!('empty' in doc)) walk(doc.toJS(), '');
      }
    }
  }
  return seen;
}

const wanted = KEYS.split(/[|\n]/)
  .map((entry) => entry.trim())
  .filter(Boolean)
  .map((entry) => entry.split(' ') as [string, string]);

/** The keys that the model's own table knows. */
function keysOfModel(): Set<string> {
  const known = new Set<string>();
  const walk = (kind: Kind, path: string): void => {
    if (path) known.add(path);
    if (kind.kind === 'list') walk(kind.item, `${path}[]`);
    if (kind.kind === 'map') walk(kind.item, `${path}.*`);
    if (kind.kind === 'object') {
      const at = (key: string): string => (path ? `${path}.${key}` : key);
      for (const [key, field] of Object.entries(kind.fields)) if (key !== kind.collapse) walk(field, at(key));
      for (const [key, field] of Object.entries(kind.ignored ?? {})) walk(field, at(key));
    }
  };
  walk(fileKind, '');
  return known;
}

describe('the goldens cover the specification', () => {
  const seen = keysOfGoldens();

  test('every key in every form', () => {
    const missing = wanted.flatMap(([path, forms]) =>
      forms.split(',').flatMap((form) => (seen.get(path)?.has(form) ? [] : [`${path} ${form}`])),
    );
    expect(missing).toEqual([]);
  });

  test('the table above and the model know the same keys', () => {
    const here = new Set(
      wanted.flatMap(([path]) => {
        const steps = path.replaceAll('[]', '.[]').split('.');
        return steps.map((_, i) =>
          steps
            .slice(0, i + 1)
            .join('.')
            .replaceAll('.[]', '[]'),
        );
      }),
    );
    const model = keysOfModel();
    const scalarOnly = /\.external\.name$|\.provider\.options\.\*(\[\])?$/;
    expect([...here].filter((path) => !model.has(path) && !scalarOnly.test(path))).toEqual([]);
    const items = /\[\]$/;
    expect([...model].filter((path) => !here.has(path) && !items.test(path))).toEqual([]);
  });

  test('at least 120 cases with a printed config', () => {
    expect(caseNames().filter((name) => readGolden(name).config !== undefined).length).toBeGreaterThanOrEqual(
      120,
    );
  });
});
