import { expect, test } from 'vitest';
import { boundsOn, keptBounds, type Bounds } from '../../main/desktop/window-bounds.ts';

const LAPTOP: Bounds = { x: 0, y: 24, width: 1440, height: 876 };
const BESIDE: Bounds = { x: 1440, y: 0, width: 1920, height: 1080 };
const at = (x: number, y: number): Bounds => ({ x, y, width: 1040, height: 720 });
const SIZE = { width: 1040, height: 720 };

test.each<[what: string, kept: Bounds | undefined, areas: Bounds[], expected: object]>([
  ['nothing was kept', undefined, [LAPTOP], {}],
  ['it stands on the screen', at(100, 100), [LAPTOP], at(100, 100)],
  ['it stands on the other', at(1600, 0), [LAPTOP, BESIDE], at(1600, 0)],
  ['the other was taken away', at(1600, 0), [LAPTOP], SIZE],
  ['it stands on both', at(1000, 100), [LAPTOP, BESIDE], at(1000, 100)],
  ['a corner of its title bar is left', at(1340, 100), [LAPTOP], at(1340, 100)],
  ['less of it is left', at(1341, 100), [LAPTOP], SIZE],
  ['its title bar is under the panel', at(100, 23), [LAPTOP], SIZE],
  ['its title bar is below', at(100, 860), [LAPTOP], SIZE],
  ['there is no screen', at(100, 100), [], SIZE],
])('a window opens where it stood, on a screen: %s', (_, kept, areas, expected) => {
  expect(boundsOn(kept, areas)).toEqual(expected);
});

test.each<[text: string, expected: Bounds | undefined]>([
  [JSON.stringify(at(-8, 0)), at(-8, 0)],
  [JSON.stringify({ ...at(1, 2), isMaximized: true }), at(1, 2)],
  ['', undefined],
  ['null', undefined],
  ['{"x":1,"y":2,"width":3}', undefined],
  ['{"x":1.5,"y":2,"width":3,"height":4}', undefined],
  ['{"x":"1","y":2,"width":3,"height":4}', undefined],
])('what was kept of it: %s', (text, expected) => {
  expect(keptBounds(text)).toEqual(expected);
});
