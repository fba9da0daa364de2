import type { Stack } from '../../../main/stack/stack-types.ts';

export interface Query {
  readonly user: string;
  readonly database: string;
  readonly sql: string;
  /** over TCP with this password; absent: the image's own user over the local socket */
  readonly password?: string;
}

/**
 * Asks the database of a stack (its service `db`); the rows as text. @throws what psql says when it refuses
 * The statement goes in over stdin, the password in the exec's environment: neither is in an argv.
 */
export async function psql(stack: Stack, query: Query): Promise<string> {
  const { engine, id } = await stack.containerOf('db');
  const over = query.password === undefined ? [] : ['-h', '127.0.0.1'];
  const result = await engine.containers.exec(id, {
    cmd: [
      'psql',
      '-X',
      '-q',
      '-A',
      '-t',
      '-v',
      'ON_ERROR_STOP=1',
      ...over,
      '-U',
      query.user,
      '-d',
      query.database,
    ],
    stdin: `${query.sql};\n`,
    env: query.password === undefined ? [] : [`PGPASSWORD=${query.password}`],
    timeoutMs: 30_000,
  });
  if (result.exitCode !== 0) throw new Error(result.stderr.trim());
  return result.stdout.trim();
}
