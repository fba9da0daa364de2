import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { hasRoomForCache } from '../../main/compile-cache.ts';

it('the cache of compiled code is used where there is room for it', () => {
  const home = mkdtempSync(join(tmpdir(), 'cache-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const folder = join(home, 'a', 'compile-cache');
  expect(hasRoomForCache(folder)).toBe(true);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(hasRoomForCache(folder, Number.MAX_SAFE_INTEGER)).toBe(false);
  // none can be made there
  expect(hasRoomForCache(join(import.meta.filename, 'compile-cache'))).toBe(false);
});
