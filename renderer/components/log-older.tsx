import type { LogWindow } from '../log-window.ts';

interface Props {
  readonly window: LogWindow;
  readonly isLoading: boolean;
  readonly onLoad: () => void;
}

/** What there is before the first line that is shown. */
export function LogOlder({ window: { letGo, hasOlder, lost }, isLoading, onLoad }: Props) {
  const lines = letGo === 0 ? 'Older lines' : `${letGo.toLocaleString('en')} older lines`;
  return (
    <>
      {(letGo > 0 || hasOlder) && (
        <button type="button" className="log-bar" disabled={isLoading} onClick={onLoad}>
          {isLoading ? 'Reading older lines …' : `${lines}, load`}
        </button>
      )}
      {lost > 0 && (
        <p className="log-bar soft">
          {lost.toLocaleString('en')} older lines are gone: the engine has them no more.
        </p>
      )}
    </>
  );
}
