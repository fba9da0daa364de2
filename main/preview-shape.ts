import { z } from 'zod';
import { AppErrorSchema } from './contract.ts';

const Step = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  cause: z.string(),
  /** whose container it is about */
  service: z.string().optional(),
});

/** What an `up` would do, before it is done. */
export const Preview = z.object({
  steps: z.array(Step),
  warnings: z.array(AppErrorSchema),
  /** what is done only with the user's word */
  confirmations: z.array(z.object({ kind: z.string(), subject: z.string(), text: z.string() })),
  /** names this plan's confirmations; `operate` takes it as the user's word */
  agreement: z.string(),
  unchanged: z.array(z.string()),
  /** bytes of disk that the profile says it needs with its images; undefined where it says nothing */
  diskNeeded: z.number().optional(),
});
export type Preview = z.infer<typeof Preview>;

/** How much the images of a plan are to download, as their registries say. */
export const Downloads = z.object({
  images: z.array(
    z.object({
      /** id of the step that pulls it */
      step: z.string(),
      /** undefined where its registry did not say */
      bytes: z.number().optional(),
    }),
  ),
  /** bytes of all that are known; what two of them share is downloaded once, and so counted once */
  bytes: z.number(),
  /** how long that takes at most; left out where no size is known */
  seconds: z.number().optional(),
  /** both in words, with the speed that is reckoned with; empty where nothing is downloaded */
  words: z.string(),
});
export type Downloads = z.infer<typeof Downloads>;
