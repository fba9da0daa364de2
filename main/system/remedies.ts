import type { AppError } from '../errors.ts';
import type { Remedy } from './doctor-types.ts';

/** What would mend an error, where a program can do it; the words of the error say the rest. Pure. */
export function remedyOf({ code, data }: AppError): Remedy | undefined {
  const { name, service } = data;
  if ((code === 'stack.setting' || code === 'stack.setting-gone') && typeof name === 'string')
    return { do: 'open-setting', name };
  if (code === 'engine.permission-denied') return { do: 'copy', command: 'sudo usermod -aG docker $USER' };
  if (code === 'doctor.no-answer' && typeof service === 'string') return { do: 'logs', service };
  if (NO_STORE.has(code)) return { do: 'open-card', card: 'keys' };
  return NO_ENGINE.has(code) ? { do: 'choose-engine' } : undefined;
}

/** Where keys are kept cannot be used: the page of the keys unlocks it, or takes another. */
const NO_STORE: ReadonlySet<string> = new Set([
  'secrets.locked',
  'secrets.no-keyring',
  'secrets.no-bus',
  'secrets.no-service',
  'secrets.wrong-passphrase',
  'secrets.no-passphrase',
]);

/** The engine that is named does not answer or is too old, or there is none of that name. */
const NO_ENGINE: ReadonlySet<string> = new Set([
  'engine.api-too-old',
  'engine.bad-context',
  'engine.bad-host',
  'engine.context-unknown',
  'engine.not-installed',
  'engine.not-running',
  'engine.timeout',
  'engine.unreachable',
]);
