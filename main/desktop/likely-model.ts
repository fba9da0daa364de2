import type { CallOutput } from '../channels.ts';

/** Quick and cheap ones that use tools well, the likeliest first; all of them are offered. */
const LIKELY = [/gpt-4\.1-mini$/, /gpt-4o-mini$/, /claude.*haiku/, /gemini.*flash/, /mini\b/];

/** A model for somebody who has no opinion. Pure. */
export const likelyModel = (models: readonly string[]): string | undefined =>
  LIKELY.flatMap((kind) => models.filter((m) => kind.test(m)))[0] ?? models[0];

/** Handles that a server told, once each, with a likely one. Pure. */
export function offered(handles: readonly string[]): CallOutput<'models'> {
  const models = [...new Set(handles)];
  const likely = likelyModel(models);
  return { models, ...(likely !== undefined && { likely }) };
}
