#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { hasRoomForCache } from './compile-cache.ts';

// Starts in half the time. In a folder of ours: in /tmp, others could put code there first.
const cache = join(
  process.env['LETTA_STACK_HOME'] || join(homedir(), '.cache', 'letta-stack'),
  'compile-cache',
);
if (hasRoomForCache(cache)) enableCompileCache(cache);
const { main } = await import('./cli.ts');
process.exit(await main(process.argv.slice(2)));
