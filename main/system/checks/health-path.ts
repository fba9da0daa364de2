import type { Check, DoctorService } from '../doctor-types.ts';
import { reachedFrom } from './reach.ts';
import { serversOf, whereStack } from './parts.ts';

/** Paths that a V1 server of 0.16 answers without a password (measured: others give 401, with it 404). */
const RIGHT: ReadonlySet<string> = new Set([
  '/v1/health',
  '/v1/health/',
  '/latest/health/',
  '/v1/ready',
  '/v1/ready/',
]);

/** Whether the health check in the file asks for something that the server has; else it is never healthy. */
export const checkHealthPath: Check = {
  id: 'health-path',
  title: 'Path of the health check',
  category: 'stack',
  applicable: whereStack((stack) => serversOf(stack).some((s) => s.healthPaths.length > 0)),
  run: async (ctx) => {
    const stack = await ctx.stack();
    const servers = serversOf(stack).filter((s) => s.healthPaths.length > 0);
    const wrong: string[] = [];
    for (const server of servers) {
      const urls = server.healthPaths.map((path) => `http://127.0.0.1:${portOf(server)}${path}`);
      const asked = await reachedFrom(ctx, server.name, urls).catch(() => 'not running' as const);
      wrong.push(
        ...server.healthPaths.flatMap((path, i) => {
          const status = typeof asked === 'string' ? undefined : asked[i]?.status;
          if (status === undefined ? RIGHT.has(path) || isOld(server) : status < 400) return [];
          const answer =
            status === undefined ? 'the server has no such path' : `the server answers ${status}`;
          return [`${server.name}: its health check asks for ${path}, and ${answer}`];
        }),
      );
    }
    if (wrong.length === 0) return { status: 'ok', detail: servers.flatMap((s) => s.healthPaths).join(', ') };
    return {
      status: 'fail',
      detail: wrong.join('\n'),
      fix: 'Write /v1/health/ into healthcheck: of the compose file, then letta-stack up{stack}',
      remedy: { do: 'open-folder', folder: stack.directory },
    };
  },
};

const portOf = ({ values }: DoctorService): string => values['PORT'] || '8283';

/** Servers before 0.16 answered on /health. */
const isOld = ({ image = '', healthPaths }: DoctorService): boolean => {
  const [, major, minor] = /:(\d+)\.(\d+)/.exec(image) ?? [];
  const before = major !== undefined && Number(major) === 0 && Number(minor) < 16;
  return before && healthPaths.every((path) => path.replace(/\/$/, '') === '/health');
};
