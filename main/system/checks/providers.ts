import { nextOf, say, type AppError } from '../../errors.ts';
import { WITH_ADDRESS } from '../../providers.ts';
import { insteadOf, type ModelServerAt } from '../../wording/model-servers.ts';
import type {
  Check,
  CheckResult,
  DoctorContext,
  DoctorService,
  DoctorStack,
  Remedy,
} from '../doctor-types.ts';
import { HOST_NAME, type HostReach } from '../host-reach.ts';
import { isOwnMachine, troubleAt } from '../model-servers.ts';
import { noTool, notRunning, serversOf, whereEngine } from './parts.ts';
import { reachedFrom, type Answered } from './reach.ts';

/** Whether the providers of models answer, asked in the containers that use them and without any key. */
export const checkProviders: Check = {
  id: 'providers',
  title: 'Model providers answer',
  category: 'network',
  applicable: whereEngine((stack) => usersIn(stack).length > 0),
  run: async (ctx) => {
    const results = await Promise.all(usersIn(await ctx.stack()).map((user) => askFrom(ctx, user)));
    const worst = results.find((r) => r.status === 'fail') ?? results.find((r) => r.status !== 'ok');
    return worst ?? results[0]!;
  },
};

interface Used extends ModelServerAt {
  /** the variable that gives the address, where one does */
  readonly variable?: string | undefined;
}

interface User {
  readonly service: DoctorService;
  readonly used: readonly Used[];
}

/** Servers with what they use; of other services what they are given the address of a model server for. */
function usersIn(stack: DoctorStack): User[] {
  const servers = new Set(serversOf(stack));
  return stack.services.flatMap((service) => {
    const used = usedBy(service).filter((u) => servers.has(service) || u.isOwn);
    return used.length > 0 ? [{ service, used }] : [];
  });
}

/** What a service uses: what it has the key of, or another address than the one that its code falls back to. */
function usedBy({
  name: service,
  environment,
  secrets,
  values,
}: DoctorService): (Used & { isOwn: boolean })[] {
  return WITH_ADDRESS.flatMap(({ id, title, kind, keys, address: { url: usual, variables = [] } }) => {
    const variable = variables.find((v) => (values[v] ?? '') !== '');
    const url = variable === undefined ? usual : values[variable];
    const hasKey = keys.some(({ name }) => secrets.includes(name) || environment.includes(name));
    const isChosen = variable !== undefined && url?.replace(/\/+$/, '') !== usual;
    if (url === undefined || !(hasKey || isChosen) || !URL.canParse(url)) return [];
    return [{ service, id, title, url, variable, isOwn: kind === 'own' }];
  });
}

async function askFrom(ctx: DoctorContext, { service, used }: User): Promise<CheckResult> {
  const answers = await reachedFrom(
    ctx,
    service.name,
    used.map((u) => u.url),
  );
  if (answers === 'not running') return (await foreseen(ctx, { service, used })) ?? notRunning(service.name);
  if (answers === 'no tool') return noTool(service.name);
  const told = used.map((u, i) => ({ ...u, answer: answers[i]! }));
  const lost = told.filter((t) => t.answer.status === undefined);
  if (lost.length === 0)
    return { status: 'ok', detail: told.map((t) => `${t.title} (${new URL(t.url).host})`).join(', ') };
  const reach = await ctx.hostReach();
  const whys = await Promise.all(
    lost.map(async (l) => {
      const trouble = isSure(service, l) ? await troubleAt(l, reach, ctx.listens) : undefined;
      return trouble ? toldOf(trouble) : { detail: lostWords(l, l.answer), fix: fixOf(l, l.answer, reach) };
    }),
  );
  // what answers still can be used
  return together(lost.length < told.length ? 'warn' : 'fail', whys, await remedyFor(ctx, lost));
}

/** What can be told of a service that does not run: of the model servers of this machine. */
async function foreseen(ctx: DoctorContext, { service, used }: User): Promise<CheckResult | undefined> {
  // what the stack publishes itself is there once it runs
  const own = new Set((await ctx.stack()).services.flatMap((s) => s.ports.map((p) => String(p.published))));
  const asked = used.filter((u) => isSure(service, u) && !own.has(new URL(u.url).port));
  const reach = await ctx.hostReach();
  const troubles = await Promise.all(asked.map((u) => troubleAt(u, reach, ctx.listens)));
  const whys = troubles.flatMap((trouble) => (trouble ? [toldOf(trouble)] : []));
  return whys.length === 0 ? undefined : together('fail', whys, await remedyFor(ctx, asked));
}

/** Without a network of the stack a service may be on the machine's own, where localhost is the machine. */
const isSure = ({ networks }: DoctorService, { url }: Used): boolean =>
  networks.length > 0 || !isOwnMachine(url);

interface Why {
  readonly detail: string;
  readonly fix: string;
}

const toldOf = (trouble: AppError): Why => ({ detail: say(trouble).message, fix: nextOf(trouble) });

const together = (
  status: 'warn' | 'fail',
  whys: readonly Why[],
  mended: { remedy?: Remedy },
): CheckResult => ({
  status,
  detail: whys.map((w) => w.detail).join('\n'),
  fix: [...new Set(whys.map((w) => w.fix))].join('\n'),
  ...mended,
});

const lostWords = ({ service, title, url }: Used, { reason }: Answered): string =>
  `${service} does not reach ${title} at ${url}: ${reason}`;

function fixOf({ service, url }: Used, { reason }: Answered, { by }: HostReach): string {
  const { hostname, port } = new URL(url);
  if (hostname === HOST_NAME && by === 'gateway')
    return (
      `It answers on this computer, so a firewall keeps containers from port ${port}: let them in, with ufw by ` +
      `sudo ufw allow proto tcp from 172.16.0.0/12 to any port ${port}. Then letta-stack restart{stack} ${service}.`
    );
  if (hostname === HOST_NAME)
    return `Start the model server on the engine's machine, and let it listen on more than 127.0.0.1; a firewall must let containers through to port ${port}.`;
  if (/resolve|name/i.test(reason)) return `Check the network and the name service of the engine's machine.`;
  return `Check the network, proxy and firewall of the engine's machine.`;
}

/** For the first address of the container itself: the same by the name that leads out, or the file, which says it. */
async function remedyFor(ctx: DoctorContext, used: readonly Used[]): Promise<{ remedy?: Remedy }> {
  const inside = used.find((u) => isOwnMachine(u.url));
  if (!inside) return {};
  const { settings, directory } = await ctx.stack();
  const setting = settings.find((s) => s.type === 'url' && s.value === inside.url);
  if (!setting || inside.variable === undefined) return { remedy: { do: 'open-folder', folder: directory } };
  return { remedy: { do: 'use-value', setting: setting.name, value: insteadOf(inside.url) } };
}
