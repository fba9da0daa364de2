import { useEffect, useRef, useState } from 'react';
import { useConnection, useTold } from './context.ts';
import { Sidebar } from './components/sidebar.tsx';
import { VIEWS, type Place } from './places.ts';
import { Doctor } from './views/doctor.tsx';
import { Logs } from './views/logs.tsx';
import { Overview } from './views/overview.tsx';
import { Settings } from './views/settings.tsx';

/** The window: where one can go, and the place one is at. */
export function App() {
  const { platform } = useConnection();
  const told = useTold();
  const [place, setPlace] = useState<Place>({ view: 'overview' });
  const [followed, setFollowed] = useState(told.show);
  const main = useRef<HTMLElement>(null);

  // told from outside, by the tray or a notification
  if (told.show !== followed) {
    setFollowed(told.show);
    if (told.show) setPlace(placeOf(told.show));
  }

  useEffect(() => {
    const go = (event: KeyboardEvent): void => {
      if (!(platform === 'darwin' ? event.metaKey : event.ctrlKey) || event.altKey || event.shiftKey) return;
      const view = VIEWS.find((v) => v.key === event.key);
      // a dialog asks something that is to be answered first
      if (!view || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      setPlace({ view: view.id });
    };
    window.addEventListener('keydown', go);
    return () => window.removeEventListener('keydown', go);
  }, [platform]);

  useEffect(() => {
    const title = VIEWS.find((v) => v.id === place.view)?.title ?? '';
    document.title = `${title} – Letta Stack`;
    // the button that led here may have gone with its view
    if (document.activeElement === document.body) main.current?.focus();
  }, [place]);

  return (
    <div className="window">
      <Sidebar
        snapshot={told.snapshot}
        platform={platform}
        view={place.view}
        onChoose={(view) => setPlace({ view })}
      />
      {/* a view of text alone can be scrolled by keys only where it can have the focus */}
      <main ref={main} tabIndex={place.view === 'settings' ? 0 : -1} className={place.view}>
        {place.view === 'overview' && <Overview told={told} onGo={setPlace} />}
        {place.view === 'logs' && <Logs key={place.service} told={told} service={place.service} />}
        {place.view === 'doctor' && <Doctor />}
        {place.view === 'settings' && <Settings snapshot={told.snapshot} />}
      </main>
    </div>
  );
}

const placeOf = ({ view, service }: { view: Place['view']; service?: string | undefined }): Place =>
  service === undefined ? { view } : { view, service };
