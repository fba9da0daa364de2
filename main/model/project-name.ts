/** The name of a project (compose-spec, section "name"). */

/** What the name of a project is. */
export const PROJECT_NAME = /^[a-z0-9][a-z0-9_-]*$/;

/** A text without what a project name cannot have; may become empty. */
export const normaliseProjectName = (text: string): string =>
  (text.toLowerCase().match(/[a-z0-9_-]/g) ?? []).join('').replace(/^[_-]+/, '');
