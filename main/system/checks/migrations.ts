import type { Check, DoctorContext, DoctorStack } from '../doctor-types.ts';
import { firstLine, notRunning, whereEngine } from './parts.ts';

/** Whether the tables are those of the image that runs, by the profile's own question to its server. */
export const checkMigrations: Check = {
  id: 'migrations',
  title: 'Database migrations',
  category: 'database',
  applicable: whereEngine((stack) => probeOf(stack) !== undefined),
  run: async (ctx) => {
    const stack = await ctx.stack();
    const { service } = probeOf(stack)!;
    const found = await look(ctx);
    if (found === undefined) return notRunning(service);
    if (found.is === 'at head') return { status: 'ok', detail: found.said };
    const detail = `${service}: ${found.said}`;
    if (found.is === 'unknown') {
      return {
        status: 'fail',
        detail,
        fix: `Look at what it says: letta-stack logs{stack} ${service}`,
        remedy: { do: 'logs', service },
      };
    }
    if (found.is === 'ahead') {
      const image = stack.settings.find((s) => s.type === 'image' && s.name.startsWith(service));
      return {
        status: 'fail',
        detail: `${detail}: the data is of a newer server`,
        fix: 'Run the image that the data is of, or a newer one. Migrations never go back.',
        ...(image && { remedy: { do: 'open-setting', name: image.name } }),
      };
    }
    // a profile that migrates nothing unasked has a setting for it
    const migrate = stack.settings.find((s) => s.name === 'migrate' && s.value !== 'true');
    if (migrate) {
      return {
        status: 'fail',
        detail,
        fix: 'Keep a backup, then allow it: letta-stack settings set{stack} migrate true, letta-stack up{stack}',
        remedy: {
          do: 'use-value',
          setting: migrate.name,
          value: 'true',
          asks: `The next start of ${service} migrates the database. An older image cannot use it afterwards: keep a backup first.`,
        },
      };
    }
    return {
      status: 'fail',
      detail,
      fix: `Restart the server, which migrates first: letta-stack restart{stack} ${service}. Keep a backup before.`,
      remedy: {
        do: 'repair',
        label: 'Restart and migrate',
        asks: `${service} is restarted, and migrates the database to what its image needs. An older image cannot use it afterwards: keep a backup first.`,
      },
    };
  },
  repair: async (ctx) => {
    if ((await look(ctx))?.is === 'behind') await ctx.restart(probeOf(await ctx.stack())!.service);
  },
};

const probeOf = ({ probes }: DoctorStack): DoctorStack['probes'][number] | undefined =>
  probes.find((p) => p.id === 'migrations');

interface Looked {
  readonly is: 'at head' | 'behind' | 'ahead' | 'unknown';
  readonly said: string;
}

async function look(ctx: DoctorContext): Promise<Looked | undefined> {
  const { service, command } = probeOf(await ctx.stack())!;
  const answer = await ctx.inside(service, { cmd: command, timeoutMs: 15_000 });
  if (!answer) return undefined;
  const said = firstLine(answer.stderr || answer.stdout);
  if (answer.exitCode === 0) return { is: 'at head', said: firstLine(answer.stdout) };
  const at = /the database is at (no migration|[0-9a-z]+)/.exec(said)?.[1];
  if (at === undefined) return { is: 'unknown', said };
  if (at === 'no migration') return { is: 'behind', said };
  // a migration that the image has is one of its past
  const known = await ctx.inside(service, {
    cmd: ['grep', '-rlE', `^revision\\b.*\\b${at}\\b`, '/app/alembic/versions'],
    timeoutMs: 5_000,
  });
  return { is: known?.exitCode === 0 ? 'behind' : 'ahead', said };
}
