import type { View } from '../main/channels.ts';

/** Where the window is. */
export interface Place {
  /** one of the views, or the setup, which is not among them */
  readonly view: View | 'setup';
  /** the service whose log is asked for */
  readonly service?: string;
  /** the search of the logs is asked for */
  readonly isFinding?: boolean;
  /** the setting of the stack that one came for */
  readonly setting?: string;
  /** the part of the settings that one came for */
  readonly card?: 'notifications' | 'stack' | 'engine' | 'gpu' | 'remove' | 'import' | 'remove-keys';
  /** what that card's button opens is asked for */
  readonly opens?: true;
  /** a page of the settings that stands for itself */
  readonly page?: 'keys';
  /** the view begins anew, also where it is open already */
  readonly isAgain?: boolean;
}

/** The place, where it asks for what this card opens: each visit is another one. */
export const askedOf = (place: Place, card: Place['card']): Place | undefined =>
  place.card === card && place.opens ? place : undefined;

/** The views in their order, with the key that leads to each (with Ctrl or Cmd). */
export const VIEWS: readonly { readonly id: View; readonly title: string; readonly key: string }[] = [
  { id: 'overview', title: 'Overview', key: '1' },
  { id: 'logs', title: 'Logs', key: '2' },
  { id: 'doctor', title: 'Doctor', key: '3' },
  { id: 'settings', title: 'Settings', key: ',' },
];

/** With Ctrl or Cmd, it opens the commands. */
export const PALETTE_KEY = 'k';

/** With Ctrl or Cmd, it leads to the search of the logs. */
export const FIND_KEY = 'f';
