import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PullMeter, type PullEvent } from '../../main/docker/pull-progress.ts';

function meterOf(...events: PullEvent[]): PullMeter {
  const meter = new PullMeter();
  for (const event of events) meter.add(event);
  return meter;
}
const downloading = (id: string, current: number, total = 100): PullEvent => ({
  status: 'Downloading',
  id,
  progressDetail: { current, total },
});
const extracting = (id: string, current: number, total = 100): PullEvent => ({
  status: 'Extracting',
  id,
  progressDetail: { current, total },
});

test('the phases of a pull, the classic store', () => {
  const meter = meterOf({ status: 'Pulling from library/redis', id: '7' });
  const phases = [meter.progress.phase];
  for (const event of [
    { status: 'Pulling fs layer', id: 'a' },
    { status: 'Already exists', id: 'b' },
    downloading('a', 50),
    { status: 'Download complete', id: 'a' },
    extracting('a', 30),
    { status: 'Pull complete', id: 'a' },
    { status: 'Digest: sha256:0' },
    { status: 'Status: Downloaded newer image for redis:7' },
  ] satisfies PullEvent[]) {
    meter.add(event);
    phases.push(meter.progress.phase);
  }
  meter.finish();
  phases.push(meter.progress.phase);
  expect(phases).toEqual([
    'resolving',
    'downloading',
    'downloading',
    'downloading',
    'extracting',
    'extracting',
    'extracting',
    'extracting',
    'extracting',
    'done',
  ]);
  expect(meter.progress.layers).toEqual([
    { id: 'a', downloaded: 100, extracted: 100, total: 100, done: true },
    { id: 'b', downloaded: 0, extracted: 0, done: true },
  ]);
});

test('containerd’s store counts seconds while it extracts; they are no bytes', () => {
  const meter = meterOf(downloading('a', 100), {
    status: 'Extracting',
    id: 'a',
    progressDetail: { current: 3, units: 's' },
  });
  expect(meter.progress.layers).toEqual([
    { id: 'a', downloaded: 100, extracted: 0, total: 100, done: false },
  ]);
});

test('a layer that is tried again does not go back', () => {
  const meter = meterOf(
    downloading('a', 80),
    { status: 'Retrying in 5 seconds', id: 'a' },
    downloading('a', 10),
  );
  expect(meter.progress.layers[0]?.downloaded).toBe(80);
});

test('no number ever falls, whatever comes', () => {
  const status = fc.constantFrom(
    'Pulling fs layer',
    'Waiting',
    'Downloading',
    'Verifying Checksum',
    'Download complete',
    'Extracting',
    'Pull complete',
    'Already exists',
    'Retrying in 1 second',
  );
  const event = fc.record({
    status,
    id: fc.constantFrom('a', 'b', 'c'),
    progressDetail: fc.record({ current: fc.nat(1000), total: fc.nat(1000) }),
  });
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const meter = new PullMeter();
      let before = meter.progress;
      for (const e of events) {
        meter.add(e);
        const now = meter.progress;
        for (const old of before.layers) {
          const layer = now.layers.find((l) => l.id === old.id);
          expect(layer?.downloaded).toBeGreaterThanOrEqual(old.downloaded);
          expect(layer?.extracted).toBeGreaterThanOrEqual(old.extracted);
          expect(Number(layer?.done)).toBeGreaterThanOrEqual(Number(old.done));
        }
        before = now;
      }
    }),
  );
});
