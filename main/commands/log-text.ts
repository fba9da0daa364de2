import { stripVTControlCharacters } from 'node:util';
import { withoutControls } from '../stack/plain-log.ts';
import type { LogLine } from '../stack/stack-types.ts';
import { type Style, widthOf } from './style.ts';

export interface LogLook {
  readonly style: Style;
  /** every service that may write: decides the column and each one's colour */
  readonly services: readonly string[];
  readonly timestamps: boolean;
  /** global: what is marked */
  readonly grep?: RegExp;
}

const COLOURS = [
  'cyan',
  'yellow',
  'green',
  'magenta',
  'blue',
  'cyanBright',
  'yellowBright',
  'magentaBright',
] as const;

/** `server | text`: the prefix in the service's colour, matches marked. Ends with a newline. */
export function logText(line: LogLine, { style, services, timestamps, grep }: LogLook): string {
  const width = Math.max(...services.map(widthOf), widthOf(line.service));
  const at = services.indexOf(line.service);
  const colour = COLOURS[(at < 0 ? services.length : at) % COLOURS.length] ?? 'cyan';
  const prefix = style.paint(colour, `${line.service.padEnd(width)} |`);
  const time = timestamps ? `${line.at} ` : '';
  return `${prefix} ${time}${marked(shown(line.text, style), style, grep)}\n`;
}

const RESET = '\u001B[0m';
const COLOUR = new RegExp(`(${RESET[0]}\\[[\\d;]*m)`);

/** Its colours stay on a terminal that has some; what else could move the cursor is taken out. */
function shown(text: string, style: Style): string {
  const parts = style.colour ? text.split(COLOUR) : [text];
  const kept = parts.map((part, i) => (i % 2 === 1 ? part : withoutControls(part)));
  // a colour that stays open is closed at the end of the line
  return kept.join('') + (parts.length > 1 ? RESET : '');
}

function marked(text: string, style: Style, grep: RegExp | undefined): string {
  if (!grep || !style.colour) return text;
  return stripVTControlCharacters(text).replaceAll(grep, (match) =>
    match === '' ? '' : style.paint(['bold', 'red'], match),
  );
}
