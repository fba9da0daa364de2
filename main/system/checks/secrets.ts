import { generateSecret } from '../secrets.ts';
import type { Check } from '../types.ts';

/** Writes, reads and deletes an entry of its own: a locked keychain answers some reads, so only that proves it. */
export const checkSecrets: Check = {
  id: 'secrets',
  title: 'Secret store',
  category: 'secrets',
  applicable: () => Promise.resolve(true),
  run: async ({ secrets }) => {
    const entry = { scope: 'doctor', name: generateSecret() };
    // the store reads it back itself
    await secrets.set(entry, generateSecret());
    const deleted = await secrets.delete(entry);
    const left = await secrets.get(entry);
    if (deleted && left === undefined) {
      return { status: 'ok', detail: `${secrets.label} keeps, gives and deletes` };
    }
    return {
      status: 'fail',
      detail: `${secrets.label} did not delete the entry doctor/${entry.name}`,
      fix: "Delete it with the keychain's own program and look at what else it says.",
    };
  },
};
