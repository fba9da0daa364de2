import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { failure } from '../errors.ts';
import type { RunCommand } from './command-types.ts';
import { stackOf } from './target.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, json } = context;
  const stack = await stackOf(call, context);
  const { urls } = await stack.status();
  const [first] = urls;
  if (!first) throw failure('cli.no-url', { project: stack.project });
  if (json) await printJson(terminal, urls);
  else await print(terminal, `${first.url}\n`);
  if (call.flag('browser')) await openInBrowser(first.url, terminal.platform);
  return 0;
};

/** The platform's own way to open an address, without a shell: what is in the address stays an argument. */
export function opener(url: string, platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === 'darwin') return ['open', url];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
}

async function openInBrowser(url: string, platform: NodeJS.Platform): Promise<void> {
  const [program, ...args] = opener(url, platform);
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  try {
    await once(child, 'spawn');
  } catch (e) {
    throw failure('cli.no-browser', { url, reason: e instanceof Error ? e.message : String(e) }, e);
  }
  child.unref();
}
