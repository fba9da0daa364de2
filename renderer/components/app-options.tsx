import type { AppOptions as Options } from '../../main/channels.ts';
import { useOptions } from '../options.ts';
import { ON_QUIT, THEMES } from '../option-words.ts';
import { Choices } from './choices.tsx';
import { NoteOptions } from './note-options.tsx';
import { OptionErrors } from './option-errors.tsx';
import { Switch } from './switch.tsx';

/** The settings of the app that can be changed here. */
export function AppOptions({ told }: { told: Options }) {
  const editor = useOptions(told);
  const { options, change, errorsOf } = editor;
  return (
    <>
      <section className="card options" aria-label="App">
        <div className="card-head">
          <h2>App</h2>
        </div>
        <Switch
          title="Start at login"
          hint="In the tray, without a window. It needs the installed app: nothing starts a clone of its source."
          isOn={options.startAtLogin}
          onChange={(isOn) => change('startAtLogin', isOn)}
        />
        <OptionErrors errors={errorsOf('startAtLogin')} />
        <Choices
          title="When the app is quit, and Letta runs"
          choices={ON_QUIT}
          chosen={options.onQuit}
          onChoose={(value) => change('onQuit', value)}
        />
        <OptionErrors errors={errorsOf('onQuit')} />
        <Choices
          title="Theme"
          choices={THEMES}
          chosen={options.theme}
          onChoose={(value) => change('theme', value)}
        />
        <OptionErrors errors={errorsOf('theme')} />
      </section>
      <NoteOptions editor={editor} />
    </>
  );
}
