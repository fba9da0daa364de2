import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEngine } from '../setup/lab.ts';
import { canary, SERVER, Workbench } from './production-box.ts';

/** Prints secrets in every way that a program has, then dies as it is told. */
const PROGRAM = String.raw`
import base64, json, logging, os, subprocess, sys, threading
ways = {line.split("=", 1)[0]: line.rstrip("\n").split("=", 1)[1] for line in open("/run/secrets/server")}
password, uri = ways["LETTA_SERVER_PASSWORD"], ways["LETTA_PG_URI"]
account = open("/run/secrets/google-credentials").read()
print("print", password, uri)
print(f"no line end {password}", end="")
print()
print("error stream", password, file=sys.stderr)
sys.stdout.write("write " + password + "\n")
sys.stdout.writelines(["writelines ", password, "\n"])
sys.stdout.buffer.write(b"buffer " + password.encode() + b"\n")
sys.__stdout__.write("dunder " + password + "\n")
print("other driver", uri.replace("postgresql", "postgresql+pg8000"))
print("repr", repr({"password": password}))
print("key line", json.loads(account)["private_key"].splitlines()[1])
print("whole account", json.loads(account))
logging.basicConfig(stream=sys.stdout, level=logging.INFO)
logging.info("logging %s", password)
import click
click.echo("click " + password)
subprocess.run([sys.executable, "-c", "import sys; print('child', sys.argv[1])", password])
for number in range(20000):
    print(f"line {number} ü {password}")
threads = [threading.Thread(target=print, args=(f"thread {n} {password}",)) for n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.stdout.write("last words " + password)
if sys.argv[1] == "raise": raise RuntimeError("failed with " + uri)
if sys.argv[1] == "exit": os._exit(3)
os.kill(os.getpid(), 9)
`;

describeEngine('what Python prints in the server container', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.open();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  const password = `p.${canary()}`;
  const database = canary();
  const key = canary();
  const provider = `sk-${canary()}`;
  const account = JSON.stringify(
    {
      type: 'service_account',
      private_key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
    },
    undefined,
    1,
  );
  const files = {
    '/run/secrets/server': [
      `LETTA_PG_URI=postgresql://letta:${database}@db:5432/letta`,
      `LETTA_SERVER_PASSWORD=${password}`,
      `OPENAI_API_KEY=${provider}`,
      'EMPTY=',
      '',
    ].join('\n'),
    '/run/secrets/google-credentials': account,
    '/program.py': PROGRAM,
  };
  const run = (end: string) =>
    bench.run({
      image: SERVER,
      // not as process 1, which cannot be killed from inside
      entrypoint: ['sh', '-c', `python3 /program.py ${end}; exit $?`],
      env: { PYTHONPATH: '/letta-stack/python', PYTHONUNBUFFERED: '1' },
      files,
    });

  it.each([
    ['ends by an error', 'raise', 1],
    ['leaves at once', 'exit', 3],
    ['is killed', 'kill', 137],
  ])('has no secret in it and nothing missing when it %s', async (_, end, exitCode) => {
    const ended = await run(end);
    expect(ended.exitCode).toBe(exitCode);
    const lines = ended.stdout.split('\n');
    const shown = [...lines, ...ended.stderr.split('\n')].filter((line) =>
      [password, database, key, provider].some((secret) => line.includes(secret)),
    );
    expect(shown).toEqual([]);
    expect(lines.slice(0, 12)).toEqual([
      'print [secret] postgresql://letta:[secret]@db:5432/letta',
      'no line end [secret]',
      'write [secret]',
      'writelines [secret]',
      'buffer [secret]',
      'dunder [secret]',
      'other driver postgresql+pg8000://letta:[secret]@db:5432/letta',
      "repr {'password': '[secret]'}",
      'key line [secret]',
      expect.stringMatching(/^whole account .*\[secret\]/) as string,
      'INFO:root:logging [secret]',
      'click [secret]',
    ]);
    expect(lines[12]).toBe('child [secret]');
    expect(lines.filter((line) => /^line \d+ ü \[secret\]$/.test(line))).toHaveLength(20_000);
    // threads print text and line end apart, as without us
    expect(ended.stdout.match(/thread \d \[secret\]/g)).toHaveLength(8);
    expect(ended.stdout.endsWith('last words [secret]')).toBe(true);
    expect(ended.stderr).toContain('error stream [secret]');
    if (end === 'raise') {
      expect(ended.stderr).toMatch(
        /RuntimeError: failed with postgresql:\/\/letta:\[secret\]@db:5432\/letta\n$/,
      );
    }
  });

  it('leaves the streams as they are where there are no secrets', async () => {
    const ended = await bench.run({
      image: SERVER,
      entrypoint: ['python3', '-c', 'import sys; print(type(sys.stdout.buffer).__name__, "abc")'],
      env: { PYTHONPATH: '/letta-stack/python' },
    });
    expect(ended).toEqual({ exitCode: 0, stdout: 'BufferedWriter abc\n', stderr: '' });
  });
});
