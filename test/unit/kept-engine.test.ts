import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Live } from '../../main/desktop/live.ts';
import type { Endpoint, Engine } from '../../main/docker/port.ts';
import { failure } from '../../main/errors.ts';
import { KeptEngine } from '../../main/kept-engine.ts';
import { coreHome } from './helpers/core.ts';

/** Engines of which a test says which is meant, and what becomes of each. */
class Rig {
  setting: string | undefined;
  meant: string | undefined = 'a';
  readonly became: string[] = [];
  readonly kept = new KeptEngine({
    setting: async () => this.setting,
    meant: async () => {
      if (this.meant === undefined) throw failure('engine.not-installed', { tried: [], platform: 'linux' });
      return { url: this.meant, source: 'test', local: true };
    },
    connect: async (endpoint: Endpoint) => {
      const told = (what: string) => () => void this.became.push(`${endpoint.url} ${what}`);
      told('connected')();
      return { endpoint, release: told('released'), close: told('closed') } as unknown as Engine;
    },
  });

  url = async (engine: Promise<Engine>): Promise<string> => (await engine).endpoint.url;
}

describe('the engine', () => {
  it('is connected once, however often and by whomever it is asked for', async () => {
    const { kept, became } = new Rig();
    await Promise.all([kept.get(), kept.get(), kept.anew()]);
    expect(await kept.anew()).toBe(await kept.get());
    expect(became).toEqual(['a connected']);
  });

  it('stays the same for one command, and is another for who asks anew; the one before is let go', async () => {
    const rig = new Rig();
    await rig.kept.get();
    rig.meant = 'b';
    expect(await rig.url(rig.kept.get())).toBe('a');
    expect(await rig.url(rig.kept.anew())).toBe('b');
    expect(await rig.url(rig.kept.get())).toBe('b');
    expect(rig.became).toEqual(['a connected', 'a released', 'b connected']);
    rig.kept.close();
    await vi.waitFor(() => expect(rig.became.at(-1)).toBe('b closed'));
  });

  it('is connected anew after the computer slept, whether or not the connection of before was made', async () => {
    const rig = new Rig();
    await rig.kept.get();
    rig.kept.letGo();
    await rig.kept.get();
    await vi.waitFor(() => expect(rig.became).toEqual(['a connected', 'a released', 'a connected']));
  });

  it('is another when the setting is, and the one before is let go', async () => {
    const rig = new Rig();
    await rig.kept.get();
    rig.setting = rig.meant = 'c';
    expect(await rig.url(rig.kept.get())).toBe('c');
    expect(rig.became).toEqual(['a connected', 'a released', 'c connected']);
  });

  it('is none while none is found, with the reason, and found when it is there', async () => {
    const rig = new Rig();
    await rig.kept.get();
    rig.meant = undefined;
    await expect(rig.kept.anew()).rejects.toThrow(/No container engine was found/);
    expect(rig.became.at(-1)).toBe('a released');
    rig.meant = 'a';
    expect(await rig.url(rig.kept.get())).toBe('a');
  });
});

/** An engine without containers at a socket in this folder, and a context of that name. */
async function engineAt(config: string, name: string): Promise<{ url: string; close: () => void }> {
  const answers: Record<string, unknown> = {
    '/_ping': 'OK',
    '/version': { Version: '28.5.0', ApiVersion: '1.51', MinAPIVersion: '1.24', Os: 'linux', Arch: 'amd64' },
    '/info': { ID: name, Name: name, OperatingSystem: 'Debian', SecurityOptions: [], Runtimes: {} },
    '/containers/json': [],
  };
  const server = http.createServer((request, response) => {
    const asked = new URL(request.url ?? '', 'http://engine').pathname.replace(/^\/v[\d.]+/, '');
    if (asked === '/events') response.writeHead(200).flushHeaders();
    else if (asked in answers) response.end(JSON.stringify(answers[asked]));
    else response.writeHead(404).end('{}');
  });
  const socket = path.join(config, `${name}.sock`);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(close);
  const meta = path.join(config, 'contexts/meta', createHash('sha256').update(name).digest('hex'));
  mkdirSync(meta, { recursive: true });
  const url = `unix://${socket}`;
  writeFileSync(
    path.join(meta, 'meta.json'),
    JSON.stringify({ Name: name, Endpoints: { docker: { Host: url } } }),
  );
  return { url, close };
}

/** As `docker context use` does: the file is replaced. */
function use(config: string, context: string): void {
  const file = path.join(config, 'config.json');
  writeFileSync(`${file}1`, JSON.stringify({ currentContext: context }));
  renameSync(`${file}1`, file);
}

describe('the app, when Docker’s current context is switched', () => {
  it.each<[what: string, isGone: boolean]>([
    ['shows the other engine within two seconds', false],
    ['shows it although the engine before is gone', true],
  ])('%s', async (_what, isGone) => {
    const config = mkdtempSync(path.join(tmpdir(), 'letta-docker-'));
    onTestFinished(() => rmSync(config, { recursive: true }));
    const [one, two] = await Promise.all([engineAt(config, 'one'), engineAt(config, 'two')]);
    use(config, 'one');
    const home = coreHome({ DOCKER_CONFIG: config }, { findsEngine: true });
    const file = path.join(home.folder, 'compose.yaml');
    writeFileSync(file, 'services: { web: { image: "app:1" } }');
    const stacks = { p: { files: [file], variables: {} } };
    writeFileSync(home.settingsFile, JSON.stringify({ version: 1, current: 'p', stacks }));
    const core = home.core();
    const live = new Live({ core, seen: () => {} });
    const running = live.run();
    const shows = (url: string, ms: number): Promise<void> =>
      vi.waitFor(
        () => expect(live.snapshot).toMatchObject({ isCurrent: true, engine: { reachable: true, url } }),
        { timeout: ms, interval: 10 },
      );
    await shows(one.url, 5_000);
    if (isGone) {
      one.close();
      await vi.waitFor(() => expect(live.snapshot.engine.reachable).toBe(false), 5_000);
    }
    use(config, 'two');
    await shows(two.url, 2_000);
    expect(live.snapshot.engine.source).toBe('context two');
    expect((await core.engine()).endpoint.url).toBe(two.url);
    live.close();
    await running;
    core.close();
  });

  it('hears of it where there was no config before, and of nothing else that is written there', async () => {
    const config = path.join(coreHome().folder, 'docker');
    const core = coreHome({ DOCKER_CONFIG: config }, { findsEngine: true }).core();
    let heard = 0;
    const stop = core.watchContext(() => (heard += 1));
    onTestFinished(stop);
    await core.engineMeant().catch(() => undefined); // by then the context was read, too
    mkdirSync(config);
    use(config, 'one');
    await vi.waitFor(() => expect(heard).toBe(1), 5_000);
    writeFileSync(path.join(config, 'config.json'), '{ "currentContext": "one", "auths": {} }');
    use(config, 'two');
    await vi.waitFor(() => expect(heard).toBe(2), 5_000);
  });
});
