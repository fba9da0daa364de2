import { ANSI, LONGEST_LINE } from '../main/channels.ts';

/** Names and outputs are whatever a container says: here they become text that can only be read. */

/** Marks that turn the direction of what follows: with them a text can be made to read as another. */
const DIRECTION = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** One line of a container's output: no colours, control characters as symbols, an end. */
export const logText = (text: string): string => readable(cutLine(text).replaceAll(ANSI, ''));

/** Characters that do something besides being read become pictures of themselves. */
export function readable(text: string): string {
  return text
    .replaceAll(/[^\P{Cc}\t]/gu, controlPicture)
    .replaceAll(/[\p{Zl}\p{Zp}]/gu, '␤')
    .replaceAll(DIRECTION, '�');
}

/** A name or a sentence as one line. */
export function plain(text: string): string {
  return cutLine(text)
    .replaceAll(ANSI, '')
    .replaceAll(DIRECTION, '')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}

/** A word as a label or a sentence begins. */
export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Text of several lines, as an output of a health check is. */
export function plainLines(text: string): string {
  return text.split(/\r?\n/).map(logText).join('\n').replace(/^\n+/, '').trimEnd();
}

/** A line has an end. */
export function cutLine(text: string): string {
  if (text.length <= LONGEST_LINE) return text;
  return `${text.slice(0, LONGEST_LINE).replace(/[\uD800-\uDBFF]$/, '')}… cut`;
}

/** The picture that Unicode has for a control character; those of the upper set have none. */
function controlPicture(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x7f) return '␡';
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : '�';
}
