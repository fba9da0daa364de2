import { z } from 'zod';

/** What went wrong, as it is told: an error's code and facts with its wording. */
export const AppErrorSchema = z.object({
  code: z.string(),
  data: z.record(z.string(), z.unknown()),
  message: z.string(),
  next: z.string(),
});
