import { spawn } from 'node:child_process';
import { failure } from '../errors.ts';
import { mayOpen } from '../may-open.ts';
import type { RunCommand } from './command-types.ts';
import { fromElsewhere } from './state-text.ts';
import { stackOf } from './target.ts';
import { print, printJson, type Terminal } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, json } = context;
  const stack = await stackOf(call, context);
  const { urls } = await stack.status();
  const [first] = urls;
  if (!first) throw failure('cli.no-url', { project: stack.project });
  if (json) await printJson(terminal, urls);
  else {
    await print(terminal, `${first.url}\n`);
    if (first.on !== undefined) context.screen.note(`This is an address${fromElsewhere(first)}.`);
  }
  if (!call.flag('browser')) return 0;
  // the browser here would open whatever has that address on this machine
  if (first.on !== undefined) throw failure('cli.url-elsewhere', { ...first, on: first.on });
  if (!mayOpen(first.url, urls)) throw failure('cli.not-opened', { url: first.url });
  await openInBrowser(first.url, terminal);
  return 0;
};

/** The platform's own way to open an address, without a shell: what is in the address stays an argument. */
export function opener(url: string, platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === 'darwin') return ['open', url];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
}

/** An opener that cannot do it says so at once; one that is a browser goes on running. */
const OPENER_MS = 1_000;

async function openInBrowser(url: string, { platform, env }: Terminal): Promise<void> {
  const [program, ...args] = opener(url, platform);
  const child = spawn(program, args, { stdio: 'ignore', detached: true, env: { ...env } });
  const reason = await new Promise<string | undefined>((resolve) => {
    const timer = setTimeout(resolve, OPENER_MS, undefined);
    const done = (failed: string | undefined): void => {
      clearTimeout(timer);
      resolve(failed);
    };
    child.once('error', (e) => done(e.message));
    child.once('exit', (code, signal) =>
      done(code === 0 ? undefined : `${program} ended with ${code === null ? signal : `exit code ${code}`}`),
    );
  });
  if (reason !== undefined) throw failure('cli.no-browser', { url, reason });
  child.unref();
}
