import type { AppSnapshot } from '../../main/channels.ts';
import { useAction, useConnection } from '../context.ts';
import { shortcutText } from '../shortcut.ts';
import { ErrorNotes } from './error-notes.tsx';
import { Icon } from './icon.tsx';

/** Said once where nothing on the desktop shows tray icons: what to install, and how one gets here until then. */
export function TrayHint({ snapshot }: { snapshot: AppSnapshot | undefined }) {
  const { call, platform } = useConnection();
  const seen = useAction(() => call('changeOptions', { trayHintSeen: true }));
  if (!snapshot?.trayMissing || !snapshot.options || snapshot.options.trayHintSeen) return null;
  return (
    <section className="note warn" aria-label="No tray">
      <Icon name="warn" />
      <div className="note-text">
        <strong>This desktop shows no tray icons.</strong>
        <p>
          On GNOME, install the extension “AppIndicator and KStatusNotifierItem Support”. Without it, start
          Letta Stack again to come back to this window, and quit it with {shortcutText('q', platform)}.
        </p>
        {seen.errors.length > 0 && <ErrorNotes errors={seen.errors} onDismiss={seen.dismiss} />}
      </div>
      <button type="button" className="small" disabled={seen.isRunning} onClick={() => seen.run()}>
        Got it
      </button>
    </section>
  );
}
