import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEngine } from '../setup/lab.ts';
import { canary, SERVER, Workbench, type BoxOptions, type Ended } from './production-box.ts';

const secrets = {
  LETTA_PG_URI: `postgresql://letta:${canary()}@db:5432/letta`,
  LETTA_SERVER_PASSWORD: canary(),
  LETTA_ENCRYPTION_KEY: canary(),
};
const bundleOf = (values: object): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

describeEngine("the server's start script", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.open();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  /** The start script, with another command instead of the image's start. */
  const start = (command: readonly string[], options: Partial<BoxOptions> = {}): Promise<Ended> =>
    bench.run({
      image: SERVER,
      entrypoint: ['sh', '/letta-stack/server-start.sh'],
      command,
      ...options,
      files: { '/run/secrets/server': bundleOf(secrets), ...options.files },
    });

  it('exports the bundle as it is, and takes an empty variable for none', async () => {
    const odd = `a$HOME "b" 'c' \\n #d`;
    const { stdout, exitCode } = await start(
      ['sh', '-c', 'printf "%s\\n" "$ODD" "$LETTA_PG_URI" "${OLLAMA_BASE_URL-unset}" "${KEPT-unset}"'],
      {
        env: { OLLAMA_BASE_URL: '', KEPT: 'yes' },
        files: { '/run/secrets/server': `# a comment\n\n${bundleOf(secrets)}ODD=${odd}` },
      },
    );
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').slice(0, 4)).toEqual([odd, secrets.LETTA_PG_URI, 'unset', 'yes']);
  });

  it('names the file of a Google account only when there is one', async () => {
    const show = ['sh', '-c', 'echo "${GOOGLE_APPLICATION_CREDENTIALS-unset}"'];
    expect((await start(show)).stdout).toBe('unset\n');
    const file = '/run/secrets/google-credentials';
    expect((await start(show, { files: { [file]: '' } })).stdout).toBe('unset\n');
    expect((await start(show, { files: { [file]: '{}' } })).stdout).toBe(`${file}\n`);
  });

  it.each([
    [
      'a line that is none',
      `${bundleOf(secrets)}what is this\n`,
      'a line of /run/secrets/server is not NAME=value',
    ],
    ...Object.keys(secrets).map((name) => [
      `no ${name}`,
      bundleOf({ ...secrets, [name]: '' }),
      `${name} is not among the secrets`,
    ]),
  ])('refuses a bundle with %s', async (_, bundle, reason) => {
    const ended = await start(['true'], { files: { '/run/secrets/server': bundle ?? '' } });
    expect(ended).toEqual({ exitCode: 78, stdout: '', stderr: `letta-stack: ${reason}\n` });
  });

  const changed = (value: number): string =>
    [
      `FROM ${SERVER}`,
      `RUN echo "VALUE = ${value}" > /app/changed.py && touch -d @1700000000 /app/changed.py`,
    ].join('\n');
  const show = ['python3', '-c', 'import changed; print(changed.VALUE)'];
  const list = 'cd /var/cache/letta-stack && find . -name "changed*.pyc" | sort';

  it('never runs the code of an image that was replaced under its tag, equal in size and time', async () => {
    const cache = `${await bench.volume('replaced')}:/var/cache/letta-stack`;
    const under = (id: string) => ({ volumes: [cache], files: { '/etc/letta-stack/image-id': id } });
    const first = await bench.image('changed', changed(1));
    expect((await start(show, { image: first.ref, ...under(first.id) })).stdout).toBe('1\n');

    const second = await bench.image('changed', changed(2));
    expect(second.ref).toBe(first.ref);
    expect(second.id).not.toBe(first.id);
    // The danger is real: under the old id, Python takes the old byte code for the new file's.
    expect((await start(show, { image: second.ref, ...under(first.id) })).stdout).toBe('1\n');
    expect((await start(show, { image: second.ref, ...under(second.id) })).stdout).toBe('2\n');

    const left = await start(['sh', '-c', `python3 -c 'import changed' && ${list}`], {
      image: second.ref,
      ...under(second.id),
    });
    expect(left.stdout).toBe(`./${second.id.slice(7)}/app/changed.cpython-311.pyc\n`);
  });

  it('keeps byte code of one image over containers, and none without its id', async () => {
    const cache = `${await bench.volume('kept')}:/var/cache/letta-stack`;
    const { ref, id } = await bench.image('kept', changed(1));
    const prefix = ['python3', '-c', 'import sys, changed; print(sys.pycache_prefix, changed.__cached__)'];
    const without = await start(prefix, { image: ref, volumes: [cache] });
    expect(without.stdout).toBe('None /app/__pycache__/changed.cpython-311.pyc\n');
    expect(
      (await start(['sh', '-c', 'ls /var/cache/letta-stack'], { image: ref, volumes: [cache] })).stdout,
    ).toBe('');

    const options = { image: ref, volumes: [cache], files: { '/etc/letta-stack/image-id': `${id}\n` } };
    const folder = `/var/cache/letta-stack/${id.slice(7)}`;
    expect((await start(prefix, options)).stdout).toBe(`${folder} ${folder}/app/changed.cpython-311.pyc\n`);
  });

  it('looks for damaged byte code when the machine was restarted', async () => {
    const cache = `${await bench.volume('broken')}:/var/cache/letta-stack`;
    const { ref, id } = await bench.image('broken', changed(1));
    const options = { image: ref, volumes: [cache], files: { '/etc/letta-stack/image-id': id } };
    const folder = `/var/cache/letta-stack/${id.slice(7)}`;
    expect((await start(show, options)).stdout).toBe('1\n');

    // The danger is real: the header is whole, the code is not.
    const cut = `truncate -s 30 ${folder}/app/changed.cpython-311.pyc`;
    const damaged = await start(['sh', '-c', `${cut}; exec python3 -c 'import changed'`], options);
    expect(damaged.stderr).toContain('marshal data too short');

    const restarted = `echo another >${folder}/boot; touch ${folder}/whole`;
    expect((await start(['sh', '-c', restarted], options)).exitCode).toBe(0);
    expect((await start(show, options)).stdout).toBe('1\n');
    expect((await start(['ls', `${folder}/whole`], options)).exitCode).toBe(0);
  });
});
