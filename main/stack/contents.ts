import { appError, Failure, type AppError } from '../errors.ts';
import type { Loaded } from '../model/types.ts';
import type { Desired } from './desired.ts';
import { injectedFiles, type ContainerFile } from './files.ts';
import type { Plan } from './plan-types.ts';
import type { ProfileBlock } from './profile.ts';
import type { SecretKeeper } from './secret-keeper.ts';

/** Where the contents of `configs:` and `secrets:` come from. */
export interface ContentSources {
  readonly desired: Desired;
  /** absent for operations that create nothing */
  readonly loaded?: Loaded;
  readonly configs: ReadonlyMap<string, Uint8Array>;
  readonly keeper?: SecretKeeper;
  readonly block?: ProfileBlock;
}

/** Services whose containers get their files in this plan: those made anew, and those made before and never started. */
export function servicesToFill(plan: Plan): ReadonlySet<string> {
  return new Set(
    plan.steps.flatMap((s) =>
      s.kind === 'create' || (s.kind === 'start' && s.inject) ? [s.container.service] : [],
    ),
  );
}

/**
 * Makes sure that every file that the plan puts into containers has a content: a variable that is not set is no empty
 * file (the CLI refuses it too, in the middle of its work). A profile's bundles come from the secret store.
 * @throws Failure `stack.source-unset` for each of them
 */
export function requireContents(plan: Plan, sources: ContentSources): void {
  const { project, services } = sources.desired;
  const unset: AppError[] = [];
  for (const name of servicesToFill(plan)) {
    const service = services[name];
    for (const { origin } of service ? injectedFiles(project, service) : []) {
      const variable = project[origin.kind][origin.name]?.environment;
      if (variable === undefined || textOf(origin, variable, sources) !== undefined) continue;
      const kind = origin.kind === 'secrets' ? 'secret' : 'config';
      unset.push(appError('stack.source-unset', { kind, name: origin.name, variable, service: name }));
    }
  }
  if (unset.length > 0) throw new Failure(unset);
}

/** Bytes of a config or a secret. That there is none `requireContents` has ruled out. */
export function contentOf(origin: ContainerFile['origin'], sources: ContentSources): Uint8Array {
  const known = origin.kind === 'configs' ? sources.configs.get(origin.name) : undefined;
  if (known) return known;
  const variable = sources.desired.project[origin.kind][origin.name]?.environment;
  const text = variable === undefined ? undefined : textOf(origin, variable, sources);
  if (text === undefined) throw new Error(`${origin.kind}.${origin.name} has no content`);
  return new TextEncoder().encode(text);
}

/** What a variable gives: the bundle of the profile, else its value when the files were read. */
function textOf(
  { kind, name }: ContainerFile['origin'],
  variable: string,
  { keeper, block, loaded }: ContentSources,
): string | undefined {
  if (kind === 'secrets') {
    const bundle = keeper?.bundles()[variable];
    if (bundle !== undefined) return bundle;
    // a bundle of nothing but secrets that nobody declared
    if (block?.bundles.some((b) => b.variable === variable)) return '';
  }
  return loaded?.contents[kind][name];
}
