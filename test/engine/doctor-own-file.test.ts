// A user's own Compose file with everything in it that guides and habits bring along, on the engine: each fault is found,
// what a program can mend is mended, and with the file corrected as the doctor says nothing is left.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Stack, StackRef } from '../../main/stack/stack-types.ts';
import type { Finding } from '../../main/system/doctor-types.ts';
import { describeLab } from '../setup/lab.ts';
import { runWell } from './helpers/commands.ts';
import { freePort, openBox, type CoreBox } from './helpers/core-box.ts';
import { gateway } from './helpers/fake-provider.ts';
import { Recorder } from './helpers/recorder.ts';

/** A small image of the lab that no stack uses: one for another processor may take its name. */
const OTHER = 'lab/base:bookworm';

/** Answers as a V1 server does: its health, and the agents to whoever has the password where one is asked for. */
const SERVER = `
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.split("?")[0]
        asks = os.environ.get("SECURE") == "true" and path != "/v1/health/"
        self.send_response(401 if asks else 200 if path in ("/v1/health/", "/v1/agents/") else 404)
        self.end_headers()
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("0.0.0.0", 8283), Handler).serve_forever()
`;

const docker = (...args: string[]): Promise<string> => runWell('docker', args);

interface Variant {
  /** what the database and the server are published on */
  readonly address: string;
  readonly ports: readonly [server: number, db: number];
  readonly isSick: boolean;
}

function composeFile({ address, ports, isSick }: Variant): string {
  const invented =
    'ARCHIVAL_MEMORY_ENABLED RECALL_MEMORY_ENABLED FALLBACK_ENABLED CORE_MEMORY_LIMIT POOL_SIZE';
  const environment = {
    LETTA_REDIS_HOST: 'redis',
    LETTA_SERVER_PASSWORD: 'a-password-of-the-tests',
    LETTA_DISABLE_SQLALCHEMY_POOLING: 'false',
    E2B_DOMAIN: 'invalid',
    ...(isSick
      ? {
          ...Object.fromEntries(invented.split(' ').map((name) => [`LETTA_${name}`, '1'])),
          TOOL_EXEC_VENV_NAME: 'tools',
          TOOL_EXEC_DIR: '/tmp/tools',
          OLLAMA_BASE_URL: 'http://127.0.0.1:11434',
          VLLM_API_BASE: 'http://host.docker.internal:8283',
          E2B_API_KEY: 'e2b_0123456789abcdef',
        }
      : { SECURE: 'true', VLLM_API_BASE: `http://host.docker.internal:${ports[0]}` }),
  };
  return JSON.stringify({
    services: {
      db: {
        image: 'pgvector/pgvector:0.8.1-pg15',
        command: ['postgres', '-c', `max_connections=${isSick ? 20 : 60}`],
        environment: { POSTGRES_USER: 'letta', POSTGRES_PASSWORD: 'letta', POSTGRES_DB: 'letta' },
        ports: [`${isSick ? address : '127.0.0.1'}:${ports[1]}:5432`],
      },
      server: {
        image: 'lab/fake-provider:1',
        user: 'root',
        entrypoint: ['python3', '-c', SERVER],
        environment,
        ports: [`${address}:${ports[0]}:8283`],
        depends_on: ['db'],
        stop_grace_period: '1s',
        ...(!isSick && { extra_hosts: ['host.docker.internal:host-gateway'] }),
        healthcheck: {
          test: ['CMD', 'curl', '-fsS', `http://localhost:8283/${isSick ? 'health' : 'v1/health/'}`],
          interval: '1s',
          start_period: isSick ? '0s' : '10s',
          retries: 2,
        },
      },
      other: { image: OTHER, scale: 0 },
    },
    'x-letta-stack': {
      title: 'Own',
      summary: 'Own',
      version: '1',
      ...(isSick && { needs: { memory: '9000g' } }),
    },
  }).replaceAll('$', '$$$$');
}

describeLab("the doctor on a user's own file", () => {
  let box: CoreBox;
  let project: string;
  let file: string;
  let variant: Variant;
  let stack: Stack;
  const ref = (): StackRef => ({ files: [file], project, directory: box.folder });
  const examine = async (): Promise<ReadonlyMap<string, Finding>> =>
    new Map((await box.core.doctor({ ref: ref() })).map((f) => [f.id, f]));

  const ready = (): Promise<string> =>
    vi.waitFor(() => docker('exec', `${project}-db-1`, 'pg_isready', '-q', '-h', '127.0.0.1'), {
      timeout: 60_000,
      interval: 200,
    });

  beforeAll(async () => {
    box = await openBox();
    project = box.project('own');
    const folder = path.join(box.folder, 'own');
    mkdirSync(path.join(folder, '.letta', 'tool_execution_dir'), { recursive: true });
    file = path.join(folder, 'compose.yaml');
    variant = {
      address: await gateway(box.engine),
      ports: [await freePort(), await freePort()],
      isSick: true,
    };
    writeFileSync(file, composeFile(variant));
    stack = await box.core.stack(ref());
    // an image of nothing, for another processor
    const empty = { input: Buffer.alloc(1024).toString('latin1') };
    await runWell('docker', ['import', '--platform', 'linux/arm64', '-', OTHER], empty);
    // its health check asks for what the server does not have
    await expect(stack.up({}, new Recorder())).rejects.toThrow();
    // over TCP: the image's first, local-only server does not count
    await ready();
    // what asks has to make do with Python
    await docker('exec', `${project}-server-1`, 'mv', '/usr/bin/curl', '/usr/bin/curl.gone');
  });
  afterAll(() => box[Symbol.asyncDispose]());

  it('finds every fault', async () => {
    const findings = await examine();
    const told = [...findings.values()].filter((f) => f.status !== 'ok');
    const { address, ports } = variant;
    const expected: Record<string, readonly [Finding['status'], RegExp]> = {
      architecture: ['fail', /^other: .* is for arm64, and the engine's processor is /],
      memory: ['fail', /; the stack needs 9\d+\.\d GB$/],
      'stray-folder': ['warn', /\.letta was left by another Letta server/],
      'invented-variables': ['warn', /^(server: LETTA_\w+ does nothing: .*\n?){5}$/],
      'health-path': ['fail', /^server: its health check asks for \/health, and the server answers 404$/],
      services: ['warn', /^server fails its health check/],
      'tool-environment': [
        'fail',
        /^TOOL_EXEC_VENV_NAME is tools, and \/tmp\/tools\/tools of server cannot be used/,
      ],
      extensions: ['fail', /^db lacks vector and uuid-ossp$/],
      pool: ['fail', /^the server may open 35, db takes 17$/],
      password: ['fail', new RegExp(`^none is asked for at ${address}:${ports[0]}: whoever reaches`)],
      'published-store': [
        'fail',
        new RegExp(`^db: PostgreSQL can be reached at ${address}:${ports[1]} from`),
      ],
      'host-gateway': ['fail', /^server uses host\.docker\.internal and does not know it$/],
      providers: ['fail', /does not reach Ollama at http:\/\/127\.0\.0\.1:11434: in a container/],
      e2b: ['fail', /^server runs every tool at E2B and does not reach https:\/\/api\.invalid\/: /],
    };
    expect(Object.fromEntries(told.map((f) => [f.id, f.status]))).toEqual(
      expect.objectContaining(
        Object.fromEntries(Object.entries(expected).map(([id, [status]]) => [id, status])),
      ),
    );
    for (const [id, [, detail]] of Object.entries(expected)) expect(findings.get(id)?.detail).toMatch(detail);
    expect(told.filter((f) => f.fix === undefined)).toEqual([]);
    expect(Object.keys(expected).filter((id) => !findings.get(id)?.remedy)).toEqual([]);
    // the key is in the file: the one that is stored, which other stacks have, is none of its
    expect(findings.get('e2b')).toMatchObject({
      fix: expect.not.stringContaining('secrets unset'),
      remedy: { do: 'open-folder', folder: path.dirname(file) },
    });
    expect(JSON.stringify(told)).not.toMatch(/a-password-of-the-tests|e2b_0123456789abcdef/);
  });

  it.each(['extensions', 'tool-environment', 'architecture'])('%s: is mended', async (id) => {
    const look = () => box.core.doctor({ ref: ref(), only: [id] });
    expect(await look()).toMatchObject([{ status: 'fail', remedy: { do: 'repair' } }]);
    await box.core.repair({ ref: ref(), id, io: new Recorder() });
    expect(await look()).toMatchObject([{ status: 'ok' }]);
  });

  it('finds nothing in the file as the doctor wants it', async () => {
    variant = { ...variant, isSick: false };
    writeFileSync(file, composeFile(variant));
    expect((await stack.up({}, new Recorder({ answer: true }))).status).toBe('running');
    await ready();
    // the containers are new ones, and this file keeps nothing in volumes
    await box.core.repair({ ref: ref(), id: 'extensions', io: new Recorder() });
    const wrong = [...(await examine()).values()].filter((f) => f.status !== 'ok');
    expect(wrong.map((f) => [f.id, f.detail])).toEqual([['stray-folder', expect.any(String)]]);
  });
});
