import { expect, test } from 'vitest';
import type { Downloads, Preview } from '../../main/channels.ts';
import { downloadWords } from '../../main/stack/download-words.ts';
import { downloadText } from '../../renderer/preview-model.ts';

const preview = (images: number, diskNeeded?: number): Preview => ({
  steps: Array.from({ length: images }, (_, i) => ({ id: `i${i}`, kind: 'pullImage', title: '', cause: '' })),
  warnings: [],
  confirmations: [],
  agreement: '',
  unchanged: [],
  ...(diskNeeded !== undefined && { diskNeeded }),
});
const sizes = (bytes: number, ...each: (number | undefined)[]): Downloads => {
  const images = each.map((b, i) => ({ step: `i${i}`, ...(b !== undefined && { bytes: b }) }));
  return { images, bytes, ...downloadWords({ images, bytes }, undefined) };
};

test.each<[Preview, Downloads | null | undefined, string]>([
  [preview(1), undefined, 'One image is downloaded; how large, its registry is asked …'],
  [preview(1), null, 'One image is downloaded; how large, could not be asked.'],
  [preview(1), sizes(5e6, 5e6), 'One image is downloaded: at most 5 MB, a few seconds at 50 Mbit/s.'],
  [preview(2), sizes(2e9, 1e9, 1e9), '2 images are downloaded: at most 2.0 GB, about 6 min at 50 Mbit/s.'],
  [
    preview(2),
    sizes(0, undefined, undefined),
    '2 images are downloaded: how large, and so how long it takes, their registries do not say.',
  ],
  [
    preview(1, 3e9),
    sizes(5e6, 5e6),
    'One image is downloaded: at most 5 MB, a few seconds at 50 Mbit/s. The stack needs 3.0 GB of disk with all its images.',
  ],
])('how much is downloaded: %#', (plan, downloads, sentence) => {
  expect(downloadText(plan, downloads)).toBe(sentence);
});
