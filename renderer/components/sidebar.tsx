import type { AppSnapshot, View } from '../../main/channels.ts';
import { engineName, enginePlace, stackTitle, supportWords } from '../engine-words.ts';
import { stackOf } from '../hero-model.ts';
import { VIEWS } from '../places.ts';
import { plain } from '../text.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly snapshot: AppSnapshot | undefined;
  readonly platform: string;
  readonly view: View;
  readonly onChoose: (view: View) => void;
}

/** The views, and what one looks at. */
export function Sidebar({ snapshot, platform, view, onChoose }: Props) {
  const modifier = platform === 'darwin' ? '⌘' : 'Ctrl+';
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
            aria-keyshortcuts={`${platform === 'darwin' ? 'Meta' : 'Control'}+${key}`}
            onClick={() => onChoose(id)}
          >
            {title}
            <kbd aria-hidden="true">{modifier + key}</kbd>
          </button>
        ))}
      </nav>
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
