import { stripVTControlCharacters } from 'node:util';

/** A line of a log that does nothing to the terminal or the editor that shows it: no colours, no control characters. */
export const withoutControls = (text: string): string =>
  stripVTControlCharacters(text).replaceAll(/(?!\t)\p{Cc}/gu, '');
