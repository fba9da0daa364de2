import { describe, expect, it } from 'vitest';
import type { PullProgress } from '../../main/docker/port.ts';
import { PullBoard, pullSentence, pullWithProgress } from '../../main/stack/pull-board.ts';
import { makeEngine } from './helpers/rig.ts';

type Layer = PullProgress['layers'][number];
const layer = (
  id: string,
  downloaded: number,
  extracted = 0,
  total: number | undefined = 100,
  done = false,
): Layer => ({
  id,
  downloaded,
  extracted,
  ...(total !== undefined && { total }),
  done,
});
const progress = (...layers: Layer[]): PullProgress => ({ phase: 'downloading', layers });

describe('the work of pulls', () => {
  it('counts each byte twice: downloaded and extracted', () => {
    const board = new PullBoard();
    expect(board.update('a', progress(layer('1', 50), layer('2', 100, 20)))).toEqual({
      current: 170,
      total: 400,
    });
  });

  it('has no total while a layer’s size is not known', () => {
    const board = new PullBoard();
    expect(
      board.update('a', progress(layer('1', 50), { id: '2', downloaded: 0, extracted: 0, done: false })),
    ).toEqual({
      current: 50,
    });
  });

  it('of a layer that was there counts nothing', () => {
    const board = new PullBoard();
    const there: Layer = { id: '2', downloaded: 0, extracted: 0, done: true };
    expect(board.update('a', progress(layer('1', 50), there))).toEqual({ current: 50, total: 200 });
  });

  it('counts a layer of two images once, as the one that downloads it says', () => {
    const board = new PullBoard();
    board.update('a', progress(layer('shared', 60), layer('1', 10)));
    const waiting: Layer = { id: 'shared', downloaded: 0, extracted: 0, done: false };
    board.update('b', progress(waiting, layer('2', 5)));
    expect(board.overall()).toEqual({ current: 75, total: 600 });
    board.update('b', progress({ ...waiting, done: true }, layer('2', 100, 100)));
    expect(board.overall()).toEqual({ current: 270, total: 600 });
  });

  it('only rises while two pulls that share a layer go on', async () => {
    const shared = [1000, 500];
    const engine = makeEngine({ registry: { 'x:1': { layers: shared }, 'y:1': { layers: shared } } });
    const board = new PullBoard();
    const seen: number[] = [];
    const report = { detail: () => undefined, progress: () => void seen.push(board.overall().current) };
    const signal = new AbortController().signal;
    await Promise.all(
      ['x:1', 'y:1'].map((ref) => pullWithProgress(engine, { ref }, board, undefined, report, signal)),
    );
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    const { current, total } = board.overall();
    expect(current).toBe(total);
  });

  it('has the speed of the last five seconds', () => {
    let now = 0;
    const board = new PullBoard(() => now);
    board.update('a', progress(layer('1', 0, 0, 1e6)));
    expect(board.speed()).toBe(0);
    now = 2000;
    board.update('a', progress(layer('1', 200_000, 0, 1e6)));
    expect(board.speed()).toBe(100_000);
    now = 6000;
    board.update('a', progress(layer('1', 400_000, 0, 1e6)));
    now = 10_000;
    board.update('a', progress(layer('1', 500_000, 0, 1e6)));
    expect(board.speed()).toBe(25_000);
  });
});

describe('the speed of all pulls from their first byte to their last', () => {
  it('is of what was downloaded, not of what was there or is unpacked', () => {
    let now = 0;
    const board = new PullBoard(() => now);
    const there: Layer = { id: '2', downloaded: 0, extracted: 0, done: true };
    board.update('a', progress(layer('1', 1, 0, 8e6), there));
    now = 1000;
    board.update('b', progress(layer('3', 2e6, 0, 2e6)));
    now = 2000;
    board.update('a', progress(layer('1', 8e6, 0, 8e6), there));
    // one that was too quick for the engine to tell, and is known once it is unpacked
    now = 90_000;
    board.update(
      'a',
      progress(layer('1', 8e6, 8e6, 8e6, true), { id: '4', downloaded: 5000, extracted: 5000, done: true }),
    );
    expect(board.wholeSpeed()).toBeCloseTo(5e6, -2);
  });
});

describe('the sentence of a pull', () => {
  const mb = (n: number): number => n * 1e6;
  it.each<[layers: Layer[], speed: number, sentence: string]>([
    [[], 0, '0.0 MB'],
    [[layer('1', mb(1), 0, mb(4))], 0, '1.0 of 4.0 MB'],
    [[layer('1', mb(1), 0, mb(4))], mb(2), '1.0 of 4.0 MB, 2.0 MB/s, 2 s left'],
    [
      [layer('1', mb(1), 0, mb(4)), { id: '2', downloaded: 0, extracted: 0, done: false }],
      mb(2),
      '1.0 MB, 2.0 MB/s',
    ],
    [[layer('1', mb(4), mb(1), mb(4))], mb(2), 'extracting 1.0 of 4.0 MB'],
  ])('%#', (layers, speed, sentence) => {
    expect(pullSentence(progress(...layers), speed)).toBe(sentence);
  });
});
