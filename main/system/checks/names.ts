import { hasCode } from '../../errors.ts';
import type { Check, DoctorContext, DoctorService } from '../doctor-types.ts';
import { isMissing, noTool, notRunning, runningOf, whereEngine } from './parts.ts';

/**
 * Says of each name whether it leads to an address: `+ db`, `- db`, or `?` where the image has nothing to ask with.
 * Whatever resolves names as programs do comes first (getent is in Debian and Alpine images).
 */
const ASK = `
  ask() {
    if command -v getent >/dev/null 2>&1; then getent hosts "$1"
    elif command -v python3 >/dev/null 2>&1; then python3 -c 'import socket, sys; socket.gethostbyname(sys.argv[1])' "$1"
    elif command -v node >/dev/null 2>&1; then node -e 'require("dns").lookup(process.argv[1], e => process.exit(e ? 1 : 0))' "$1"
    elif command -v nslookup >/dev/null 2>&1; then nslookup "$1"
    else return 127; fi >/dev/null 2>&1
  }
  for name; do
    { ask "$name"; case $? in 0) echo "+ $name" ;; 127) echo "? $name" ;; *) echo "- $name" ;; esac; } &
  done
  wait`;

/** Whether services find each other by name, asked where they ask: in the containers of those that need others. */
export const checkNames: Check = {
  id: 'names',
  title: 'Services find each other',
  category: 'network',
  applicable: whereEngine((stack) => pairsOf(stack.services).length > 0),
  run: async (ctx) => {
    const [{ services }, containers] = await Promise.all([ctx.stack(), ctx.containers()]);
    const pairs = pairsOf(services);
    const up = runningOf(containers);
    if (!pairs.some((p) => up.has(p.from) && up.has(p.to))) {
      return notRunning(...new Set(pairs.flatMap((p) => [p.from, p.to]).filter((name) => !up.has(name))));
    }
    const { found, lost, skipped } = await look(ctx);
    const lostNames = namesOf(lost);
    if (lost.length > 0) {
      return {
        status: 'fail',
        detail: lost.map(({ from, to }) => `${from} does not find ${to} by its name`).join('\n'),
        fix: `Make the containers anew: letta-stack up{stack} --force-recreate ${lostNames.join(' ')}`,
        remedy: { do: 'repair', label: `Make ${lostNames.join(' and ')} anew` },
      };
    }
    if (found.length === 0) return noTool(skipped.join(' and '));
    return { status: 'ok', detail: found.map((p) => `${p.from} → ${p.to}`).join(', ') };
  },
  repair: async (ctx) => {
    const { lost } = await look(ctx);
    if (lost.length > 0) await ctx.recreate(namesOf(lost));
  },
};

interface Pair {
  readonly from: string;
  readonly to: string;
}

/** Those whose names were lost with their place in a network. */
const namesOf = (lost: readonly Pair[]): string[] => [...new Set(lost.map((p) => p.to))];

/** Who needs whom, where a network connects them. */
const pairsOf = (services: readonly DoctorService[]): Pair[] =>
  services.flatMap((from) =>
    services
      .filter(
        (to) =>
          from.dependsOn.includes(to.name) && to.networks.some((network) => from.networks.includes(network)),
      )
      .map((to) => ({ from: from.name, to: to.name })),
  );

interface Looked {
  readonly found: readonly Pair[];
  readonly lost: readonly Pair[];
  /** those whose image has nothing to ask with */
  readonly skipped: readonly string[];
}

async function look(ctx: DoctorContext): Promise<Looked> {
  const [{ services }, containers] = await Promise.all([ctx.stack(), ctx.containers()]);
  const up = runningOf(containers);
  // the name of what does not run leads nowhere, and rightly so
  const byAsker = Map.groupBy(
    pairsOf(services).filter((p) => up.has(p.to)),
    (p) => p.from,
  );
  const answers = await Promise.all(
    [...byAsker].map(async ([from, pairs]) => ({ from, pairs, said: await namesFrom(ctx, from, pairs) })),
  );
  const told = answers.flatMap(({ pairs, said }) =>
    said instanceof Set ? pairs.map((p) => ({ ...p, isFound: said.has(p.to) })) : [],
  );
  return {
    found: told.filter((p) => p.isFound),
    lost: told.filter((p) => !p.isFound),
    skipped: answers.filter((a) => a.said === 'no tool').map((a) => a.from),
  };
}

/** The names that lead somewhere from a service; undefined where it does not run. */
async function namesFrom(
  ctx: DoctorContext,
  from: string,
  pairs: readonly Pair[],
): Promise<Set<string> | 'no tool' | undefined> {
  try {
    const answer = await ctx.inside(from, {
      cmd: ['sh', '-c', ASK, 'sh', ...pairs.map((p) => p.to)],
      timeoutMs: 4_000,
    });
    if (!answer) return undefined;
    if (isMissing(answer) || answer.stdout.includes('?')) return 'no tool';
    return new Set(answer.stdout.split('\n').flatMap((line) => (line.startsWith('+ ') ? line.slice(2) : [])));
  } catch (e) {
    // nobody answers the name service's questions
    if (hasCode(e, 'engine.exec-timeout')) return new Set();
    throw e;
  }
}
