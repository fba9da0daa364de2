const ESC = '\\u001B';
/** Colours and cursor movements (CSI), titles and links (OSC), and the short sequences (ECMA-48). */
export const ANSI = new RegExp(
  [
    `(?:${ESC}\\[|\\u009B)[0-?]*[ -/]*[@-~]`,
    `(?:${ESC}\\]|\\u009D)[^\\u0007${ESC}\\u009C]*(?:\\u0007|\\u009C|${ESC}\\\\)?`,
    `${ESC}[ -/]*[0-Z\\\\^-~]`,
  ].join('|'),
  'g',
);

/** A line of a log that does nothing to the terminal or the editor that shows it: no colours, no control characters. */
export const withoutControls = (text: string): string =>
  text.replaceAll(ANSI, '').replaceAll(/(?!\t)\p{Cc}/gu, '');
