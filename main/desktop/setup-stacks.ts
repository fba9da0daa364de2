import type { Need, SetupStack } from '../channels.ts';
import type { ContainerSummary } from '../docker/port.ts';
import { LABEL } from '../stack/labels.ts';
import type { ProfileBlock } from '../stack/profile.ts';

/** What this machine, or the engine's, has for a stack; undefined where it cannot be seen from here. Bytes. */
export interface Machine {
  readonly memory?: number | undefined;
  /** free where the engine keeps its data */
  readonly disk?: number | undefined;
}

/** What a profile needs, against what there is. Pure. */
export function needsOf(needs: ProfileBlock['needs'], machine: Machine): Need[] {
  return (['disk', 'memory'] as const).flatMap((what): Need[] => {
    const needed = needs[what];
    const has = machine[what];
    return needed === undefined ? [] : [{ what, needed, ...(has !== undefined && { has }) }];
  });
}

/** Whether nothing is known to be missing. */
export const isEnough = (needs: readonly Need[]): boolean =>
  needs.every(({ needed, has }) => has === undefined || has >= needed);

/** Whether it can run here, as far as anybody can say. */
const isFit = ({ needs, gpu, problems }: SetupStack): boolean =>
  problems.length === 0 && isEnough(needs) && gpu?.verdict !== 'not';

/** The profile for whoever asks for nothing special. */
const USUAL = 'production';

const WHY = {
  here: 'It is on this engine already, with its data.',
  usual: 'The complete server with its own database, for everyday use. Other machines cannot reach it.',
  current: 'It is what Letta develops now, and this machine has what it needs.',
} as const;

/**
 * Marks the stack that is recommended, and puts it first: one that is there already (running before stopped), else the
 * usual profile, else a supported one that this machine has enough for. Pure.
 */
export function withRecommended(stacks: readonly SetupStack[]): SetupStack[] {
  const here = stacks
    .filter((s) => s.problems.length === 0 && s.containers > 0)
    .toSorted((a, b) => b.running - a.running)[0];
  const usual = stacks.find((s) => s.profile === USUAL && isFit(s));
  const current = stacks.find((s) => s.support?.status === 'current' && isFit(s));
  const best = here ?? usual ?? current;
  if (!best) return [...stacks];
  const why = best === here ? WHY.here : best === usual ? WHY.usual : WHY.current;
  return [{ ...best, recommended: why }, ...stacks.filter((s) => s !== best)];
}

/** Containers of one project on the engine. */
export interface Found {
  readonly project: string;
  readonly containers: number;
  readonly running: number;
  /** the Compose files that it was made from, absolute; empty where its labels do not say */
  readonly files: readonly string[];
  /** project directory, absolute */
  readonly folder?: string | undefined;
  /** `--env-file`, absolute */
  readonly envFiles: readonly string[];
  /** one of its services runs a Letta server */
  readonly isLetta: boolean;
}

/** Images of Letta's servers, from whatever registry. */
const LETTA = /(^|\/)(letta\/letta|letta-ai\/letta-code|letta\/letta-server|memgpt\/letta)(:|@|$)/;

/** The stacks that an engine has containers of, by the labels of docker compose. Pure. */
export function foundStacks(containers: readonly ContainerSummary[]): Found[] {
  const labelled = containers.filter(
    ({ Labels }) => Labels[LABEL.project] !== undefined && Labels[LABEL.oneoff] !== 'True',
  );
  const byProject = Map.groupBy(labelled, ({ Labels }) => Labels[LABEL.project] ?? '');
  return [...byProject].map(([project, its]) => {
    // one that a later `up` found unchanged still says what it was made with
    const labels = its.toSorted((a, b) => b.Created - a.Created)[0]?.Labels ?? {};
    const folder = labels[LABEL.workingDir];
    return {
      project,
      containers: its.length,
      running: its.filter((c) => c.State === 'running').length,
      files: paths(labels[LABEL.configFiles]),
      envFiles: paths(labels[LABEL.environmentFile]),
      ...(folder !== undefined && { folder }),
      isLetta: its.some((c) => LETTA.test(c.Image)),
    };
  });
}

const paths = (label = ''): string[] => label.split(',').filter((path) => path !== '');
