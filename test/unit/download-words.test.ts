import { describe, expect, it } from 'vitest';
import { downloadWords } from '../../main/stack/download-words.ts';
import { WholeSpeed } from '../../main/stack/transfer.ts';

const one = (bytes: number) => ({ images: [{ step: 'i', bytes }], bytes });
const step = 'i';

describe('how long a download takes', () => {
  it.each<[bytes: number, speed: number | undefined, words: string]>([
    // 50 Mbit/s are 6.25 MB/s
    [6.25e6, undefined, 'at most 6 MB, a few seconds at 50 Mbit/s'],
    [62.5e6, undefined, 'at most 63 MB, about 10 s at 50 Mbit/s'],
    [1.5e9, undefined, 'at most 1.5 GB, about 4 min at 50 Mbit/s'],
    [1.5e9, 31e6, 'at most 1.5 GB, about 50 s at the 31.0 MB/s of the last download'],
    [1.5e9, 26e6, 'at most 1.5 GB, about 1 min at the 26.0 MB/s of the last download'],
    [1.5e9, 25e6, 'at most 1.5 GB, about 1 min at the 25.0 MB/s of the last download'],
    [1.5e9, 5.1e6, 'at most 1.5 GB, about 5 min at the 5.1 MB/s of the last download'],
    [1.5e9, 450_000, 'at most 1.5 GB, about 56 min at the 0.5 MB/s of the last download'],
    [1.5e9, 420_000, 'at most 1.5 GB, about 1 h at the 0.4 MB/s of the last download'],
    [1.5e9, 40_000, 'at most 1.5 GB, about 10 h 30 min at the 40 kB/s of the last download'],
    [1e6, 3, 'at most 1 MB, about 92 h 40 min at the 1 kB/s of the last download'],
  ])('%d bytes at %s: %s', (bytes, speed, words) => {
    expect(downloadWords(one(bytes), speed)).toEqual({
      seconds: Math.ceil(bytes / (speed ?? 6.25e6)),
      words,
    });
  });

  it('is not told of what nobody knows the size of', () => {
    const known = { step, bytes: 125e6 };
    expect(downloadWords({ images: [], bytes: 0 }, 1e6)).toEqual({ words: '' });
    expect(downloadWords({ images: [{ step }], bytes: 0 }, 1e6)).toEqual({
      words: 'how large, and so how long it takes, its registry does not say',
    });
    expect(downloadWords({ images: [{ step }, { step }], bytes: 0 }, undefined)).toEqual({
      words: 'how large, and so how long it takes, their registries do not say',
    });
    expect(downloadWords({ images: [known, { step }], bytes: 125e6 }, undefined).words).toBe(
      'at most 125 MB, about 20 s at 50 Mbit/s, and one of unknown size',
    );
    expect(downloadWords({ images: [known, { step }, { step }], bytes: 125e6 }, undefined).words).toBe(
      'at most 125 MB, about 20 s at 50 Mbit/s, and 2 of unknown size',
    );
  });
});

describe('the speed of a whole transfer', () => {
  it.each<[what: string, samples: [at: number, bytes: number][], speed: number | undefined]>([
    ['nothing', [], undefined],
    ['only a beginning', [[0, 5e6]], undefined],
    [
      'what came in between, however long the first byte took',
      [
        [0, 0],
        [9000, 1e6],
        [11_000, 21e6],
      ],
      10e6,
    ],
    [
      'up to the last byte, not to the end of unpacking',
      [
        [0, 1],
        [2000, 8e6],
        [60_000, 8e6],
      ],
      4e6,
    ],
    [
      'the whole, with its pauses',
      [
        [0, 1],
        [1000, 5e6],
        [9000, 5e6],
        [10_000, 10e6],
      ],
      1e6,
    ],
    [
      'too little',
      [
        [0, 1],
        [4000, 900_000],
      ],
      undefined,
    ],
    [
      'too short',
      [
        [0, 1],
        [400, 90e6],
      ],
      undefined,
    ],
  ])('of %s', (_, samples, speed) => {
    let now = 0;
    const whole = new WholeSpeed(() => now);
    for (const [at, bytes] of samples) {
      now = at;
      whole.note(bytes);
    }
    const found = whole.perSecond();
    if (speed === undefined) expect(found).toBeUndefined();
    else expect(found).toBeCloseTo(speed, -2);
  });
});
