import { z } from 'zod';
import { ModelFit, VllmOffer } from './gpu-shape.ts';
import { nothing, oneStack, Project, StackEntry } from './settings-channels.ts';

/** What the window may ask during the first setup: a part of `channels.ts`. */

/** The steps of a setup, in their order. */
export const SetupStep = z.enum(['engine', 'profile', 'keys', 'place', 'review', 'start']);
export type SetupStep = z.infer<typeof SetupStep>;

/** How far a setup is. What is chosen on the way is kept where it belongs: settings, and the secret store. */
export const Setup = z.strictObject({ step: SetupStep, project: Project.optional() });
export type Setup = z.infer<typeof Setup>;

/** The engine that answers and what it can, or what to do to have one. */
export const EngineFacts = z.object({
  machine: z
    .object({
      name: z.string(),
      os: z.string(),
      arch: z.string(),
      cpus: z.number(),
      /** bytes; of the virtual machine where the engine runs in one */
      memory: z.number(),
      /** bytes that are free where it keeps its data; undefined where that disk cannot be seen from here */
      free: z.number().optional(),
      folder: z.string(),
    })
    .optional(),
  abilities: z.array(z.object({ what: z.string(), isThere: z.boolean(), without: z.string() })),
  /** what to do on this system, in its order */
  todo: z.array(z.object({ text: z.string(), command: z.string().optional() })),
  /** the product that can be started from here */
  startable: z.string().optional(),
});
export type EngineFacts = z.infer<typeof EngineFacts>;

/** What a stack needs of the machine, against what is there. */
export const Need = z.object({
  what: z.enum(['disk', 'memory']),
  /** bytes */
  needed: z.number(),
  /** bytes; undefined where it cannot be seen from here */
  has: z.number().optional(),
});
export type Need = z.infer<typeof Need>;

/** A stack as it is offered in a setup. */
export const SetupStack = StackEntry.extend({
  needs: z.array(Need),
  /** whether it gets the graphics card that it needs here; left out where it needs none */
  gpu: VllmOffer.optional(),
  /** whether its model fits the card; left out where nothing can be said */
  model: ModelFit.optional(),
  /** containers of it on the engine: how many there are, and how many run */
  containers: z.number().int(),
  running: z.number().int(),
  /** why it is the one that is recommended; one stack has it at most */
  recommended: z.string().optional(),
  /** made by another program; `adoptStack` makes it known here */
  isForeign: z.boolean(),
});
export type SetupStack = z.infer<typeof SetupStack>;

export const FirstMessage = z.strictObject({
  project: Project,
  /** handle of one of `models` */
  model: z.string().min(1).max(300),
  text: z.string().min(1).max(4_000),
});
export type FirstMessage = z.infer<typeof FirstMessage>;

export const SETUP_CALLS = {
  engineFacts: { input: nothing, output: EngineFacts },
  /** starts the engine that `startable` names; whether it answers is told with the snapshot */
  startEngine: { input: nothing, output: z.null() },
  setupStacks: { input: nothing, output: z.array(SetupStack) },
  /** makes a stack known that another program made; nothing of it is changed */
  adoptStack: { input: oneStack, output: z.null() },
  /** handles of the models that the running server offers to agents; `likely` is a good first choice among them */
  models: {
    input: oneStack,
    output: z.object({ models: z.array(z.string()), likely: z.string().optional() }),
  },
  /** makes the first agent where it is not there yet, and tells what it answers */
  firstMessage: { input: FirstMessage, output: z.object({ agent: z.string(), answer: z.string() }) },
} as const;
