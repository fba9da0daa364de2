import type { AppSnapshot } from '../../main/channels.ts';
import { ErrorNotes } from './error-notes.tsx';

/** While the settings cannot be understood others stand in for them: that is not to be found out by surprise. */
export function SettingsWarning({ snapshot }: { snapshot: AppSnapshot | undefined }) {
  if (!snapshot?.warning) return null;
  return <ErrorNotes title="The settings cannot be read" errors={[snapshot.warning]} />;
}
