import type { Remedy } from '../main/channels.ts';
import { plain } from './text.ts';

/** What the window does; a command is only copied. */
export type Mend = Exclude<Remedy, { do: 'copy' }>;

/** What the button of a remedy says. */
export function remedyWords(remedy: Mend): string {
  switch (remedy.do) {
    case 'start':
      return 'Start what is missing …';
    case 'apply':
      return 'Apply changes …';
    case 'open-setting':
      return `Open the setting ${plain(remedy.name)}`;
    case 'choose-engine':
      return 'Choose another engine';
    case 'open-card':
      return CARDS[remedy.card];
    case 'open-folder':
      return `Open ${plain(remedy.folder)}`;
    case 'use-port':
      return `Use port ${remedy.port} instead`;
    case 'use-value':
      return asking(`Set ${plain(remedy.setting)} to ${plain(remedy.value)}`, remedy.asks);
    case 'repair':
      return asking(plain(remedy.label), remedy.asks);
    case 'logs':
  }
  return `Show logs of ${plain(remedy.service)}`;
}

const CARDS = {
  stack: 'Choose another profile',
  keys: 'Open the keys',
  gpu: 'Look at the graphics card',
} as const;

/** What leads to a question ends with dots. */
const asking = (words: string, asks: string | undefined): string =>
  asks === undefined ? words : `${words} …`;
