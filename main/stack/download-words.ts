import type { Downloads } from '../preview-shape.ts';
import { memoryText, speedText } from './transfer.ts';

/** What a line is taken for where nothing was downloaded yet: 50 Mbit/s, in bytes per second. */
const ASSUMED = 50e6 / 8;

/** How much is downloaded, and how long that takes. */
type Told = Pick<Downloads, 'seconds' | 'words'>;

/**
 * How much the images of a plan are to download and how long that takes, for the terminal and the window alike:
 * `at most 1.2 GB, about 4 min at 50 Mbit/s`. What registries do not say is said to be unknown. Pure.
 * @param speed of the last download of this engine in bytes per second; undefined where there was none
 */
export function downloadWords(
  { images, bytes }: Pick<Downloads, 'images' | 'bytes'>,
  speed: number | undefined,
): Told {
  if (images.length === 0) return { words: '' };
  const unknown = images.filter((i) => i.bytes === undefined).length;
  if (unknown === images.length) {
    const whose = unknown === 1 ? 'its registry does' : 'their registries do';
    return { words: `how large, and so how long it takes, ${whose} not say` };
  }
  const seconds = bytes / (speed ?? ASSUMED);
  const at = speed === undefined ? '50 Mbit/s' : `the ${speedText(speed)} of the last download`;
  const rest = unknown === 0 ? '' : `, and ${unknown === 1 ? 'one' : unknown} of unknown size`;
  return {
    seconds: Math.ceil(seconds),
    words: `at most ${memoryText(bytes)}, ${about(seconds)} at ${at}${rest}`,
  };
}

/** Seconds as nobody would say them more exactly: `about 40 s`, `about 4 min`, `about 1 h 20 min`. */
function about(seconds: number): string {
  if (seconds < 5) return 'a few seconds';
  if (seconds <= 55) return `about ${Math.ceil(seconds / 5) * 5} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `about ${minutes} min`;
  const tens = Math.ceil(minutes / 10);
  const [hours, rest] = [Math.floor(tens / 6), (tens % 6) * 10];
  return `about ${hours} h${rest === 0 ? '' : ` ${rest} min`}`;
}
