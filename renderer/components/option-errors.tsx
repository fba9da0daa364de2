import type { SaidError } from '../state.ts';
import { ErrorNotes } from './error-notes.tsx';

/** By the setting that could not be changed: why. */
export function OptionErrors({ errors }: { errors: readonly SaidError[] }) {
  return errors.length === 0 ? null : <ErrorNotes title="This was not changed" errors={errors} />;
}
