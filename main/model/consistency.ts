/** Whether the parts of a project fit together: references, cycles, and keys that exclude each other. */
import type { ErrorCode } from '../errors.ts';
import { locate, nodeAt } from './locate.ts';
import { nearest } from './nearest.ts';
import { isDamaged, type Facts, type Path } from './problems.ts';
import type { Session } from './reader.ts';
import type { Node } from './tree.ts';
import type { Project, Service } from './types.ts';

type UndefinedCode = Extract<ErrorCode, `model.undefined-${string}`>;

/** Checks the enabled services of a project; problems go to the session. */
export function checkConsistency(project: Project, tree: Node, session: Session): void {
  const checker = new Checker(project, tree, session);
  for (const [name, service] of Object.entries(project.services)) {
    checker.references(name, service);
    checker.service(name, service);
    checker.numbers(name, service);
    checker.mounts(name, service);
  }
  checker.secrets();
  checker.containerNames();
  checker.cycles();
}

class Checker {
  readonly #project: Project;
  readonly #tree: Node;
  readonly #session: Session;

  constructor(project: Project, tree: Node, session: Session) {
    this.#project = project;
    this.#tree = tree;
    this.#session = session;
  }

  #add<C extends ErrorCode>(code: C, path: Path, facts: Facts<C>): void {
    const file = this.#project.composeFiles[0] ?? '';
    // a value is wrong where it stands, a mapping's entry where its key does
    const node = nodeAt(this.#tree, path);
    const at = node?.type === 'scalar' && node.value !== null ? node.at : locate(this.#tree, path);
    this.#session.problems.add(code, at ?? { file }, path, facts);
  }

  /** Reports a name that is not among the known ones. */
  #refer(code: UndefinedCode, name: string, known: Readonly<Record<string, unknown>>, path: Path): void {
    if (Object.hasOwn(known, name)) return;
    // what was taken out for being wrong was named already
    const section = `${code.slice('model.undefined-'.length)}s`;
    if (isDamaged(this.#session, [section, name])) return;
    const near = nearest(name, Object.keys(known));
    this.#add(code, path, near === undefined ? { name } : { name, near });
  }

  references(name: string, service: Service): void {
    const { networks, volumes, secrets, configs, models } = this.#project;
    const here = ['services', name];
    for (const network of Object.keys(service.networks ?? {}))
      this.#refer('model.undefined-network', network, networks, [...here, 'networks', network]);
    for (const [i, volume] of (service.volumes ?? []).entries())
      if (volume.type === 'volume' && volume.source)
        this.#refer('model.undefined-volume', volume.source, volumes, [...here, 'volumes', i]);
    for (const [i, secret] of (service.secrets ?? []).entries())
      this.#refer('model.undefined-secret', secret.source, secrets, [...here, 'secrets', i]);
    for (const [i, secret] of (service.build?.secrets ?? []).entries())
      this.#refer('model.undefined-secret', secret.source, secrets, [...here, 'build', 'secrets', i]);
    for (const [i, config] of (service.configs ?? []).entries())
      this.#refer('model.undefined-config', config.source, configs, [...here, 'configs', i]);
    for (const model of Object.keys(service.models ?? {}))
      this.#refer('model.undefined-model', model, models, [...here, 'models', model]);
    this.#services(name, service, here);
  }

  #services(name: string, service: Service, here: Path): void {
    const { services, disabledServices } = this.#project;
    for (const [other, { required }] of Object.entries(service.depends_on ?? {})) {
      const path = this.#dependencyPath(name, other);
      const disabled = disabledServices[other];
      if (!disabled) this.#refer('model.undefined-service', other, services, path);
      else if (required)
        this.#add('model.disabled-service', path, { name: other, profiles: disabled.profiles ?? [] });
    }
    for (const [context, target] of Object.entries(service.build?.additional_contexts ?? {})) {
      if (!target.startsWith('service:')) continue;
      const other = target.slice('service:'.length);
      const path = [...here, 'build', 'additional_contexts', context];
      const found = services[other] ?? disabledServices[other];
      if (!found) this.#refer('model.undefined-service', other, services, path);
      else if (!found.build)
        this.#add('model.incomplete', path, { reason: `the service "${other}" has no build section` });
    }
  }

  /** Where a service says that it needs another one: `depends_on`, or what implies it. */
  #dependencyPath(name: string, other: string): Path {
    const here = ['services', name];
    const service = this.#project.services[name];
    const written = [...here, 'depends_on', other];
    const place = locate(this.#tree, written);
    const implying: Path[] = [
      ...['network_mode', 'ipc', 'pid', 'uts', 'cgroup'].map((key) => [...here, key]),
      ...(service?.links ?? []).map((_, i) => [...here, 'links', i]),
      ...(service?.volumes_from ?? []).map((_, i) => [...here, 'volumes_from', i]),
    ];
    // an implied dependency stands, to the very object, where the value is that implies it
    return implying.find((path) => place !== undefined && nodeAt(this.#tree, path)?.at === place) ?? written;
  }

  service(name: string, service: Service): void {
    const here = ['services', name];
    const { build, image, provider, platform, develop } = service;
    if (!build && !image && !provider && !isDamaged(this.#session, here))
      this.#add('model.incomplete', here, {
        reason: `the service "${name}" has neither an image nor a build`,
      });
    if (build?.dockerfile && build.dockerfile_inline)
      this.#add('model.conflict', [...here, 'build'], {
        reason: 'dockerfile and dockerfile_inline exclude each other',
      });
    if (build?.platforms && platform && !build.platforms.includes(platform))
      this.#add('model.conflict', [...here, 'build', 'platforms'], {
        reason: "build.platforms does not have the service's platform",
      });
    if (service.network_mode && Object.keys(service.networks ?? {}).length > 0)
      this.#add('model.conflict', [...here, 'network_mode'], {
        reason: 'network_mode and networks exclude each other',
      });
    const [test] = service.healthcheck?.test ?? [];
    if (test !== undefined && !['CMD', 'CMD-SHELL', 'NONE'].includes(test))
      this.#add('model.bad-value', [...here, 'healthcheck', 'test', 0], {
        value: test,
        allowed: ['CMD', 'CMD-SHELL', 'NONE'],
      });
    for (const [i, watch] of (develop?.watch ?? []).entries()) {
      if (!watch.target && watch.action !== 'rebuild' && watch.action !== 'restart')
        this.#add('model.incomplete', [...here, 'develop', 'watch', i], {
          reason: `the action ${watch.action} needs a target`,
        });
      if (watch.path === '')
        this.#add('model.incomplete', [...here, 'develop', 'watch', i], { reason: 'the path is empty' });
    }
  }

  numbers(name: string, service: Service): void {
    const here = ['services', name];
    const { scale, deploy, container_name } = service;
    const limits = deploy?.resources.limits;
    const reservations = deploy?.resources.reservations;
    const replicas = deploy?.replicas;
    const differ = (key: string, other: string, path: Path): void =>
      this.#add('model.conflict', path, { reason: `${key} and deploy.${other} say different things` });

    if (scale !== undefined && replicas !== undefined && scale !== replicas)
      differ('scale', 'replicas', [...here, 'scale']);
    for (const [count, path] of [
      [scale, [...here, 'scale']],
      [replicas, [...here, 'deploy', 'replicas']],
    ] as const)
      if (count !== undefined && count < 0)
        this.#add('model.out-of-range', path, { value: `${count}`, min: 0 });
    if ((scale ?? replicas ?? 1) > 1 && container_name)
      this.#add('model.conflict', [...here, 'container_name'], {
        reason: 'several containers cannot all have this container_name',
      });

    if (service.cpus && limits && limits.cpus !== service.cpus)
      differ('cpus', 'resources.limits.cpus', [...here, 'cpus']);
    if (service.mem_limit && limits && limits.memory !== service.mem_limit)
      differ('mem_limit', 'resources.limits.memory', [...here, 'mem_limit']);
    if (service.mem_reservation && reservations && reservations.memory !== service.mem_reservation)
      differ('mem_reservation', 'resources.reservations.memory', [...here, 'mem_reservation']);
    if (service.pids_limit && limits && limits.pids !== service.pids_limit)
      differ('pids_limit', 'resources.limits.pids', [...here, 'pids_limit']);
  }

  /** Two mounts cannot have one target. */
  mounts(name: string, service: Service): void {
    const here = ['services', name];
    const taken = new Set<string>();
    const take = (target: string, path: Path): void => {
      if (taken.has(target))
        this.#add('model.conflict', path, { reason: 'something is mounted there already' });
      taken.add(target);
    };
    for (const [i, tmpfs] of (service.tmpfs ?? []).entries())
      take(tmpfs.split(':', 1)[0] ?? '', [...here, 'tmpfs', i]);
    for (const [i, volume] of (service.volumes ?? []).entries()) take(volume.target, [...here, 'volumes', i]);
  }

  /** A secret is external or says where its value comes from; a driver does not bring it. */
  secrets(): void {
    for (const [name, { external, file, environment }] of Object.entries(this.#project.secrets))
      if (!external && !file && !environment && !isDamaged(this.#session, ['secrets', name]))
        this.#add('model.incomplete', ['secrets', name], { reason: 'one of file, environment must be set' });
  }

  containerNames(): void {
    const owners = new Map<string, string>();
    for (const [name, { container_name: container }] of Object.entries(this.#project.services)) {
      if (!container) continue;
      const owner = owners.get(container);
      if (owner !== undefined)
        this.#add('model.conflict', ['services', name, 'container_name'], {
          reason: `the service "${owner}" has this container name already`,
        });
      owners.set(container, name);
    }
  }

  /** Services that wait for each other, each circle once. */
  cycles(): void {
    const { services } = this.#project;
    const after = (name: string): Iterator<string> =>
      Object.keys(services[name]?.depends_on ?? {})
        .filter((other) => Object.hasOwn(services, other))
        .values();
    const done = new Set<string>();
    for (const first of Object.keys(services)) {
      // an explicit stack: a chain of dependencies may be longer than calls can nest
      const chain = done.has(first) ? [] : [first];
      const open = new Map(chain.map((name) => [name, after(name)]));
      for (let name = chain.at(-1); name !== undefined; name = chain.at(-1)) {
        const next = open.get(name)?.next();
        if (next === undefined || next.done) {
          done.add(name);
          open.delete(name);
          chain.pop();
        } else if (open.has(next.value)) this.#cycle(chain, next.value);
        else if (!done.has(next.value)) {
          open.set(next.value, after(next.value));
          chain.push(next.value);
        }
      }
    }
  }

  #cycle(chain: readonly string[], back: string): void {
    const cycle = [...chain.slice(chain.indexOf(back)), back];
    const last = chain.at(-1) ?? back;
    this.#add('model.cycle-depends-on', this.#dependencyPath(last, back), { cycle });
  }
}
