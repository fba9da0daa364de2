import { failure } from '../../errors.ts';
import { WITH_ADDRESS } from '../../providers.ts';
import { superuserSql } from '../../stack/superuser.ts';
import type { Check, DoctorContext, DoctorService, DoctorStack } from '../doctor-types.ts';
import { databaseOf, firstLine, isMissing, noTool, notRunning, serversOf, whereEngine } from './parts.ts';

/**
 * What the V1 server calls a provider in its database, and whether it puts `/v1` to its address (`letta/server/server.py`
 * of 0.16.8).
 */
const KEPT: Readonly<Record<string, { readonly name: string; readonly isLengthened?: boolean }>> = {
  openai: { name: 'openai' },
  azure: { name: 'azure' },
  zai: { name: 'zai' },
  ollama: { name: 'ollama' },
  lmstudio: { name: 'lmstudio_openai', isLengthened: true },
  vllm: { name: 'vllm', isLengthened: true },
  sglang: { name: 'sglang', isLengthened: true },
};
const ASKED = WITH_ADDRESS.flatMap(({ id, title, address: { variables = [] } }) => {
  const kept = KEPT[id];
  return kept ? [{ ...kept, title, variables }] : [];
});

/** Providers of the environment with the address that is kept, and how many agents ask there; none before a first start. */
const ADDRESSES = `
  select $$ select p.name, count(a.id), p.base_url from providers p
    left join agents a on not a.is_deleted and a.llm_config->>'model_endpoint' in (p.base_url, p.base_url || '/v1')
    where p.organization_id is null and not p.is_deleted and p.base_url <> '' group by p.name, p.base_url $$
  where to_regclass('providers') is not null \\gexec\n`;

/**
 * Whether new agents are sent where the server looks for models. It notes a provider's address once, at the first start
 * with it, and an agent takes that over: of a later one only the list of models is had (`sync_base_providers`,
 * `get_llm_config_from_handle` of 0.16.8).
 */
export const checkProviderAddresses: Check = {
  id: 'provider-addresses',
  title: 'Provider addresses in the database',
  category: 'database',
  applicable: whereEngine((stack) => serverOf(stack) !== undefined && databaseOf(stack) !== undefined),
  run: async (ctx) => {
    const stale = await look(ctx);
    if ('is' in stale) return stale.is === 'not running' ? notRunning(stale.service) : noTool(stale.service);
    if (stale.length === 0)
      return { status: 'ok', detail: 'the database has those that the server is given' };
    const { service } = databaseOf(await ctx.stack())!;
    return {
      status: 'fail',
      detail: stale
        .map(
          ({ title, kept, given, agents }) =>
            `${title}: agents are sent to ${shown(kept)} (${agents} so far), and the server is given ${shown(given)}`,
        )
        .join('\n'),
      fix: 'Take the new addresses over: letta-stack doctor{stack} --fix',
      remedy: {
        do: 'repair',
        label: 'Take the new addresses over',
        asks: `In the database of ${service}, ${stale.map((s) => `${s.title} becomes ${shown(s.given)}`).join(', ')}, also for the agents that are sent to the address before. Nothing else of them changes.`,
      },
    };
  },
  repair: async (ctx) => {
    const stale = await look(ctx);
    if ('is' in stale || stale.length === 0) return;
    const { service, role } = databaseOf(await ctx.stack())!;
    const stdin = `begin;\n${stale.map(takenOver).join('')}commit;\n`;
    const answer = await ctx.inside(service, { cmd: superuserSql(role), stdin, timeoutMs: 30_000 });
    if (answer?.exitCode !== 0)
      throw failure('doctor.not-repaired', {
        service,
        reason: firstLine(answer?.stderr ?? 'it does not run'),
      });
  },
};

const serverOf = (stack: DoctorStack): DoctorService | undefined => serversOf(stack)[0];

/** An address that the database has of before. */
interface Stale {
  readonly title: string;
  /** of the provider in the database */
  readonly name: string;
  readonly kept: string;
  readonly given: string;
  /** how many agents are sent there */
  readonly agents: number;
}
interface Silent {
  readonly is: 'not running' | 'no tool';
  readonly service: string;
}

async function look(ctx: DoctorContext): Promise<readonly Stale[] | Silent> {
  const stack = await ctx.stack();
  const [server, { service: database, role }] = [serverOf(stack)!.name, databaseOf(stack)!];
  // what the running server has: an address may have a password in it, which stays among these containers
  const names = ASKED.flatMap((a) => a.variables);
  const shell = 'for name; do eval "printf \'%s\\\\n\' \\"\\${$name-}\\""; done';
  const environment = await ctx.inside(server, {
    cmd: ['sh', '-c', shell, 'sh', ...names],
    timeoutMs: 5_000,
  });
  if (!environment) return { is: 'not running', service: server };
  if (isMissing(environment)) return { is: 'no tool', service: server };
  const rows = await ctx.inside(database, { cmd: superuserSql(role), stdin: ADDRESSES, timeoutMs: 15_000 });
  if (!rows) return { is: 'not running', service: database };
  if (isMissing(rows)) return { is: 'no tool', service: database };
  if (rows.exitCode !== 0)
    throw failure('doctor.no-answer', { service: database, reason: firstLine(rows.stderr) });
  const values = environment.stdout.split('\n');
  const of = new Map(names.map((name, i) => [name, values[i] ?? '']));
  const kept = rows.stdout.split('\n').map((row) => /^(\w+)\|(\d+)\|(.+)$/.exec(row) ?? []);
  return ASKED.flatMap(({ title, name, variables, isLengthened }) => {
    const given = variables.map((v) => of.get(v) ?? '').find((value) => value !== '');
    const [, , agents, url] = kept.find(([, its]) => its === name) ?? [];
    if (given === undefined || url === undefined) return [];
    const whole = isLengthened && !given.endsWith('/v1') ? `${given}/v1` : given;
    return whole === url ? [] : [{ title, name, kept: url, given: whole, agents: Number(agents) }];
  });
}

/** The statements that put another address in the place of the one before, for the provider and its agents. */
function takenOver({ name, kept, given }: Stale): string {
  const [from, to] = [endpointOf(name, kept), endpointOf(name, given)].map(literal);
  const moved = (column: string, key: string): string =>
    `update agents set ${column} = jsonb_set(${column}::jsonb, '{${key}}', to_jsonb(${to}::text))::json
     where ${column}->>'${key}' = ${from};\n`;
  return (
    `update providers set base_url = ${literal(given)} where organization_id is null and name = ${literal(name)};\n` +
    moved('llm_config', 'model_endpoint') +
    moved('embedding_config', 'embedding_endpoint')
  );
}

/** Where agents of a provider are sent (`openai_compat_base_url` of providers/ollama.py). */
const endpointOf = (name: string, url: string): string =>
  name === 'ollama' && !url.endsWith('/v1') ? `${url.replace(/\/+$/, '')}/v1` : url;

/** SQL, 4.1.2.1. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** An address without what may be a login. */
const shown = (url: string): string => url.replace(/:\/\/[^/\s]*@/, '://');
