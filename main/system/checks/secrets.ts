import { generateSecret } from '../secrets.ts';
import type { Check, CheckResult } from '../doctor-types.ts';
import type { SecretStoreStatus } from '../types.ts';

/**
 * Of a keychain: writes, reads and deletes an entry of its own, for a locked one answers some reads. Of a file: only
 * looks whether it opens; a diagnosis must neither make nor change it.
 */
export const checkSecrets: Check = {
  id: 'secrets',
  title: 'Secret store',
  category: 'secrets',
  applicable: () => Promise.resolve(true),
  run: async ({ secrets }) => {
    if (secrets.kind === 'file') return fileResult(secrets.label, await secrets.status());
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

function fileResult(file: string, status: SecretStoreStatus): CheckResult {
  if (status === 'ok') return { status: 'ok', detail: `${file} opens` };
  if (status === 'absent') return { status: 'ok', detail: `${file} is made with the first secret` };
  return {
    status: 'fail',
    detail: `${file} cannot be opened: there is no passphrase, or it is another one`,
    fix: 'Run this in a terminal, or name a file that holds the passphrase in LETTA_STACK_PASSPHRASE_FILE.',
    remedy: { do: 'open-card', card: 'keys' },
  };
}
