/**
 * A process of its own for keychain.test.ts, because libdbus keeps the first bus that a process speaks to.
 * `node keychain-process.ts VERB NAME [VALUE]` prints what the store answers as JSON: `{value}` or `{errors}`.
 */
import { Failure } from '../../main/errors.ts';
import { keychain } from '../../main/system/secrets.ts';

const [, , verb, name = '', newValue = ''] = process.argv;
const store = keychain();
const entry = { scope: 'keychain-test', name };

function answer(): Promise<unknown> {
  if (verb === 'get') return store.get(entry);
  if (verb === 'set') return store.set(entry, newValue);
  if (verb === 'delete') return store.delete(entry);
  return store.status();
}

const said = await answer().then(
  (value) => ({ value: value ?? null }),
  (e: unknown) => {
    if (e instanceof Failure) return { errors: e.errors };
    throw e;
  },
);
process.stdout.write(JSON.stringify(said));
