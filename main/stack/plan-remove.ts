import type { Observed, ObservedNetwork, ObservedVolume } from './observed.ts';
import type { Desired } from './desired.ts';
import { LABEL } from './labels.ts';
import { namelessOf, planDown } from './plan-down.ts';
import type { Plan, Step } from './plan-types.ts';

/** What there is of a stack beside what the engine has. */
export interface RemovalFacts {
  /** names of volumes that the file calls `external`, whatever their labels say */
  readonly external: readonly string[];
  /** secrets of this stack alone that the store has */
  readonly secrets: readonly {
    readonly name: string;
    /** names of the volumes whose data was made with it; undefined where nobody knows them */
    readonly volumes?: readonly string[] | undefined;
  }[];
  /** what is known of where it ran: on this engine, and the names of others, which may have data of it */
  readonly ranOn: { readonly here: boolean; readonly others: readonly string[] };
  /** settings or state know the stack */
  readonly isKnown: boolean;
}

/** Something of the stack that stays, and why. */
export interface Kept {
  readonly what: string;
  readonly why: string;
}

/** Everything of a stack: what goes, in which order, and what stays. */
export interface Removal {
  readonly plan: Plan;
  readonly keeps: readonly Kept[];
  readonly engine: string;
  /** where its secrets are, for people */
  readonly store: string;
  /** bytes, by volume, where the engine tells them in time */
  readonly sizes: ReadonlyMap<string, number>;
}

/**
 * Everything of a stack, in an order in which a failure in between never leaves data without its key: containers, then
 * networks, then volumes, then secrets, and what is known of the stack last. A volume that is external, a network that
 * others use and the key of a volume that stays, here or perhaps on another engine, are kept; a key of which nobody knows
 * the volume stays while any does.
 * It is agreed to by the stack's typed name, for this list.
 */
export function planRemove(
  project: string,
  services: Desired['services'],
  observed: Observed,
  facts: RemovalFacts,
): { readonly plan: Plan; readonly keeps: readonly Kept[] } {
  const volumes = ownVolumes(project, observed, facts);
  const names = volumes.map((v) => v.name);
  const stays = [...observed.volumes.keys()].filter((name) => !names.includes(name));
  const used = ownNetworks(project, observed).filter((n) => outsiders(n, observed).length > 0);
  const down = planDown(project, services, observed, { removeOrphans: true, deleteVolumes: names });
  const engineSteps = down.steps
    .filter((s) => s.kind !== 'removeNetwork' || used.every((n) => n.id !== s.networkId))
    .map((s) => withVolumes(s, volumes, observed));
  const steps = inOrder([
    engineSteps.filter((s) => s.kind !== 'removeVolume' && s.kind !== 'removeNetwork'),
    engineSteps.filter((s) => s.kind === 'removeNetwork'),
    engineSteps.filter((s) => s.kind === 'removeVolume'),
    facts.secrets
      .filter((s) => whyKept(s, names, stays, facts) === undefined)
      .map(({ name }) => ({
        id: `remove-secret:${name}`,
        after: [],
        cause: ALL,
        kind: 'removeSecret',
        name,
      })),
    facts.isKnown ? [{ id: 'forget', after: [], cause: ALL, kind: 'forgetStack' }] : [],
  ]);
  const keeps = [
    ...used.map((n) => ({
      what: `network ${n.name}`,
      why: `used by ${outsiders(n, observed).join(', ')}`,
    })),
    ...stays.map((name) => ({
      what: `volume ${name}`,
      why: facts.external.includes(name) ? 'the file calls it external' : `not made for ${project}`,
    })),
    ...facts.secrets.flatMap((s) => {
      const why = whyKept(s, names, stays, facts);
      return why === undefined ? [] : [{ what: `secret ${s.name}`, why }];
    }),
  ];
  const text = [
    `Everything of ${project} on the engine ${observed.engineName} is removed for good:`,
    ...goes(steps).map((words) => `  ${words}`),
    ...[...keeps, ...always(project)].map(({ what, why }) => `  kept: ${what} (${why})`),
  ].join('\n');
  const asked = [{ kind: 'remove-stack' as const, subject: project, text }, ...down.confirmations];
  return {
    plan: {
      ...down,
      operation: 'remove',
      steps,
      warnings: [],
      confirmations: steps.length === 0 ? [] : asked,
      orphans: [],
    },
    keeps,
  };
}

const ALL = 'everything of the stack is removed';

/** Volumes that were made for the stack and that its file does not call somebody else's. */
export function ownVolumes(
  project: string,
  observed: Observed,
  { external }: Pick<RemovalFacts, 'external'>,
): ObservedVolume[] {
  return [...observed.volumes.values()].filter(
    (v) => v.labels[LABEL.project] === project && !external.includes(v.name),
  );
}

const ownNetworks = (project: string, observed: Observed): ObservedNetwork[] =>
  [...observed.networks.values()].flat().filter((n) => n.labels[LABEL.project] === project);

/** Containers of others on a network: they would lose their connection. */
const outsiders = (network: ObservedNetwork, { containers }: Observed): string[] =>
  (network.users ?? []).filter((name) => containers.every((c) => c.name !== name));

/** What no removal looks for, whatever there is of the stack. */
const always = (project: string): Kept[] => [
  { what: 'old versions of the settings', why: `they have the variables of ${project}: letta-stack history` },
  {
    what: 'keys in another secret store',
    why: 'only the one that the setting secretStore names is looked at',
  },
];

/** Why a key stays; undefined where it goes: then no data that it opens is left anywhere. */
function whyKept(
  { volumes }: RemovalFacts['secrets'][number],
  going: readonly string[],
  stays: readonly string[],
  { ranOn }: RemovalFacts,
): string | undefined {
  if (volumes?.length === 0) return undefined;
  if (ranOn.others.length > 0) return `data made with it may be on ${ranOn.others.join(', ')}`;
  if (!ranOn.here && !(volumes ?? going).some((name) => going.includes(name)))
    return 'no data made with it is here, and nobody knows where the stack ran';
  if (stays.length === 0) return undefined;
  if (!volumes) return 'nobody knows which volume was made with it, and not every volume goes';
  const made = volumes.filter((name) => stays.includes(name));
  return made.length === 0 ? undefined : `volume ${made.join(', ')} was made with it`;
}

/**
 * A volume of the same name may come to be in between: when it was made tells them apart. Nameless ones of a container
 * go with it: nobody could find them again.
 */
function withVolumes(step: Step, volumes: readonly ObservedVolume[], { containers }: Observed): Step {
  if (step.kind === 'removeVolume')
    return { ...step, createdAt: volumes.find((v) => v.name === step.name)?.createdAt };
  if (step.kind !== 'remove') return step;
  const nameless = namelessOf(containers.find((c) => c.id === step.container.id) ?? { mounts: [] });
  return nameless.length === 0 ? step : { ...step, nameless };
}

/** Each group waits for the whole one before it, besides the orderings within it. */
function inOrder(groups: readonly (readonly Step[])[]): Step[] {
  let before: readonly string[] = [];
  const steps: Step[] = [];
  for (const group of groups) {
    for (const step of group) steps.push({ ...step, after: [...new Set([...before, ...step.after])] });
    if (group.length > 0) before = group.map((s) => s.id);
  }
  return steps;
}

/** What goes, in words; stopping what is removed is a part of it. */
export const goes = (steps: readonly Step[]): string[] => steps.flatMap(wordsOf);

function wordsOf(step: Step): string[] {
  if (step.kind === 'remove') {
    const { name } = step.container;
    const nameless = (step.nameless ?? []).map((v) => `nameless volume ${v.slice(0, 12)} of ${name}`);
    return [`container ${name}`, ...nameless];
  }
  if (step.kind === 'removeNetwork') return [`network ${step.name}`];
  if (step.kind === 'removeVolume') {
    const created = step.createdAt === undefined ? '' : ` (created ${step.createdAt})`;
    return [`volume ${step.name} and all data in it${created}`];
  }
  if (step.kind === 'removeSecret') return [`secret ${step.name}`];
  return step.kind === 'forgetStack' ? ['its settings, what was applied, and its incidents'] : [];
}
