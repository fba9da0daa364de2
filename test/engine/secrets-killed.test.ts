// kill -9 at exact requests of an `up` that makes secrets: none is lost, and none is made twice.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab, theEngine } from '../setup/lab.ts';
import { lettaStack } from './helpers/commands.ts';
import { freePort, LIGHT_FILE, openBox, type CoreBox } from './helpers/core-box.ts';
import { openProxy } from './helpers/engine-proxy.ts';
import { enters, NAMES, opens } from './helpers/light-secrets.ts';
import { objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';

describeLab('an up that is killed', () => {
  let box: CoreBox;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    box = await openBox({ env: { LIGHT_PORT: String(port) } });
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const objects = (project: string) => objectsOf(box.engine, project);
  /** An `up` of the terminal that is killed before its first request of this kind gets to the engine. */
  async function killedAt(project: string, request: RegExp): Promise<void> {
    await using proxy = await openProxy(theEngine().host);
    let pid = 0;
    proxy.before = async ({ method, url }) => {
      if (!request.test(`${method} ${url}`)) return;
      process.kill(pid, 'SIGKILL');
      throw new Error('cut off');
    };
    const ended = await lettaStack(['up', '--file', LIGHT_FILE, '--project', project, '--host', proxy.url], {
      home: box.home,
      env: { LIGHT_PORT: String(port) },
      onPid: (id) => (pid = id),
    });
    if (ended.code !== null) throw new Error(`it ended by itself: ${ended.stderr}`);
  }

  it.each([
    ['between the store and the volume', 'store', /^POST .*\/volumes\/create/, { volumes: 0, containers: 0 }],
    [
      'between the volume and the containers',
      'volume',
      /^POST .*\/containers\/create/,
      { volumes: 1, containers: 0 },
    ],
    ['before the first start', 'start', /^POST .*\/containers\/[^/]+\/start/, { volumes: 1, containers: 3 }],
    ['while the files are put in', 'files', /^PUT .*\/archive/, { volumes: 1, containers: 3 }],
  ])('%s converges with the next one, with the same secrets', async (_, name, request, left) => {
    const project = box.project(name);
    const stack = await box.stackFor({ files: [LIGHT_FILE], project });
    await killedAt(project, request);

    const there = await objects(project);
    expect(Object.keys(there.volumes).length).toBe(left.volumes);
    expect(Object.keys(there.containers).length).toBeLessThanOrEqual(left.containers);
    const store = await box.core.secretStore();
    const values = await Promise.all(NAMES.map((n) => store.get({ scope: project, name: n })));
    for (const value of values) expect(value).toMatch(/^[A-Za-z0-9]{32}$/);

    const io = new Recorder();
    expect((await stack.up({}, io)).status).toBe('running');
    expect(io.asked).toEqual([]);
    expect(await Promise.all(NAMES.map((n) => store.get({ scope: project, name: n })))).toEqual(values);
    expect((await objects(project)).volumes).toMatchObject(there.volumes);
    expect(await enters(stack, values[0]!)).toBe(true);
    expect(await opens(port, values[1]!)).toBe(true);
    await stack.down({}, new Recorder());
  });
});
