/** Texts with `{name}` in them: addresses of a profile and lines of its bundles. Pure. */

const PLACEHOLDER = /\{([A-Za-z_][\w-]*)\}/g;

/** The names in a template. */
export const placeholdersOf = (template: string): string[] =>
  [...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');

/** The template with its values in it; undefined when one is missing. */
export function fillTemplate(
  template: string,
  valueOf: (name: string) => string | undefined,
): string | undefined {
  if (placeholdersOf(template).some((name) => valueOf(name) === undefined)) return undefined;
  return template.replaceAll(PLACEHOLDER, (_, name: string) => valueOf(name) ?? '');
}
