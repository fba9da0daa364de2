import type { Check, CheckResult, DoctorContext, DoctorStack } from '../doctor-types.ts';
import { firstLine, isMissing, noTool, notRunning, whereEngine } from './parts.ts';

/**
 * Comes in as the server does: over the network, where the password is asked. The container's own address stands under
 * its name in /etc/hosts. The password comes over stdin: no argv shows it.
 */
const ENTER = `
  IFS= read -r PGPASSWORD && read -r host </etc/hostname || exit 1
  export PGPASSWORD PGCONNECT_TIMEOUT=4
  exec psql -X -A -t -q -h "$host" -U "$0" -d "\${POSTGRES_DB:-\${POSTGRES_USER:-postgres}}" -c 'select 1'`;

/** Whether the database takes the password that is stored for it. */
export const checkDatabasePassword: Check = {
  id: 'database-password',
  title: 'Database takes the stored password',
  category: 'database',
  applicable: whereEngine((stack) => stack.roles.length > 0),
  run: async (ctx) => {
    const { roles } = await ctx.stack();
    const results = await Promise.all(roles.map((role) => enter(ctx, role)));
    // one database is the rule; of several the worst is told
    const worst = (['fail', 'warn', 'skip', 'ok'] as const)
      .map((status) => results.find((r) => r.status === status))
      .find((r) => r !== undefined);
    return worst ?? { status: 'ok', detail: '' };
  },
  repair: async (ctx) => {
    for (const role of (await ctx.stack()).roles) {
      if ((await enter(ctx, role)).remedy) await ctx.restoreRole(role.secret);
    }
  },
};

async function enter(
  ctx: DoctorContext,
  { secret, service, role }: DoctorStack['roles'][number],
): Promise<CheckResult> {
  let value: string | undefined;
  try {
    value = await ctx.secretValue(secret);
  } catch {
    // why is told by the check of the store
    return { status: 'skip', detail: `${secret} cannot be read from the secret store` };
  }
  const setIt = `letta-stack secrets set{stack} ${secret}`;
  if (value === undefined) {
    const isUsed = (await ctx.containers()).length > 0;
    if (!isUsed) return notRunning(service);
    return {
      status: 'fail',
      detail: `${secret} is not stored, so nothing can enter anew`,
      fix: setIt,
      remedy: { do: 'open-card', card: 'keys' },
    };
  }
  const answer = await ctx.inside(service, {
    cmd: ['sh', '-c', ENTER, role],
    stdin: `${value}\n`,
    timeoutMs: 6_000,
  });
  if (!answer) return notRunning(service);
  if (isMissing(answer)) return noTool(service);
  if (answer.exitCode === 0) return { status: 'ok', detail: `${role} enters ${service} with ${secret}` };
  const said = firstLine(answer.stderr).replaceAll(value, '•••');
  if (!/password authentication failed/.test(answer.stderr)) {
    return {
      status: 'fail',
      detail: `${service} does not let ${role} in: ${said}`,
      fix: `Look at what it says: letta-stack logs{stack} ${service}`,
      remedy: { do: 'logs', service },
    };
  }
  return {
    status: 'fail',
    detail: `${service} refuses the password of ${role} that is stored as ${secret}`,
    fix: `Give the role the stored password again: letta-stack doctor{stack} --fix\nOr store the one that the database has: ${setIt}`,
    remedy: {
      do: 'repair',
      label: 'Reset the password',
      asks: `The password of the role ${role} in ${service} becomes the one that is stored as ${secret}. Programs that enter with another one are refused from then on. No data changes.`,
    },
  };
}
