import type { Deed } from './commands.ts';
import { copyText } from './copy.ts';
import type { DoctorHandle } from './doctor-commands.ts';
import type { LogHandle } from './log-commands.ts';
import type { Place } from './places.ts';
import type { StackActions } from './stack-actions.ts';
import type { Connection } from './state.ts';
import { plain } from './text.ts';

interface Edges {
  readonly call: Connection['call'];
  readonly actions: StackActions;
  readonly go: (place: Place) => void;
  /** the view of the log, while it is open */
  readonly log: LogHandle | null;
  /** the view of the doctor, while it is open */
  readonly doctor: DoctorHandle | null;
  /** tells what nothing else shows */
  readonly say: (text: string) => void;
}

/** Does what a command is for. @throws CallError with what main said */
export async function runDeed(deed: Deed, { call, actions, go, log, doctor, say }: Edges): Promise<void> {
  switch (deed.do) {
    case 'go':
      // another visit each time, of what is there already too
      return go({ ...deed.place });
    case 'ask':
      // progress, questions and what goes wrong are shown there
      go({ view: 'overview' });
      return actions.ask(deed.ask);
    case 'open':
      await call('openUrl', { project: deed.project, index: deed.index });
      return undefined;
    case 'copy address':
      await call('copyAddress', { project: deed.project, index: deed.index });
      return say('The address is copied.');
    case 'copy secret':
      await call('copySecret', { project: deed.project, name: deed.name });
      return say(`The ${deed.what} is copied.`);
    case 'copy':
      await copyText(deed.text);
      return say(`The ${deed.what} is copied.`);
    case 'log':
      // it was left meanwhile
      if (!log) return undefined;
      await log.act(deed.act);
      return deed.act === 'copy' ? say('The shown lines are copied.') : undefined;
    case 'doctor':
      return doctor?.act(deed.act);
    case 'test connection': {
      const { label, answer, ok } = await call('testConnection', { project: deed.project });
      return say(`${plain(label)}: ${ok ? 'OK' : 'not OK'}. ${plain(answer)}`);
    }
    case 'open logs':
      await call('openLogs', {});
      return undefined;
    case 'zoom':
      await call('zoom', { by: deed.by });
      return undefined;
    case 'quit':
      await call('quit', {});
      return undefined;
    case 'change option':
      await call('changeOptions', deed.change);
      return undefined;
  }
}
