import type { Check, DoctorContext, DoctorService } from '../doctor-types.ts';
import { isMissing, notRunning, whereEngine } from './parts.ts';

const NAME = 'host.docker.internal';

/** Whether a container knows this computer by the name that Docker Desktop has and Docker on Linux has not. */
export const checkHostGateway: Check = {
  id: 'host-gateway',
  title: 'This computer, seen from containers',
  category: 'network',
  applicable: whereEngine(({ services }) => users(services).length > 0),
  run: async (ctx) => {
    const { services, directory } = await ctx.stack();
    const asked = users(services);
    const remedy = { do: 'open-folder', folder: directory } as const;
    const answers = await Promise.all(
      asked.map(async ({ name }) => ({ name, address: await addressIn(ctx, name) })),
    );
    const lost = answers.filter((a) => a.address === 'none').map((a) => a.name);
    const line = `extra_hosts: ["${NAME}:host-gateway"]`;
    if (lost.length > 0) {
      return {
        status: 'fail',
        detail: lost.map((name) => `${name} uses ${NAME} and does not know it`).join('\n'),
        fix: `Write ${line} under ${lost.join(' and ')} in the compose file, then letta-stack up{stack}`,
        remedy,
      };
    }
    const known = answers.filter((a) => a.address !== undefined);
    if (known.length > 0)
      return { status: 'ok', detail: known.map((a) => `${a.name}: ${NAME} is ${a.address}`).join('\n') };
    // not running: the file says what will be
    const { info } = await ctx.engine();
    const without = asked.filter((s) => !s.extraHosts.includes(NAME)).map((s) => s.name);
    if (info.product !== 'docker' || without.length === 0) return notRunning(...asked.map((s) => s.name));
    return {
      status: 'warn',
      detail: without
        .map((name) => `${name} uses ${NAME}, which Docker on Linux does not give by itself`)
        .join('\n'),
      fix: `Write ${line} under ${without.join(' and ')} in the compose file.`,
      remedy,
    };
  },
};

const users = (services: readonly DoctorService[]): DoctorService[] =>
  services.filter((s) => Object.values(s.values).some((value) => value.includes(NAME)));

/** What the name leads to in a service; undefined where nobody can be asked. */
async function addressIn(ctx: DoctorContext, service: string): Promise<string | undefined> {
  // extra hosts stand in the hosts file; Docker Desktop's own name server gives it besides
  const shell = `
    while read -r address names; do case " $names " in *" ${NAME} "*) echo "$address"; exit ;; esac; done </etc/hosts
    getent hosts ${NAME} 2>/dev/null || echo none`;
  const answer = await ctx.inside(service, { cmd: ['sh', '-c', shell], timeoutMs: 5_000 });
  if (!answer || isMissing(answer)) return undefined;
  return answer.stdout.trim().split(/\s/, 1)[0] || 'none';
}
