import { NoteKind, SetupStep, type AppOptions, type CallInput, type Setup } from '../channels.ts';
import type { AppSettings, Settings } from '../system/types.ts';
import type { NoteSettings } from './notify.ts';

/** The app's settings with what holds where nothing was chosen. Kinds that this version does not know are left out. */
export function optionsOf({ app = {}, ...settings }: Settings): AppOptions {
  return {
    startAtLogin: app.startAtLogin ?? false,
    onQuit: app.onQuit ?? 'keep',
    theme: app.theme ?? 'system',
    notificationsOff: (app.notificationsOff ?? []).flatMap((kind) => {
      const known = NoteKind.safeParse(kind);
      return known.success ? [known.data] : [];
    }),
    trayHintSeen: app.trayHintSeen ?? false,
    quietHours: app.quietHours ? { from: app.quietHours.from, to: app.quietHours.to } : null,
    setup: setupOf(app.setup, settings),
  };
}

/** Who has never had a stack is led through a setup; one that a newer version left at a step unknown here begins anew. */
function setupOf(
  setup: AppSettings['setup'],
  { stacks, current }: Pick<Settings, 'stacks' | 'current'>,
): Setup | null {
  if (setup === null) return null;
  if (setup === undefined) {
    return current === undefined && Object.keys(stacks).length === 0 ? { step: 'engine' } : null;
  }
  const step = SetupStep.safeParse(setup.step);
  return {
    step: step.success ? step.data : 'engine',
    ...(setup.project !== undefined && { project: setup.project }),
  };
}

/** The settings with some of the app's changed. */
export function withOptions(settings: Settings, change: CallInput<'changeOptions'>): Settings {
  const { quietHours, ...rest } = change;
  const { quietHours: before, ...others } = settings.app ?? {};
  const hours = quietHours === undefined ? before : (quietHours ?? undefined);
  const app: AppSettings = { ...others, ...rest, ...(hours && { quietHours: hours }) };
  return { ...settings, app };
}

/** What of them the notifications follow. */
export function noteSettings({ notificationsOff, quietHours }: AppOptions): NoteSettings {
  return {
    off: notificationsOff,
    ...(quietHours && { quiet: [minutes(quietHours.from), minutes(quietHours.to)] as const }),
  };
}

/** `22:30` as minutes after midnight. */
function minutes(clock: string): number {
  const [hours = 0, rest = 0] = clock.split(':').map(Number);
  return hours * 60 + rest;
}
