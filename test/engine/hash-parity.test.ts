// The labels that ours and the CLI's `up` write on the same file must be equal: each takes the other's containers for
// unchanged. (Goldens of the hash itself are in test/unit/golden*.)
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ContainerInspect } from '../../main/docker/port.ts';
import { LABEL } from '../../main/stack/labels.ts';
import type { Stack } from '../../main/stack/stack-types.ts';
import { describeLab } from '../setup/lab.ts';
import { composeOf, runWell } from './helpers/commands.ts';
import { freePort, openBox, type CoreBox } from './helpers/core-box.ts';
import { anonymousVolumes, inspectAll, labelsOf, objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';

/** What a user's file may have, as far as the engine of the tests can carry it out. */
const RICH = `
x-base: &base
  image: redis:7.4-alpine
  init: true
  command: sh -c "sleep infinity"
  stop_grace_period: 2s
services:
  parent:
    <<: *base
    hostname: parent-host
    domainname: example.test
    environment: { NUMBER: 1, BOOL: true, NULL_ONE: null, OCTAL: 0777, EMPTY: "", DOLLAR: $$HOME, HTML: "<&>" }
    env_file: [{ path: own.env, required: true }, { path: not-there.env, required: false }]
    labels: { com.example.one: "1", com.example.two: two }
    annotations: { com.example.note: text }
    cap_add: [NET_ADMIN]
    cap_drop: [MKNOD]
    dns: [127.0.0.1]
    dns_search: example.test
    extra_hosts: ["one:10.0.0.1", "two=10.0.0.2"]
    expose: ["7000", "7001/udp"]
    ports:
      - "127.0.0.1::7000"
      - { target: 7001, protocol: udp, host_ip: 127.0.0.1 }
    healthcheck: { test: "true", interval: 1s, timeout: 1s, retries: 2, start_period: 1s500ms }
    logging: { driver: json-file, options: { max-size: 1m } }
    sysctls: { net.core.somaxconn: 1024 }
    ulimits: { nofile: { soft: 1000, hard: 2000 }, nproc: 500 }
    shm_size: 32m
    tmpfs: [/scratch:size=1m, /other]
    volumes:
      - data:/data
      - /anonymous
      - { type: volume, source: data, target: /copy, read_only: true, volume: { nocopy: true } }
      - { type: bind, source: ./bound, target: /bound, read_only: true }
      - ./short:/short
    networks:
      front: { aliases: [alias-one, alias-two], priority: 5 }
      back: { ipv4_address: 172.30.99.10 }
    restart: on-failure:3
    user: "0:0"
    working_dir: /data
    deploy:
      resources:
        limits: { cpus: "0.5", memory: 64M, pids: 100 }
        reservations: { memory: 16M }
    configs:
      - inline
      - { source: own, target: /etc/own.conf, mode: 0440 }
    secrets: [word]
    security_opt: [no-new-privileges:true]
    pids_limit: 100
    oom_score_adj: 10
    stop_signal: SIGKILL
  child:
    <<: *base
    network_mode: service:parent
    ipc: shareable
    volumes_from: [parent:ro]
    depends_on: { parent: { condition: service_healthy, restart: true } }
    entrypoint: ["sh", "-c"]
    command: ["exec sleep infinity"]
  linked:
    <<: *base
    links: ["named:other"]
    networks: [front]
    tty: true
    stdin_open: true
    read_only: true
    scale: 2
    post_start: [{ command: ["true"] }]
  named:
    <<: *base
    container_name: \${CONTAINER:?}
    networks: [front]
    volumes:
      - { type: tmpfs, target: /tmp/t, tmpfs: { size: 1m, mode: 0700 } }
configs:
  inline: { content: "a: \${CONTAINER}" }
  own: { file: ./own.conf }
secrets:
  word: { environment: WORD }
networks:
  front: { driver_opts: { com.docker.network.bridge.enable_icc: "true" }, labels: { net: front } }
  back: { internal: true, ipam: { config: [{ subnet: 172.30.99.0/24 }] } }
volumes:
  data: { labels: { kept: "yes" } }
`;

/** Files that we put in and the CLI binds. */
const OWN_WAY = '/etc/own.conf';
/** What the CLI writes on a container that took another's place. */
const REPLACE = 'com.docker.compose.replace';

/**
 * What of the containers the file decides, in one order: how the two say the same differs in places. The hash of `child`
 * has its parent's id in it, so it is another with every parent.
 */
function factsOf(containers: readonly ContainerInspect[]): unknown {
  const names = containers.map((c) => [c.Id, c.Name.slice(1)] as const);
  const byName = (text: string): string => names.reduce((t, [id, name]) => t.replaceAll(id, name), text);
  const facts = containers.map(({ Name, Config, HostConfig: host, Mounts }) => ({
    Name,
    labels: Object.fromEntries(
      Object.entries(Config.Labels ?? {})
        .filter(([key]) => !key.startsWith('letta-stack.') && key !== REPLACE)
        .filter(([key]) => key !== LABEL.hash || !Name.endsWith('-child-1')),
    ),
    config: [
      Config.Env?.toSorted(),
      Config.Cmd,
      Config.Entrypoint,
      Config.User,
      Config.Tty,
      Config.Healthcheck,
    ],
    host: HOST_KEYS.map((key) => [key, host[key]]),
    sorted: SORTED_KEYS.map((key) => [
      key,
      sorted(host[key]).map((v) => v.replace(/^"(?!CAP_)(?=[A-Z_]+"$)/, '"CAP_')),
    ]),
    mounts: Object.fromEntries(
      Mounts.filter((m) => m.Destination !== OWN_WAY).map((m) => {
        const name = /^[0-9a-f]{64}$/.test(m.Name ?? '') ? 'anonymous' : m.Name;
        return [m.Destination, [m.Type, m.RW, name]];
      }),
    ),
  }));
  return JSON.parse(byName(JSON.stringify(facts)));
}

const sorted = (list: unknown): string[] =>
  (Array.isArray(list) ? list : []).map((v) => JSON.stringify(v)).toSorted();

const SORTED_KEYS = [
  'Binds',
  'CapAdd',
  'CapDrop',
  'Ulimits',
  'ExtraHosts',
  'Links',
  'SecurityOpt',
  'VolumesFrom',
];
const HOST_KEYS = (
  'NetworkMode IpcMode PidMode UTSMode RestartPolicy PortBindings LogConfig Annotations Memory MemoryReservation ' +
  'NanoCpus PidsLimit ShmSize Sysctls Tmpfs OomScoreAdj Dns DnsSearch DnsOptions Init Privileged ReadonlyRootfs ' +
  'GroupAdd Devices'
).split(' ');

describeLab('hashes on the labels', () => {
  let box: CoreBox;
  beforeAll(async () => {
    box = await openBox({ env: { CONTAINER: undefined, WORD: 'word' } });
  });
  afterAll(() => box[Symbol.asyncDispose]());

  /** `config --hash` of the CLI, by service. */
  const configHashes = async (stack: Stack): Promise<Record<string, string>> => {
    const lines = (await composeOf(stack, ['config', '--hash', '*'])).trim().split('\n');
    return Object.fromEntries(lines.map((line) => line.split(' ') as [string, string]));
  };

  it('are those of the CLI on the light stack', async () => {
    const project = box.project('light');
    const stack = await box.light(project, { LIGHT_PORT: String(await freePort()) });
    await stack.up({}, new Recorder());
    expect(await labelsOf(box.engine, project, LABEL.hash)).toEqual(await configHashes(stack));
    await stack.down({}, new Recorder());
  });

  it('are those of the CLI on a file with everything that this engine can do', async () => {
    const project = box.project('rich');
    const folder = path.join(box.folder, 'rich');
    for (const name of ['bound', 'short']) mkdirSync(path.join(folder, name), { recursive: true });
    const file = path.join(folder, 'compose.yaml');
    writeFileSync(file, RICH);
    writeFileSync(path.join(folder, 'own.env'), 'FROM_FILE="a b"\nNUMBER=2\n');
    writeFileSync(path.join(folder, 'own.conf'), 'own\n');
    writeFileSync(path.join(folder, '.env'), `CONTAINER=${project}-by-name\nWORD=word\n`);
    const stack = await box.stackFor({ files: [file], project });
    const cli = (...args: string[]): Promise<string> =>
      runWell('docker', ['compose', '--project-name', project, ...args], { cwd: folder });

    const made = async (): Promise<unknown> => factsOf(await inspectAll(box.engine, project));

    const io = new Recorder();
    await stack.up({}, io);
    expect(io.warnings).toEqual([]);
    const [ours, objects] = [await made(), await objectsOf(box.engine, project)];
    await cli('up', '--detach', '--yes');
    expect(await objectsOf(box.engine, project)).toEqual(objects);
    const left = [...(await anonymousVolumes(box.engine, project))];
    await cli('down');
    await cli('up', '--detach', '--wait', '--yes');
    expect(await made()).toEqual(ours);
    const after = new Recorder();
    await stack.up({}, after);
    expect(after.plans[0]!.steps).toEqual([]);
    left.push(...(await anonymousVolumes(box.engine, project)));
    await stack.down({}, new Recorder());
    for (const volume of left) await box.engine.volumes.remove(volume);
  });
});
