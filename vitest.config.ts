import { defineConfig } from 'vitest/config';

/**
 * A shared machine may stall any one test: CI tries it again before it counts; here it fails at once. Where a test goes
 * on from where the one before it ended, every attempt of all that follow takes its whole time limit: there once.
 */
const isCi = process.env['CI'] !== undefined;
const retry = isCi ? 2 : 0;
const retryInOrder = isCi ? 1 : 0;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          retry,
          testTimeout: 20_000,
          include: ['test/unit/**/*.test.ts'],
          // All cores: the default leaves one free, which is half of a small machine.
          maxWorkers: '100%',
          // Not 0: vitest runs a group 0 of one worker after all others.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'engine',
          retry: retryInOrder,
          include: ['test/engine/**/*.test.ts'],
          // One engine, one disk, fixed project names: a file at a time, after the unit tests.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        // the window's page in a browser, with data of the contract
        test: {
          name: 'component',
          retry,
          include: ['test/component/**/*.test.ts'],
          maxWorkers: '100%',
          sequence: { groupOrder: 3 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        // the app in Electron, on the engine
        test: {
          name: 'e2e',
          retry: retryInOrder,
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 4 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
