import { useEffect, useRef, useState } from 'react';
import type { PushValue } from '../main/channels.ts';
import { CommandPalette } from './components/command-palette.tsx';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { Said } from './components/said.tsx';
import { SettingsWarning } from './components/settings-warning.tsx';
import { Sidebar } from './components/sidebar.tsx';
import { TrayHint } from './components/tray-hint.tsx';
import { commandsOf, type Command } from './commands.ts';
import { useConnection, useTold } from './context.ts';
import type { DoctorHandle } from './doctor-commands.ts';
import type { LogHandle } from './log-commands.ts';
import { FIND_KEY, PALETTE_KEY, VIEWS, type Place } from './places.ts';
import { runDeed } from './run-deed.ts';
import { shortcutOf } from './shortcut.ts';
import { useStackActions } from './stack-actions.ts';
import { useLogFilter } from './use-log-filter.ts';
import { Doctor } from './views/doctor.tsx';
import { Logs } from './views/logs.tsx';
import { Overview } from './views/overview.tsx';
import { Settings } from './views/settings.tsx';
import { SetupView } from './views/setup.tsx';

/** The window: where one can go, the place one is at, and the commands over it. */
export function App() {
  const { platform, call } = useConnection();
  const told = useTold();
  const [place, setPlace] = useState<Place>({ view: 'overview' });
  const [visits, setVisits] = useState(0);
  const [followed, setFollowed] = useState(told.show);
  const [isAsked, setAsked] = useState(false);
  // the commands of the view that is open, as they were when they were asked for
  const [ofView, setOfView] = useState<readonly Command[]>();
  const [said, say] = useState<{ text: string }>();
  const main = useRef<HTMLElement>(null);
  const log = useRef<LogHandle>(null);
  const doctor = useRef<DoctorHandle>(null);
  const logFilter = useLogFilter(place, told.snapshot?.current);
  const actions = useStackActions(told.snapshot, go);

  const command = (): void => setOfView((log.current ?? doctor.current)?.commands() ?? []);

  function go(next: Place): void {
    setPlace(next);
    if (next.isAgain) setVisits((before) => before + 1);
  }

  // told from outside, by the tray's menu or a notification
  if (told.show !== followed) {
    setFollowed(told.show);
    if (told.show) setPlace(placeOf(told.show));
    // what was asked here is not asked again when one comes back: by then it may be another question
    actions.closeRestart();
    actions.closePreview();
    setOfView(undefined);
    if (told.show?.previewed !== undefined) actions.ask({ do: 'preview' }, told.show.previewed);
    if (told.show?.restarted !== undefined)
      actions.ask({ do: 'operate', request: { kind: 'restart', services: [] } }, told.show.restarted);
  }

  // the first time that the settings are known: who never had a stack, or was interrupted, is led to one
  const setup = told.snapshot?.options?.setup;
  if (setup !== undefined && !isAsked) {
    setAsked(true);
    if (setup !== null && place.view === 'overview') setPlace({ view: 'setup' });
  }

  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const key = shortcutOf(event, platform);
      const view = VIEWS.find((v) => v.key === key);
      if (!view && key !== PALETTE_KEY && key !== FIND_KEY) return;
      event.preventDefault();
      // a dialog asks something that is to be answered first
      if (document.querySelector('dialog[open]')) return;
      if (view) setPlace({ view: view.id });
      // the logs lead to their search themselves
      else if (key === FIND_KEY)
        setPlace((now) => (now.view === 'logs' ? now : { view: 'logs', isFinding: true }));
      else command();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [platform]);

  useEffect(() => {
    const title = VIEWS.find((v) => v.id === place.view)?.title;
    if (title !== undefined) document.title = `${title} – Letta Stack`;
    // the button that led here may have gone with its view
    if (document.activeElement === document.body) main.current?.focus();
  }, [place]);

  // without settings there is nothing to set up
  const view = place.view === 'setup' && !told.snapshot?.options ? 'overview' : place.view;
  return (
    <div className="window">
      {view === 'setup' && told.snapshot ? (
        <SetupView snapshot={told.snapshot} actions={actions} onGo={go} />
      ) : (
        <>
          <Sidebar
            snapshot={told.snapshot}
            platform={platform}
            view={view}
            onChoose={(chosen) => setPlace({ view: chosen })}
            onCommand={command}
          />
          {/* a view of text alone can be scrolled by keys only where it can have the focus */}
          <main ref={main} tabIndex={view === 'settings' ? 0 : -1} className={view}>
            <SettingsWarning snapshot={told.snapshot} />
            <TrayHint snapshot={told.snapshot} />
            {/* another view is not to be without its content because of this one */}
            <ErrorBoundary key={view}>
              {view === 'overview' && <Overview told={told} actions={actions} onGo={setPlace} />}
              {view === 'logs' && <Logs told={told} place={place} handle={log} onGo={go} {...logFilter} />}
              {view === 'doctor' && (
                <Doctor
                  // what was found of one stack is not mended in another
                  key={`${visits} ${told.snapshot?.current}`}
                  project={told.snapshot?.current}
                  actions={actions}
                  handle={doctor}
                  onGo={setPlace}
                />
              )}
              {view === 'settings' && (
                <Settings snapshot={told.snapshot} place={place} actions={actions} onGo={setPlace} />
              )}
            </ErrorBoundary>
          </main>
        </>
      )}
      {ofView && (
        <CommandPalette
          commands={commandsOf({
            snapshot: told.snapshot,
            failure: actions.failure,
            isAsking: actions.operation.isRunning || actions.probe.isRunning,
            ofView,
          })}
          onRun={({ deed }) => {
            // what it leads to takes the focus, which it cannot while this is open
            if (deed.do === 'go' || deed.do === 'doctor') setOfView(undefined);
            const views = { log: log.current, doctor: doctor.current };
            return runDeed(deed, { call, actions, go, ...views, say: (text) => say({ text }) });
          }}
          onClose={() => setOfView(undefined)}
        />
      )}
      <Said said={said} onOver={() => say(undefined)} />
    </div>
  );
}

const placeOf = ({ view, service, isFinding = false }: PushValue<'show'>): Place => ({
  view,
  isFinding,
  ...(service !== undefined && { service }),
});
