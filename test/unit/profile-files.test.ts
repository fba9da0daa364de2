/** What the bundled profiles promise, read from their files. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PROFILE_KEY, readProfileBlock } from '../../main/stack/profile.ts';
import { secretsOf } from '../../main/stack/profile-secrets.ts';

const root = path.join(import.meta.dirname, '..', '..');
const folders = [
  ...readdirSync(path.join(root, 'compose')).map((id) => path.join('compose', id)),
  path.join('test', 'fixtures', 'light-stack'),
];

interface ComposeFile {
  name: string;
  services: Record<
    string,
    {
      image?: string;
      volumes?: string[];
      secrets?: { source: string }[];
      ports?: unknown[];
      restart?: string;
      mem_limit?: string;
      logging?: unknown;
      healthcheck?: unknown;
    }
  >;
  secrets: Record<string, { environment: string }>;
  configs: Record<string, { file?: string; content?: string }>;
  volumes: Record<string, unknown>;
}

/** `${NAME}` and `${NAME:-default}` outside the block and the comments, by name. */
function variablesIn(text: string): Map<string, Set<string>> {
  const body = text.slice(0, text.indexOf(`\n${PROFILE_KEY}:`)).replaceAll(/^\s*#.*$/gm, '');
  const found = new Map<string, Set<string>>();
  for (const [, name = '', value = ''] of body.matchAll(/(?<!\$)\$\{(\w+)(?::-([^}]*))?\}/g)) {
    found.set(name, (found.get(name) ?? new Set()).add(value));
  }
  return found;
}

describe.each(folders)('%s', (folder) => {
  const file = path.join(root, folder, 'compose.yaml');
  const text = readFileSync(file, 'utf8');
  const compose = parse(text, { merge: true }) as ComposeFile & Record<typeof PROFILE_KEY, unknown>;
  const block = readProfileBlock(compose[PROFILE_KEY], file);
  const services = Object.entries(compose.services);

  it('declares every variable of the file as a setting, with the same default', () => {
    const settings = new Map(block.settings.map((s) => [s.variable, new Set([s.default])]));
    expect(variablesIn(text)).toEqual(settings);
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
    ];
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining([...new Set(named)]));
    const volumes = block.secrets.flatMap((s) => s.volume ?? []);
    expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining([...new Set(volumes)]));
  });

  it('has a fixed name, and no host path', () => {
    expect(compose.name).toMatch(/^letta-[a-z-]+$/);
    const sources = services.flatMap(([, { volumes = [] }]) => volumes.map((v) => v.split(':')[0] ?? ''));
    expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining([...new Set(sources)]));
  });

  it('pins images, bounds memory and logs, comes back, and says when it is well', () => {
    for (const [name, service] of services) {
      expect(service, name).toMatchObject({
        image: expect.stringMatching(/:-[^}]+:[^}]*\d/) as string,
        restart: 'unless-stopped',
        mem_limit: expect.any(String) as string,
        logging: { options: { 'max-size': expect.any(String) as string } },
        healthcheck: expect.any(Object) as object,
      });
    }
  });

  it('publishes nginx alone', () => {
    expect(services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(['nginx']);
  });

  it.each(readdirSync(path.join(root, folder)))('%s has Unix line ends, and is used', (name) => {
    const content = readFileSync(path.join(root, folder, name), 'utf8');
    expect(content).not.toContain('\r');
    expect(content.endsWith('\n')).toBe(true);
    const used = Object.values(compose.configs).some((config) => config.file === `./${name}`);
    expect(used || name === 'compose.yaml').toBe(true);
  });

  it('needs no interpolation inside the block', () => {
    expect(JSON.stringify(compose[PROFILE_KEY])).not.toContain('$');
  });
});
