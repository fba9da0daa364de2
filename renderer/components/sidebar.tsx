import type { AppSnapshot, View } from '../../main/channels.ts';
import { engineName, enginePlace, stackTitle, supportWords } from '../engine-words.ts';
import { stackOf } from '../hero-model.ts';
import { PALETTE_KEY, VIEWS, type Place } from '../places.ts';
import { shortcutName, shortcutText } from '../shortcut.ts';
import { plain } from '../text.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly snapshot: AppSnapshot | undefined;
  readonly platform: string;
  readonly view: Place['view'];
  readonly onChoose: (view: View) => void;
  readonly onCommand: () => void;
}

/** The views, and what one looks at. */
export function Sidebar({ snapshot, platform, view, onChoose, onCommand }: Props) {
  return (
    <header className="sidebar">
      <div className="mark">
        <Icon name="stack" size={20} />
        Letta Stack
      </div>
      <nav aria-label="Views">
        {VIEWS.map(({ id, title, key }) => (
          <button
            key={id}
            type="button"
            aria-current={id === view ? 'page' : undefined}
            aria-keyshortcuts={shortcutName(key, platform)}
            onClick={() => onChoose(id)}
          >
            {title}
            <kbd aria-hidden="true">{shortcutText(key, platform)}</kbd>
          </button>
        ))}
      </nav>
      <button
        type="button"
        className="commands"
        aria-haspopup="dialog"
        aria-keyshortcuts={shortcutName(PALETTE_KEY, platform)}
        onClick={onCommand}
      >
        Commands
        <kbd aria-hidden="true">{shortcutText(PALETTE_KEY, platform)}</kbd>
      </button>
      {snapshot && <Where snapshot={snapshot} />}
    </header>
  );
}

function Where({ snapshot }: { snapshot: AppSnapshot }) {
  const { engine } = snapshot;
  const support = stackOf(snapshot)?.support;
  return (
    <div className="where">
      <strong>{plain(stackTitle(snapshot))}</strong>
      {support && <span>{supportWords(support)}</span>}
      <span>{engine.reachable ? plain(engineName(engine)) : 'Engine unreachable'}</span>
      {enginePlace(engine) !== undefined && <span>{plain(enginePlace(engine) ?? '')}</span>}
    </div>
  );
}
