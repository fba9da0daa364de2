import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectEngine } from '../../main/docker/connect.ts';
import type { Engine } from '../../main/docker/port.ts';
import { describeEngine, theEngine } from '../setup/lab.ts';
import { codesOf, removeTestObjects, TEST_IMAGE, testPrefix } from './real-engine.ts';
import { startSshServer, whyNoSshServer, type SshServer } from './ssh-server.ts';

const reason = await whyNoSshServer();
if (reason !== undefined) console.warn(`skipped: ssh:// with a real sshd (${reason})`);

describeEngine('an engine behind a real sshd', () => {
  describe.skipIf(reason !== undefined)('ssh://', () => {
    const { prefix, labels, filters } = testPrefix();
    let server: SshServer;
    let engine: Engine;
    const connect = (url: string): Promise<Engine> => connectEngine({ url, source: 'test', local: false });

    beforeAll(async () => {
      // The far side's docker finds its engine by itself, as on a machine that has one.
      server = await startSshServer({ PATH: process.env['PATH'] ?? '', DOCKER_HOST: theEngine().host });
      vi.stubEnv('PATH', `${server.bin}:${process.env['PATH']}`);
      engine = await connect(`ssh://root@127.0.0.1:${server.port}`);
    });
    afterAll(async () => {
      await removeTestObjects(engine, filters);
      engine.close();
      vi.unstubAllEnvs();
      await server[Symbol.asyncDispose]();
    });

    test('a container lives, an exec has input and output, events come', async () => {
      const actions: string[] = [];
      const controller = new AbortController();
      const connected = Promise.withResolvers<void>();
      const listening = (async () => {
        for await (const item of engine.events(filters, controller.signal))
          if (item.kind === 'connected') connected.resolve();
          else if (item.kind === 'event') actions.push(item.event.Action);
      })();
      await connected.promise;
      const { Id } = await engine.containers.create(`${prefix}-1`, {
        Image: TEST_IMAGE,
        Labels: labels,
        HostConfig: {},
        NetworkingConfig: { EndpointsConfig: {} },
      });
      await engine.containers.start(Id);
      const big = 'x'.repeat(1_000_000);
      const { exitCode, stdout } = await engine.containers.exec(Id, { cmd: ['cat'], stdin: big });
      expect([exitCode, stdout === big]).toEqual([0, true]);
      await engine.containers.remove(Id, { force: true, volumes: true });
      await expect.poll(() => actions).toContain('destroy');
      controller.abort();
      await listening;
    });

    test('many requests at once are all answered, beside streams that stay open', async () => {
      const other = await connect(`ssh://root@127.0.0.1:${server.port}`);
      const controller = new AbortController();
      const streams = Array.from({ length: 8 }, () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        const read = (async () => {
          for await (const item of other.events(filters, controller.signal))
            if (item.kind === 'connected') resolve();
        })();
        return { connected: promise, read };
      });
      await Promise.all(streams.map((s) => s.connected));
      // sshd would drop some of so many that come at once, and a request took seconds before it was sent
      const began = performance.now();
      const lists = Array.from({ length: 40 }, () => other.containers.list(filters));
      expect(await Promise.all(lists)).toHaveLength(40);
      expect(performance.now() - began).toBeLessThan(20_000);
      controller.abort();
      await Promise.all(streams.map((s) => s.read));
      other.close();
    });

    test('the engine’s socket may be named in the address; paths of ours mean nothing there', async () => {
      const socket = theEngine().host.replace(/^unix:\/\//, '');
      const other = await connect(`ssh://root@127.0.0.1:${server.port}${socket}`);
      expect(other.info.id).toBe(engine.info.id);
      expect(other.endpoint.local).toBe(false);
      expect(other.capabilities.hostPaths).toBe(false);
      other.close();
    });

    test.each([
      ['nobody listens', () => 'ssh://root@127.0.0.1:1', /Connection refused/],
      ['the user is refused', () => `ssh://nobody@127.0.0.1:${server.port}`, /Permission denied/],
      ['the host is not known', () => `ssh://root@localhost:${server.port}`, /Host key verification failed/],
      [
        'the engine there is gone',
        () => `ssh://root@127.0.0.1:${server.port}/run/letta-stack-no-engine.sock`,
        /no such file or directory|cannot connect|failed to connect/i,
      ],
    ])('%s: what ssh says is the reason', async (_name, url, said) => {
      await expect(connect(url())).rejects.toMatchObject({
        errors: [{ code: 'engine.ssh', data: { reason: expect.stringMatching(said) as string } }],
      });
    });

    test('closing ends the streams and every ssh process', async () => {
      const before = await sshProcesses(server.bin);
      const other = await connect(`ssh://root@127.0.0.1:${server.port}`);
      for await (const item of other.events(filters, new AbortController().signal)) {
        expect(item.kind).toBe('connected');
        expect(await sshProcesses(server.bin)).toBeGreaterThan(before);
        // more than are begun at once: none of them is begun any more
        const lists = Array.from({ length: 20 }, () => codesOf(other.containers.list(filters)));
        other.close();
        expect(new Set((await Promise.all(lists)).flat())).toEqual(new Set(['engine.connection-lost']));
      }
      await expect.poll(() => sshProcesses(server.bin)).toBe(before);
    });
  });
});

/** How many `ssh` run with the config file beside that folder. */
async function sshProcesses(bin: string): Promise<number> {
  const config = path.join(path.dirname(bin), 'ssh_config');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return commands.filter((c) => c.includes(config)).length;
}
