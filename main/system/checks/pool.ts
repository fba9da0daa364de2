import { superuserSql } from '../../stack/superuser.ts';
import { failure } from '../../errors.ts';
import type { Check, DoctorService } from '../doctor-types.ts';
import { databaseOf, firstLine, isMissing, noTool, notRunning, serversOf, whereEngine } from './parts.ts';

const LIMITS =
  "select current_setting('max_connections'), current_setting('superuser_reserved_connections');\n";

/** The server's own defaults (`letta/settings.py` of 0.16.8). */
const WORKERS = 1;
const SIZE = 25;
const OVERFLOW = 10;

/** Whether the database has room for every connection that the server may open. */
export const checkPool: Check = {
  id: 'pool',
  title: 'Database connections',
  category: 'database',
  applicable: whereEngine((stack) => serversOf(stack).length > 0 && databaseOf(stack) !== undefined),
  run: async (ctx) => {
    const stack = await ctx.stack();
    const { service, role } = databaseOf(stack)!;
    const servers = serversOf(stack);
    const answer = await ctx.inside(service, { cmd: superuserSql(role), stdin: LIMITS, timeoutMs: 6_000 });
    if (!answer) return notRunning(service);
    if (isMissing(answer)) return noTool(service);
    if (answer.exitCode !== 0)
      throw failure('doctor.no-answer', { service, reason: firstLine(answer.stderr) });
    const [most = 0, reserved = 0] = answer.stdout.trim().split('|').map(Number);
    const room = most - reserved;

    const file = { do: 'open-folder', folder: stack.directory } as const;
    const unpooled = servers.filter((s) => !isPooled(s));
    const pooled = servers.filter(isPooled);
    const wanted = pooled.reduce((sum, s) => sum + wantedBy(s), 0);
    const detail =
      pooled.length === 0
        ? `${service} takes ${room}; without a pool the server opens one for each thing that it does at once`
        : `the server may open ${wanted}, ${service} takes ${room}`;
    if (wanted > room) {
      // a profile's database makes room for the pool that is set, once its container has the setting
      if ((await ctx.changes()).some((change) => change.service === service)) {
        return {
          status: 'warn',
          detail: `${detail} until it is made anew`,
          fix: 'Apply the changes: letta-stack up{stack}',
          remedy: { do: 'apply' },
        };
      }
      const size = stack.settings.find((s) => s.name === 'pool-size');
      return {
        status: 'fail',
        detail,
        fix:
          `Make the pool smaller: LETTA_UVICORN_WORKERS × (LETTA_PG_POOL_SIZE + LETTA_PG_MAX_OVERFLOW) is ${wanted}.\n` +
          `Or let the database take more: max_connections=${wanted + reserved + 20} in the command of ${service}.`,
        remedy: size ? { do: 'open-setting', name: size.name } : file,
      };
    }
    const idle = unpooled.find((s) =>
      s.environment.some((name) => /^LETTA_PG_(POOL_|MAX_OVERFLOW)/.test(name)),
    );
    if (!idle) return { status: 'ok', detail };
    return {
      status: 'warn',
      detail: `the pool of ${idle.name} has no effect: ${detail}`,
      fix: 'Set LETTA_DISABLE_SQLALCHEMY_POOLING=false beside it; the database then needs TLS (ssl=on).',
      remedy: file,
    };
  },
};

/** The pool is off unless this says otherwise. */
const isPooled = ({ values }: DoctorService): boolean =>
  values['LETTA_DISABLE_SQLALCHEMY_POOLING']?.toLowerCase() === 'false';

function wantedBy({ values }: DoctorService): number {
  const number = (name: string, otherwise: number): number => Number(values[name] || otherwise);
  return (
    number('LETTA_UVICORN_WORKERS', WORKERS) *
    (number('LETTA_PG_POOL_SIZE', SIZE) + number('LETTA_PG_MAX_OVERFLOW', OVERFLOW))
  );
}
