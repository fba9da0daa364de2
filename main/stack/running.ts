import type { Desired } from './desired.ts';
import type { Observed } from './observed.ts';
import type { Ready } from './ready.ts';
import type { StackSource } from './source.ts';
import { servicesFromLabels } from './stack-status.ts';

/** The settings of the block as the model was made with them: the user's own files may take them from elsewhere. */
export function chosenOf(source: StackSource): Readonly<Record<string, string>> {
  const settings = source.block?.settings ?? [];
  return Object.fromEntries(
    settings.flatMap(({ variable }) => {
      const value = source.variables[variable];
      return value === undefined ? [] : [[variable, value]];
    }),
  );
}

/** What a setting of the block is by its name, as the model was made; undefined where there is none of that name. */
export const valuesOf =
  (source: StackSource) =>
  (name: string): string | undefined => {
    const setting = source.block?.settings.find((s) => s.name === name);
    return setting && (source.variables[setting.variable] ?? setting.default);
  };

/** Services of a running stack, disabled profiles' too: of its model, or of the labels where that cannot be read. */
export function servicesOf(
  known: Ready | undefined,
  containers: Observed['containers'],
): Desired['services'] {
  if (!known) return servicesFromLabels(containers);
  const disabled = Object.entries(known.loaded.project.disabledServices).map(
    ([name, service]) => [name, { ...service, name }] as const,
  );
  return { ...known.desired.services, ...Object.fromEntries(disabled) };
}
