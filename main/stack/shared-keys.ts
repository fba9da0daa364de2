/** Keys that all stacks share, and the user's own files that would get them. Pure. */
import type { Project } from '../model/types.ts';
import { injectedFiles } from './files.ts';
import type { Confirmation } from './plan-types.ts';
import type { ProfileBlock } from './profile.ts';
import { namesOf } from './profile-secrets.ts';

/** A key of the user's and the services into whose containers it goes. */
export interface SharedKey {
  readonly name: string;
  readonly services: readonly string[];
}

/** The keys of all stacks that a file's services take, of those that are set. */
export function sharedKeys(
  block: ProfileBlock,
  project: Project,
  isSet: (name: string) => boolean,
): SharedKey[] {
  // a bundle says whose it is, but whoever mounts it has it
  const takers = Object.entries(project.services).flatMap(([service, model]) =>
    injectedFiles(project, { ...model, name: service })
      .filter(({ origin }) => origin.kind === 'secrets')
      .map(({ origin }) => ({ service, variable: project.secrets[origin.name]?.environment })),
  );
  return block.secrets
    .filter(({ scope, name }) => scope === 'global' && isSet(name))
    .map(({ name }) => {
      const bundles = block.bundles.filter((b) => namesOf(b).includes(name));
      const mounted = takers.filter((t) => bundles.some((b) => b.variable === t.variable));
      const services = [...bundles, ...mounted].map((t) => t.service);
      return { name, services: [...new Set(services)].toSorted() };
    })
    .filter(({ services }) => services.length > 0);
}

/** Each as it is agreed to: `OPENAI_API_KEY app`. */
export const agreements = (keys: readonly SharedKey[]): string[] =>
  keys.flatMap(({ name, services }) => services.map((service) => `${name} ${service}`));

/** Those of which it was not agreed yet that the service gets them. */
export const withoutAgreed = (keys: readonly SharedKey[], agreed: readonly string[]): SharedKey[] =>
  keys
    .map(({ name, services }) => ({
      name,
      services: services.filter((s) => !agreed.includes(`${name} ${s}`)),
    }))
    .filter(({ services }) => services.length > 0);

/** The user's word for what a file that is none of ours would get. */
export function askKeys(keys: readonly SharedKey[], files: readonly string[]): Confirmation[] {
  if (keys.length === 0) return [];
  const each = keys.map(({ name, services }) => `${name} to ${services.join(' and ')}`);
  return [
    {
      kind: 'give-keys',
      subject: keys.map((k) => k.name).join(', '),
      text: `${files.join(', ')} is not a file of letta-stack, and gives keys of yours to its containers: ${each.join(', ')}.`,
    },
  ];
}
