import { superuserSql } from '../../stack/superuser.ts';
import { failure } from '../../errors.ts';
import type { Check, DoctorContext } from '../doctor-types.ts';
import { databaseOf, firstLine, isMissing, noTool, notRunning, serversOf, whereEngine } from './parts.ts';

/** What the V1 server's tables are made of and its migrations do not make themselves (only a superuser may). */
const NEEDED = 'vector';
/** And what upstream's own database has besides, of which no table of 0.16.8 makes use. */
const ALL = [NEEDED, 'uuid-ossp'];

/** A row for each that is missing: its name, and `t` where the image has it. */
const MISSING = `
  select n || ' ' || exists (select from pg_available_extensions where name = n)
  from unnest(array[${ALL.map((n) => `'${n}'`).join(', ')}]) as n
  where n not in (select extname from pg_extension);\n`;

/** Whether the database has the extensions without which no table of the server can be made. */
export const checkExtensions: Check = {
  id: 'extensions',
  title: 'Database extensions',
  category: 'database',
  applicable: whereEngine((stack) => serversOf(stack).length > 0 && databaseOf(stack) !== undefined),
  run: async (ctx) => {
    const stack = await ctx.stack();
    const { service } = databaseOf(stack)!;
    const missing = await look(ctx);
    if (typeof missing === 'string') return missing === 'not running' ? notRunning(service) : noTool(service);
    if (missing.length === 0) return { status: 'ok', detail: ALL.join(', ') };
    const names = missing.map((m) => m.name).join(' and ');
    const isNeeded = missing.some((m) => m.name === NEEDED);
    const status = isNeeded ? 'fail' : 'warn';
    const detail = `${service} lacks ${names}${isNeeded ? '' : ': the server goes on without it'}`;
    if (missing.some((m) => !m.isAvailable)) {
      const image = stack.settings.find((s) => s.type === 'image' && s.name.startsWith(service));
      return {
        status,
        detail: `${detail}, and its image does not have ${missing.length === 1 ? 'it' : 'them all'}`,
        fix: 'Use an image of PostgreSQL with pgvector, of the same major version: pgvector/pgvector',
        remedy: image
          ? { do: 'open-setting', name: image.name }
          : { do: 'open-folder', folder: stack.directory },
      };
    }
    return {
      status,
      detail,
      fix: 'Create them: letta-stack doctor{stack} --fix',
      remedy: {
        do: 'repair',
        label: `Create ${names}`,
        asks: `The extension ${names} is created in the database of ${service}. Nothing that is there changes.`,
      },
    };
  },
  repair: async (ctx) => {
    const missing = await look(ctx);
    if (typeof missing === 'string' || missing.length === 0) return;
    const { service } = databaseOf(await ctx.stack())!;
    const sql = missing.map((m) => `CREATE EXTENSION IF NOT EXISTS "${m.name}";\n`).join('');
    const answer = await ask(ctx, sql);
    if (answer?.exitCode !== 0)
      throw failure('doctor.not-repaired', {
        service,
        reason: firstLine(answer?.stderr ?? 'it does not run'),
      });
  },
};

async function ask(ctx: DoctorContext, stdin: string): ReturnType<DoctorContext['inside']> {
  const { service, role } = databaseOf(await ctx.stack())!;
  return ctx.inside(service, { cmd: superuserSql(role), stdin, timeoutMs: 30_000 });
}

interface Missing {
  readonly name: string;
  readonly isAvailable: boolean;
}

async function look(ctx: DoctorContext): Promise<readonly Missing[] | 'not running' | 'no tool'> {
  const answer = await ask(ctx, MISSING);
  if (!answer) return 'not running';
  if (isMissing(answer)) return 'no tool';
  const { service } = databaseOf(await ctx.stack())!;
  if (answer.exitCode !== 0) throw failure('doctor.no-answer', { service, reason: firstLine(answer.stderr) });
  return answer.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ name: line.split(' ')[0]!, isAvailable: /true|t$/.test(line) }));
}
