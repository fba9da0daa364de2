/** Which service of a stack is what, by its image and by what it is given. Pure. */
import type { ContainerSummary } from '../../docker/port.ts';
import { LABEL } from '../../stack/labels.ts';
import type { CheckResult, DoctorService, DoctorStack } from '../doctor-types.ts';

/** Given to a Letta V1 server and to nothing else. */
const OF_A_SERVER: ReadonlySet<string> = new Set([
  'LETTA_SERVER_PASSWORD',
  'LETTA_PG_URI',
  'LETTA_PG_HOST',
  'LETTA_REDIS_HOST',
  'LETTA_ENCRYPTION_KEY',
]);

/** `registry:5000/pgvector/pgvector:0.8@sha256:…` is `pgvector/pgvector`. */
const repositoryOf = (image = ''): string =>
  image
    .replace(/@.*$/, '')
    .replace(/:[^/:]*$/, '')
    .split('/')
    .slice(-2)
    .join('/');
const lastOf = (image: string | undefined): string => repositoryOf(image).split('/').at(-1) ?? '';

/** Letta's V1 servers; the current one has other settings and no database beside it. */
export const serversOf = ({ services }: Pick<DoctorStack, 'services'>): readonly DoctorService[] =>
  services.filter(
    (s) =>
      /^(letta|memgpt)\/letta$/.test(repositoryOf(s.image)) ||
      [...s.environment, ...s.secrets].some((name) => OF_A_SERVER.has(name)),
  );

/** What keeps data behind a service, by the name that people know. */
export function storeOf({
  image,
}: Pick<DoctorService, 'image'>): 'PostgreSQL' | 'Redis' | 'ChromaDB' | undefined {
  const name = lastOf(image);
  if (/postgres|pgvector/.test(name)) return 'PostgreSQL';
  if (/^(redis|valkey)/.test(name)) return 'Redis';
  return name.startsWith('chroma') ? 'ChromaDB' : undefined;
}

export const isNginx = ({ image }: Pick<DoctorService, 'image'>): boolean =>
  lastOf(image).startsWith('nginx');

/** The server's database, with the role that the server has there, as far as it is known. */
export function databaseOf(
  stack: DoctorStack,
): { readonly service: string; readonly role: string } | undefined {
  const [declared] = stack.roles;
  if (declared) return declared;
  const found = stack.services.find((s) => storeOf(s) === 'PostgreSQL');
  return found && { service: found.name, role: 'letta' };
}

/** Every address that only this machine reaches. */
export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** Names of the services that have a running container. */
export const runningOf = (containers: readonly ContainerSummary[]): ReadonlySet<string> =>
  new Set(containers.filter((c) => c.State === 'running').map((c) => c.Labels[LABEL.service] ?? ''));

/** What runs is asked; the check of the services says why it does not. */
export const notRunning = (...services: readonly string[]): CheckResult => ({
  status: 'skip',
  detail: `${services.join(' and ')} ${services.length === 1 ? 'is' : 'are'} not running`,
});

/** An image without a shell, or without the program that is to be asked. */
export const noTool = (service: string): CheckResult => ({
  status: 'skip',
  detail: `the image of ${service} lacks the programs to ask with`,
});

/** Exit codes of an exec whose program is not there (POSIX, 2.8.2; the engine's runtime gives the same). */
export const isMissing = ({ exitCode }: { readonly exitCode: number }): boolean =>
  exitCode === 126 || exitCode === 127;

/** The first line of what a program said, short enough for one of ours. */
export function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

/** `applicable` of a check that looks at a stack: what cannot be read is told by the compose file's own check. */
export const whereStack =
  (has: (stack: DoctorStack) => boolean) =>
  (ctx: { stack(): Promise<DoctorStack> }): Promise<boolean> =>
    ctx.stack().then(has, () => false);

/** The same, of a check that asks inside its containers: an engine that does not answer is told by its own check. */
export const whereEngine =
  (has: (stack: DoctorStack) => boolean) =>
  (ctx: { stack(): Promise<DoctorStack>; engine(): Promise<unknown> }): Promise<boolean> =>
    Promise.all([ctx.stack(), ctx.engine()]).then(
      ([stack]) => has(stack),
      () => false,
    );

/** Whether there is an engine to look at; where there is none, its own check tells why. */
export const engineAnswers = (ctx: { engine(): Promise<unknown> }): Promise<boolean> =>
  ctx.engine().then(
    () => true,
    () => false,
  );

/** Bytes as a finding tells them: `6.4 GB`. */
export const inGB = (bytes: number): string => `${(bytes / 1_000_000_000).toFixed(1)} GB`;
