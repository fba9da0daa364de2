import type { View } from '../main/channels.ts';

/** Where the window is. */
export interface Place {
  readonly view: View;
  /** the service whose log is asked for */
  readonly service?: string;
  /** the view begins anew, also where it is open already */
  readonly isAgain?: boolean;
}

/** The views in their order, with the key that leads to each (with Ctrl or Cmd). */
export const VIEWS: readonly { readonly id: View; readonly title: string; readonly key: string }[] = [
  { id: 'overview', title: 'Overview', key: '1' },
  { id: 'logs', title: 'Logs', key: '2' },
  { id: 'doctor', title: 'Doctor', key: '3' },
  { id: 'settings', title: 'Settings', key: ',' },
];

/** With Ctrl or Cmd, it opens the commands. */
export const PALETTE_KEY = 'k';
