// What is wrong with the machine or its engine, for real, as `letta-stack doctor` finds it.
import { chmodSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding } from '../../main/system/doctor-types.ts';
import { describeLab, theEngine } from '../setup/lab.ts';
import { run, runWell } from './helpers/commands.ts';
import { unpackPackages } from './helpers/debian-packages.ts';
import { openBox, ROOT, type CoreBox } from './helpers/core-box.ts';
import { openProxy } from './helpers/engine-proxy.ts';
import { idle } from './helpers/services.ts';

const BIN = path.join(ROOT, 'main', 'bin.ts');
/** Root without its right to pass over permissions: an owner like any other. */
const WITHOUT_OVERRIDE = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'];

describeLab('the doctor on a machine with a fault', () => {
  let box: CoreBox;
  beforeAll(async () => {
    box = await openBox();
  });
  afterAll(() => box[Symbol.asyncDispose]());

  interface Asked {
    readonly only: string;
    /** undefined: that of the tests; null: none is named */
    readonly host?: string | null;
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly home?: string;
    readonly more?: readonly string[];
    /** in front of the program */
    readonly by?: readonly string[];
  }
  async function findings({
    only,
    host,
    env,
    home,
    more = [],
    by = [],
  }: Asked): Promise<[number, Finding[]]> {
    const named = host === null ? [] : ['--host', host ?? theEngine().host];
    const call = ['doctor', '--only', only, ...named, '--format', 'json', ...more];
    const [program = '', ...args] = [...by, process.execPath, BIN, ...call];
    const { code, stdout, stderr } = await run(program, args, {
      env: { ...env, LETTA_STACK_HOME: home ?? box.home },
      cwd: box.folder,
    });
    expect(stdout, stderr).toMatch(/^\[/);
    return [code ?? -1, JSON.parse(stdout) as Finding[]];
  }

  it('finds a user who may not talk to the engine', async () => {
    const socket = path.join(box.folder, 'engine.sock');
    const server = createServer((_, response) => void response.end());
    await listening(server, socket);
    chmodSync(socket, 0o000);
    const [code, found] = await findings({
      only: 'engine',
      host: `unix://${socket}`,
      by: WITHOUT_OVERRIDE,
    });
    expect(code).toBe(3);
    expect(found).toMatchObject([
      {
        status: 'fail',
        code: 'engine.permission-denied',
        detail: `This user may not talk to the container engine at unix://${socket}`,
        fix: expect.stringContaining('usermod -aG docker'),
      },
    ]);
    server.close();
  });

  it('finds an engine that is not running, and one that is too old', async () => {
    const gone = await findings({ only: 'engine', host: `unix://${box.folder}/none.sock` });
    expect(gone).toMatchObject([3, [{ status: 'fail', code: expect.stringMatching(/^engine\.not-/) }]]);

    // none of that age can be installed any more: this is no engine, it only has the age of one
    const old = createServer((_, response) => {
      response.writeHead(200, { 'Api-Version': '1.39', 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ ApiVersion: '1.39', MinAPIVersion: '1.12', Version: '18.09.9' }));
    });
    const socket = path.join(box.folder, 'old.sock');
    await listening(old, socket);
    const [code, found] = await findings({ only: 'engine', host: `unix://${socket}` });
    expect(code).toBe(3);
    expect(found).toMatchObject([
      { status: 'fail', code: 'engine.api-too-old', detail: expect.stringContaining('1.39') },
    ]);
    old.close();
  });

  it('finds that another engine is meant than the one that answers', async () => {
    const config = path.join(box.folder, 'docker');
    mkdirSync(config);
    await using proxy = await openProxy(theEngine().host);
    const env = { DOCKER_CONFIG: config, DOCKER_HOST: undefined, DOCKER_CONTEXT: undefined };
    await runWell('docker', ['context', 'create', 'other', '--docker', `host=${proxy.url}`], { env });

    const both = { ...env, DOCKER_HOST: theEngine().host, DOCKER_CONTEXT: 'other' };
    expect(await findings({ only: 'which-engine', host: null, env: both })).toMatchObject([
      0,
      [
        {
          status: 'warn',
          detail: expect.stringMatching(/^DOCKER_HOST=\S+ wins over DOCKER_CONTEXT=other; /),
        },
      ],
    ]);

    await runWell('docker', ['context', 'use', 'other'], { env });
    const home = path.join(box.folder, 'with-setting');
    const set = ['settings', 'set', 'engine', theEngine().host];
    await runWell(process.execPath, [BIN, ...set], { env: { ...env, LETTA_STACK_HOME: home } });
    expect(await findings({ only: 'which-engine', host: null, env, home })).toMatchObject([
      0,
      [
        {
          status: 'warn',
          detail: expect.stringContaining(`the docker command here speaks to ${proxy.url}`),
        },
      ],
    ]);
  });

  it('finds a disk that is full where our own folders are', async () => {
    const home = path.join(box.folder, 'small');
    mkdirSync(home);
    await runWell('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'letta-stack-test', home]);
    try {
      expect(await findings({ only: 'disk', home })).toMatchObject([
        1,
        [
          {
            status: 'fail',
            detail: expect.stringContaining(`MB free at ${home}/`),
            remedy: { do: 'open-folder', folder: expect.stringContaining(home) },
          },
        ],
      ]);
    } finally {
      await runWell('umount', [home]);
    }
  });

  it('finds a machine with too little memory for the stack', async () => {
    const file = path.join(box.folder, 'large.yaml');
    const block = { title: 'Large', summary: 'A large one', version: '1', needs: { memory: '900g' } };
    writeFileSync(
      file,
      JSON.stringify({ name: box.project('large'), services: { app: idle }, 'x-letta-stack': block }),
    );
    expect(await findings({ only: 'memory', more: ['--file', file] })).toMatchObject([
      1,
      [
        {
          status: 'fail',
          detail: expect.stringMatching(/^the engine has [\d.]+ GB; the stack needs 966\.4 GB$/),
          remedy: { do: 'open-card', card: 'stack' },
        },
      ],
    ]);
  });

  it('finds a clock that is wrong', async () => {
    const root = await unpackPackages(box.folder, 'libfaketime');
    const [library = ''] = globSync('usr/lib/*/faketime/libfaketime.so.1', { cwd: root });
    // the whole program has another time than the engine; how long something takes is as it was
    const at = (shift: string): Promise<[number, Finding[]]> =>
      findings({
        only: 'clock',
        env: {
          LD_PRELOAD: path.join(root, library),
          FAKETIME: shift,
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
        },
      });
    expect(await at('+0')).toMatchObject([0, [{ status: 'ok' }]]);
    expect(await at('+90s')).toMatchObject([
      0,
      [{ status: 'warn', detail: "it is 90 s behind this computer's", remedy: { do: 'copy' } }],
    ]);
    expect(await at('-1h')).toMatchObject([
      1,
      [{ status: 'fail', detail: "it is 60 min ahead of this computer's" }],
    ]);
  });
});

const listening = (server: Server, socket: string): Promise<void> =>
  new Promise((resolve) => {
    server.listen(socket, resolve);
  });
