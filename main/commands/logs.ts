import type { LogLine, LogRequest, Stack } from '../stack/stack-types.ts';
import { say, type AppError } from '../errors.ts';
import type { Call, Context, RunCommand } from './command-types.ts';
import { linesOf, regexOf, sinceOf } from './options.ts';
import { type LogLook, logText } from './log-text.ts';
import { stackOf } from './target.ts';
import { tellWarnings } from './tell.ts';
import { print, printJsonLine } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const request = requestOf(call);
  const pattern = call.text('grep');
  const grep = pattern === undefined ? undefined : regexOf('--grep', pattern);
  const stack = await stackOf(call, context);
  const look: LogLook = {
    style: context.screen.style,
    services: context.json ? [] : await serviceNames(stack, call.values),
    timestamps: call.flag('timestamps'),
    ...(grep && { grep }),
  };
  const onUnredacted = (warnings: readonly AppError[]): void =>
    tellWarnings(
      context,
      warnings.map((w) => say(w)),
    );
  for await (const line of stack.logs({ ...request, onUnredacted })) await printLine(context, line, look);
  return 0;
};

function requestOf(call: Call): LogRequest {
  const [since, tail] = [call.text('since'), call.text('tail')];
  const lines = tail === undefined ? undefined : linesOf('--tail', tail);
  return {
    ...(call.values.length > 0 && { services: call.values }),
    ...(call.flag('follow') && { follow: true }),
    ...(since !== undefined && { since: sinceOf('--since', since) }),
    ...(lines !== undefined && { tail: lines }),
    // Ctrl-C ends the process: there is nothing to end in order
    signal: new AbortController().signal,
  };
}

/** All of them, so that the columns do not move when another one begins to write. */
async function serviceNames(stack: Stack, asked: readonly string[]): Promise<readonly string[]> {
  if (asked.length > 0) return asked;
  return (await stack.status()).services.map((s) => s.name);
}

async function printLine(context: Context, line: LogLine, look: LogLook): Promise<void> {
  if (look.grep && line.text.search(look.grep) < 0) return;
  if (context.json) await printJsonLine(context.terminal, line);
  else await print(context.terminal, logText(line, look));
}
