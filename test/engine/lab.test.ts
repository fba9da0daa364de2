// The lab does what the other tests rely on: real contents behind the profiles' tags, faults on demand, a keychain in
// each state, and nothing left behind.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { currentLab, describeLab, freshLab, type LabHandle } from '../setup/lab.ts';

function docker(env: Record<string, string>, ...args: string[]): string {
  return execFileSync('docker', args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** The standard error of a docker command that fails. */
function dockerError(env: Record<string, string>, ...args: string[]): string {
  try {
    docker(env, ...args);
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
  throw new Error(`docker ${args.join(' ')} succeeded`);
}

describeLab('the lab', () => {
  describe('images', () => {
    const contents = async (image: string) =>
      docker(
        await currentLab().env(),
        'image',
        'inspect',
        '-f',
        '{{index .Config.Labels "letta-stack.lab.contents"}}',
        image,
      );

    it.each([
      [
        'pgvector/pgvector:0.8.1-pg15',
        'PostgreSQL 15 of Debian 12 with pgvector 0.8.0',
        ['postgres', '--version'],
        / 15\./,
      ],
      ['redis:7.4-alpine', 'Redis 7.0 of Debian 12', ['redis-server', '--version'], /v=7\.0/],
      ['nginx:1.27-alpine', 'nginx 1.22 of Debian 12', ['sh', '-c', 'nginx -v 2>&1'], /1\.22/],
      [
        'letta/letta:0.16.8',
        'The letta 0.16.8 package',
        ['sh', '-c', 'ls .venv/lib/python3.11/site-packages'],
        /letta-0\.16\.8/,
      ],
      [
        'letta/letta:0.16.7',
        'The letta 0.16.7 package',
        ['sh', '-c', 'ls .venv/lib/python3.11/site-packages'],
        /letta-0\.16\.7/,
      ],
    ])('%s says truly what is inside', async (image, label, command, found) => {
      expect(await contents(image)).toContain(label);
      const [program = '', ...args] = command;
      const env = await currentLab().env();
      expect(docker(env, 'run', '--rm', '--entrypoint', program, image, ...args)).toMatch(found);
    });

    it('Letta carries no byte code, as the real image does not', async () => {
      // One file comes with the wheel of numpy, in the real image too.
      const find = 'find /app -name "*.pyc" -not -path "*/numpy/distutils/*"';
      const env = await currentLab().env();
      expect(docker(env, 'run', '--rm', '--entrypoint', 'sh', 'letta/letta:0.16.8', '-c', find)).toBe('');
    });
  });

  describe('registry', () => {
    let lab: LabHandle | undefined;
    afterEach(async () => {
      await lab?.[Symbol.asyncDispose]();
    });

    it('answers as real registries do, with faults set while it runs', async () => {
      lab = await freshLab('registry');
      const env = await lab.env();
      expect(dockerError(env, 'pull', 'redis:99')).toContain('manifest unknown');
      expect(dockerError(env, 'pull', 'nope/nope')).toContain('pull access denied for nope/nope');

      await lab.registry.set({ fail: [{ match: 'manifests', status: 429 }] });
      expect(dockerError(env, 'pull', 'redis:7.4-alpine')).toContain('toomanyrequests');

      await lab.registry.set({ fail: [{ match: 'redis/blobs', corrupt: true }] });
      expect(dockerError(env, 'pull', 'redis:7.4-alpine')).toMatch(/verification failed|filesystem layer/);

      await lab.registry.set({ fail: [], refuse: ['registry-1.docker.io'] });
      expect(dockerError(env, 'pull', 'redis:7.4-alpine')).toContain('registry-1.docker.io');

      await lab.registry.set({ refuse: [], auth: { 'private.lab.test': 'user:word' } });
      expect(dockerError(env, 'pull', 'private.lab.test/library/redis:7.4-alpine')).toMatch(
        /no basic auth|authentication required/,
      );

      await lab.registry.reset();
      docker(env, 'pull', '-q', 'redis:7.4-alpine');
      docker(env, 'pull', '-q', 'private.lab.test/library/redis:7.4-alpine');
      expect((await lab.registry.get()).transfers).toBe(0);
    });
  });

  describe('keychain', () => {
    // A bus address is fixed for a process's life in the keyring's library, so the entry is asked in a child.
    const ask = async (lab: LabHandle): Promise<string> => {
      const program = `
        import { AsyncEntry } from '@napi-rs/keyring';
        try {
          const entry = new AsyncEntry('letta-stack-lab-test', 'name', { linux: { store: 'secret-service' } });
          await entry.setPassword('value');
          console.log(await entry.getPassword());
        } catch (error) {
          console.log(error.message);
        }`;
      return execFileSync(process.execPath, ['--input-type=module', '-e', program], {
        env: { ...process.env, ...(await lab.env()) },
        encoding: 'utf8',
      }).trim();
    };

    it('answers unlocked, and refuses in three different ways', async () => {
      await using lab = await freshLab('keychain');
      expect(await ask(lab)).toBe('value');
      const state = process.env['XDG_STATE_HOME'] ?? path.join(os.homedir(), '.local', 'state');
      const file = path.join(state, 'letta-stack-lab', lab.name, 'keyring-password');
      expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{48}$/);
      expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
      await lab.keychain('locked');
      expect(await ask(lab)).toContain('unlock prompt was dismissed');
      await lab.keychain('empty');
      expect(await ask(lab)).toContain('no result found');
      await lab.keychain('absent');
      expect(await ask(lab)).toContain('org.freedesktop.secrets was not provided');
      await lab.keychain('stop');
      expect(await ask(lab)).toMatch(/No such file|DBus error|connect/);
      await lab.keychain('unlocked');
      expect(await ask(lab)).toBe('value');
    });
  });

  describe('engine', () => {
    it('is killed and comes back with its containers, and leaves nothing behind', async () => {
      const lab = await freshLab('killed', { images: ['redis'] });
      const env = await lab.env();
      docker(env, 'run', '-d', '--name', 'kept', '--restart', 'always', 'redis:7.4-alpine');
      docker(env, 'network', 'create', 'extra');
      await lab.kill();
      expect(dockerError(env, 'ps')).toContain('Cannot connect');
      await lab.restart();
      expect(docker(env, 'ps', '-a', '--format', '{{.Names}}')).toBe('kept');
      const run = `/run/letta-stack-lab/${lab.name}`;
      const tasks = `${run}/x/containerd/daemon/io.containerd.runtime.v2.task/moby`;
      const shims = readdirSync(tasks).map((id) => {
        const { address } = JSON.parse(readFileSync(`${tasks}/${id}/bootstrap.json`, 'utf8')) as {
          address: string;
        };
        return address.replace('unix://', '');
      });
      expect(shims).toHaveLength(1);
      expect(shims.map((socket) => existsSync(socket))).toEqual([true]);
      await lab.kill();
      await lab[Symbol.asyncDispose]();

      expect(existsSync(run)).toBe(false);
      expect(shims.map((socket) => existsSync(socket))).toEqual([false]);
      expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(`/${lab.name}/`);
      const commands = readdirSync('/proc')
        .filter((pid) => /^\d+$/.test(pid) && existsSync(`/proc/${pid}/cmdline`))
        .map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      expect(commands.filter((line) => line.includes(`${run}/`))).toEqual([]);
    });

    it('of Debian 12 is Docker 20.10 with API 1.41', async () => {
      await using lab = await freshLab('old', { suite: 'bookworm', images: ['redis'] });
      const env = await lab.env();
      expect(docker(env, 'version', '-f', '{{.Server.APIVersion}}')).toBe('1.41');
      docker(env, 'run', '--rm', '--entrypoint', 'true', 'redis:7.4-alpine');
    });

    it('has a disk that can be full', async () => {
      await using lab = await freshLab('full', { dataSize: '100m' });
      expect(dockerError(await lab.env(), 'pull', 'redis:7.4-alpine')).toContain('no space left on device');
    });
  });
});
