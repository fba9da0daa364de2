/** What the bundled profiles promise, read from their files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { secretsOf } from '../../main/stack/profile-secrets.ts';
import { loadProject } from '../../main/model/load.ts';
import { blockOf, loadOptions } from '../../main/stack/source.ts';
import { nodeFiles } from '../../main/system/file-source.ts';
import { profileIds } from '../../main/system/profiles.ts';

const root = path.join(import.meta.dirname, '..', '..');
const SHARED = path.join('compose', 'shared');
const folders = [
  ...profileIds(path.join(root, 'compose')).map((id) => path.join('compose', id)),
  path.join('test', 'fixtures', 'light-stack'),
];

/** What is published, where it is not nginx alone. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  'app-server': ['server'],
  development: ['db', 'server'],
  'development-reload': ['db', 'server'],
  research: ['server'],
  vllm: ['vllm', 'server'],
};

interface Bind {
  type: string;
  source: string;
  read_only?: boolean;
  bind?: { create_host_path?: boolean };
}

interface Service {
  extends?: { file?: string; service: string };
  image?: string;
  build?: unknown;
  volumes?: (string | Bind)[];
  secrets?: { source: string }[];
  ports?: unknown[];
  restart?: string;
  mem_limit?: string;
  logging?: unknown;
  healthcheck?: unknown;
}

interface ComposeFile {
  name: string;
  include?: string[];
  services: Record<string, Service>;
  secrets: Record<string, { environment: string }>;
  configs: Record<string, { file?: string; content?: string }>;
  volumes: Record<string, unknown>;
  'x-letta-stack'?: { settings?: unknown[]; secrets?: unknown[]; bundles?: unknown[] };
}

/** What a file says itself, with the files of its `configs:` from the root. */
function readOwn(file: string): ComposeFile {
  const own = parse(readFileSync(file, 'utf8'), { merge: true, logLevel: 'error' }) as Partial<ComposeFile>;
  const configs = Object.entries(own.configs ?? {}).map(([name, config]) => {
    const from = config.file === undefined ? {} : { file: beside(file, config.file) };
    return [name, { ...config, ...from }];
  });
  const read = { services: {}, secrets: {}, ...own, configs: Object.fromEntries(configs) as unknown };
  return read as ComposeFile;
}

const beside = (file: string, other: string): string =>
  path.relative(root, path.join(path.dirname(file), other));

function withIncluded(file: string): ComposeFile {
  const own = readOwn(file);
  const included = (own.include ?? []).map((other) => readOwn(path.join(root, beside(file, other))));
  return included.reduce<unknown>(onTop, own) as ComposeFile;
}

/** A profile's file with what it includes, its services with what they extend. */
function readCompose(file: string): { compose: ComposeFile; services: [string, Service][] } {
  const compose = withIncluded(file);
  const names = Object.keys(compose.services);
  return { compose, services: names.map((name) => [name, serviceOf(file, name)]) };
}

function serviceOf(file: string, name: string): Service {
  const own = readOwn(file).services[name]!;
  if (!own.extends) return own;
  const other = own.extends.file === undefined ? file : path.join(path.dirname(file), own.extends.file);
  return onTop(serviceOf(other, own.extends.service), own) as Service;
}

/** As Compose merges them, as far as the profiles go: mappings by key, lists one after the other. */
function onTop(base: unknown, own: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(own)) return [...(base as unknown[]), ...(own as unknown[])];
  if (!isMapping(base) || !isMapping(own)) return own ?? base;
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(own)])].map((k) => [k, onTop(base[k], own[k])]),
  );
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `${NAME}` and `${NAME:-default}` in what a file says of services, networks and the rest, by name. */
function variablesIn({ compose, services }: ReturnType<typeof readCompose>): Map<string, Set<string>> {
  const said = Object.entries({ ...compose, services }).filter(([key]) => !key.startsWith('x-'));
  const body = JSON.stringify(said);
  const found = new Map<string, Set<string>>();
  for (const [, name = '', value = ''] of body.matchAll(/(?<!\$)\$\{(\w+)(?::-([^}]*))?\}/g)) {
    found.set(name, (found.get(name) ?? new Set()).add(value));
  }
  return found;
}

describe.each(folders)('%s', (folder) => {
  const file = path.join(root, folder, 'compose.yaml');
  const whole = readCompose(file);
  const { compose, services } = whole;
  const block = blockOf(nodeFiles, file)!;

  it('declares every variable of the file as a setting, with the same default', () => {
    const settings = new Map(block.settings.map((s) => [s.variable, new Set([s.default])]));
    expect(variablesIn(whole)).toEqual(settings);
  });

  it('has one bundle for each secret of the file, in the service that takes it', () => {
    const taken = services.flatMap(([service, { secrets = [] }]) =>
      secrets.map(({ source }) => `${service} ${compose.secrets[source]?.environment}`),
    );
    expect(block.bundles.map((b) => `${b.service} ${b.variable}`).toSorted()).toEqual(taken.toSorted());
  });

  it('gives every secret to a service', () => {
    const idle = secretsOf(block).filter((secret) => secret.services.length === 0);
    expect(idle.map((secret) => secret.name)).toEqual([]);
  });

  it('names services and volumes that are there', () => {
    const named = [
      ...block.bundles.map((b) => b.service),
      ...block.probes.flatMap((p) => (p.kind === 'exec' ? [p.service] : [])),
      ...block.secrets.flatMap((s) => (s.role ? [s.role.service] : [])),
      ...Object.keys(block.imageIdFiles),
      ...Object.keys(block.provides),
      ...Object.keys(block.jobs),
    ];
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining([...new Set(named)]));
    const volumes = block.secrets.flatMap((s) => s.volume ?? []);
    expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining([...new Set(volumes)]));
  });

  it('has a fixed name, and no host path', () => {
    expect(compose.name).toMatch(/^letta-[a-z-]+$/);
    const volumes = services.flatMap(([, service]) => service.volumes ?? []);
    // a folder that the user names may stand in for a volume
    const sources = volumes.flatMap((v) =>
      typeof v === 'string' ? (v.replace(/^\$\{\w+:-([\w-]+)\}/, '$1').split(':')[0] ?? '') : [],
    );
    // but those that the user names, which are checked, not written to and not made
    for (const bind of volumes.filter((v) => typeof v !== 'string')) {
      expect(bind).toMatchObject({ type: 'bind', read_only: true, bind: { create_host_path: false } });
      const variable = /^\$\{(\w+):-/.exec(bind.source)?.[1];
      expect(['folder', 'file']).toContain(block.settings.find((s) => s.variable === variable)?.type);
    }
    expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining([...new Set(sources)]));
  });

  it('pins images, bounds memory and logs, comes back, and says when it is well', () => {
    for (const [name, service] of services) {
      // a job comes to its end
      const stays = { restart: 'unless-stopped', healthcheck: expect.any(Object) as object };
      expect(service, name).toMatchObject({
        // what is built has no image to pin
        ...(!service.build && { image: expect.stringMatching(/:-[^}]+:[^}]*\d/) as string }),
        ...(block.jobs[name] ? { restart: 'no' } : stays),
        mem_limit: expect.any(String) as string,
        logging: { options: { 'max-size': expect.any(String) as string } },
      });
    }
  });

  it('publishes nothing but its door', () => {
    const published = services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name);
    expect(published).toEqual(DOORS[path.basename(folder)] ?? ['nginx']);
  });

  it('uses each file of its folder', () => {
    const used = Object.values(compose.configs).flatMap((config) => config.file ?? []);
    const own = readdirSync(path.join(root, folder)).filter((name) => name !== 'compose.yaml');
    const here = used.filter((name) => path.dirname(name) === folder);
    expect(here.toSorted()).toEqual(own.map((name) => path.join(folder, name)));
    const shared = used.filter((name) => !here.includes(name));
    expect(shared.every((name) => path.dirname(name) === SHARED && existsSync(path.join(root, name)))).toBe(
      true,
    );
  });

  it('has its whole block in the copy that `up` keeps: the files that the model reads', () => {
    const read: string[] = [];
    blockOf({ read: (name) => (read.push(name), nodeFiles.read(name)) }, file);
    const from = { directory: path.dirname(file), files: [file], composeProfiles: [], source: nodeFiles };
    const variables = { LETTA_STACK_SOURCE: '/checkout' };
    const { sourceFiles } = loadProject(loadOptions({ ...from, variables }, { path, home: '/home/me' }));
    expect(sourceFiles).toEqual(expect.arrayContaining([...new Set(read)]));
  });

  it('needs no interpolation inside the block', () => {
    expect(JSON.stringify(block)).not.toContain('$');
  });
});

it.each(
  [...folders, SHARED].flatMap((folder) =>
    readdirSync(path.join(root, folder)).map((name) => path.join(folder, name)),
  ),
)('%s has Unix line ends', (file) => {
  const content = readFileSync(path.join(root, file), 'utf8');
  expect(content).not.toContain('\r');
  expect(content.endsWith('\n')).toBe(true);
});

describe('what profiles share', () => {
  const profiles = folders.map((folder) => path.join(root, folder, 'compose.yaml'));
  const shared = readdirSync(path.join(root, SHARED)).map((name) => path.join(root, SHARED, name));

  it('is taken by a profile', () => {
    const texts = profiles.map((file) => readFileSync(file, 'utf8'));
    const taken = profiles.flatMap((file) =>
      Object.values(withIncluded(file).configs).flatMap((config) => config.file ?? []),
    );
    for (const file of shared) {
      const name = path.relative(root, file);
      const isNamed = texts.some((text) => text.includes(`../shared/${path.basename(file)}`));
      expect(isNamed || taken.includes(name), name).toBe(true);
    }
  });

  // what each profile says for itself
  const OWN =
    /^\S+ (extends|networks|volumes|ports|depends_on)\b|^server (image|environment\.LETTA_REDIS_HOST)\b/;

  it('stands in one file: scripts, SQL, health checks and the rest of a service, settings and secrets', () => {
    const places = new Map<string, Set<string>>();
    // the App Server is another program, whatever its service is called
    const files = [
      ...profiles.filter((file) => !/light-stack|app-server/.test(file)),
      ...shared.filter((f) => f.endsWith('.yaml')),
    ];
    for (const file of files) {
      const { services, configs, secrets, 'x-letta-stack': known = {} } = readOwn(file);
      const said = [
        ...Object.entries(services).flatMap(([name, service]) =>
          sayings(service).map((text) => `${name} ${text}`),
        ),
        ...sayings({ configs, secrets }),
        ...[known.settings, known.secrets, known.bundles].flatMap((list = []) =>
          list.map((e) => JSON.stringify(e)),
        ),
      ];
      for (const text of said.filter((one) => !OWN.test(one)))
        places.set(text, (places.get(text) ?? new Set()).add(path.relative(root, file)));
    }
    const twice = [...places].filter(([, where]) => where.size > 1);
    expect(twice.map(([text, where]) => `${text} in ${[...where].join(', ')}`)).toEqual([]);
  });
});

/** `key value`, and `key.entry value` of what is a mapping. */
function sayings(said: object): string[] {
  return Object.entries(said).flatMap(([key, value]) =>
    isMapping(value)
      ? Object.entries(value).map(([entry, one]) => `${key}.${entry} ${JSON.stringify(one)}`)
      : [`${key} ${JSON.stringify(value)}`],
  );
}
