import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { CHROMIUM, MISSING } from './window.ts';

const FOLDER = join(import.meta.dirname, 'goldens');
const MADE = join(FOLDER, 'made-with.txt');
/** Of what differs, to be looked at. */
const DIFFERENT = join(import.meta.dirname, '../../node_modules/.cache/goldens');
/** As many pixels may differ: the edge of a letter or two. */
const TOLERATED = 40;
const isRecorded = process.env['RECORD_GOLDENS'] === '1';

/** The browser and the font that draw here: others draw otherwise. */
export const MADE_WITH = MISSING === undefined ? madeWith() : '';

/** What the goldens were made with; undefined: they are made now. */
export function goldensMade(): string | undefined {
  return isRecorded || !existsSync(MADE) ? undefined : readFileSync(MADE, 'utf8').trim();
}

/**
 * Compares a picture (PNG) with the one that is kept, or keeps it where goldens are recorded.
 * @returns `as recorded`, or what differs and where it lies to be looked at
 */
export function compareGolden(name: string, scheme: 'light' | 'dark', picture: Buffer): string {
  const called = join(scheme, name.replaceAll(/\W+/g, '-'));
  const file = join(FOLDER, `${called}.png`);
  if (isRecorded) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, picture);
    writeFileSync(MADE, `${MADE_WITH}\n`);
    return 'as recorded';
  }
  if (!existsSync(file))
    return `${file} is missing: RECORD_GOLDENS=1 npm test -- component goldens records it`;
  const [is, was] = [PNG.sync.read(picture), PNG.sync.read(readFileSync(file))];
  if (is.width !== was.width || is.height !== was.height) return `another size than ${file}`;
  const diff = new PNG({ width: is.width, height: is.height });
  const pixels = pixelmatch(was.data, is.data, diff.data, is.width, is.height, { threshold: 0.1 });
  if (pixels <= TOLERATED) return 'as recorded';
  const seen = join(DIFFERENT, called);
  mkdirSync(dirname(seen), { recursive: true });
  writeFileSync(`${seen}.png`, picture);
  writeFileSync(`${seen}.diff.png`, PNG.sync.write(diff));
  return `${pixels} pixels are other than in ${file}: ${seen}.png, ${seen}.diff.png`;
}

function madeWith(): string {
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [major] = /\d+/.exec(run(CHROMIUM, '--version')) ?? ['unknown'];
  return `Chromium ${major}, ${run('fc-match', 'system-ui', 'file').trim()}`;
}
