#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Starts in half the time. In a folder of ours: in /tmp, others could put code there first.
enableCompileCache(
  join(process.env['LETTA_STACK_HOME'] || join(homedir(), '.cache', 'letta-stack'), 'compile-cache'),
);
const { main } = await import('./cli.ts');
process.exit(await main(process.argv.slice(2)));
