import type { RunCommand } from './command-types.ts';
import { operate } from './operate.ts';
import { millisecondsOf } from './options.ts';
import { stateText, supportLine, urlsText } from './state-text.ts';
import { nameFor } from './target.ts';
import { print, printJson } from './terminal.ts';
import { upRequest } from './up-request.ts';

export const run: RunCommand = async (call, context) => {
  const { screen, terminal, json } = context;
  const wait = call.text('wait-timeout');
  const waitTimeoutMs = wait === undefined ? undefined : millisecondsOf('--wait-timeout', wait);
  const request = { ...upRequest(call), ...(waitTimeoutMs !== undefined && { waitTimeoutMs }) };
  const { stack, result, unchanged } = await operate(call, context, (s, io) => s.up(request, io), {
    yes: call.flag('yes'),
    give: call.list('give'),
  });
  if (json) {
    await printJson(terminal, result);
    return 0;
  }
  const { style } = screen;
  const name = nameFor(stack);
  if (result.status === 'running') {
    const nothing = unchanged ? 'Nothing to do. ' : '';
    await print(
      terminal,
      `${nothing}${style.paint('bold', result.project)} is running. ${result.sentence}\n`,
    );
    await print(terminal, urlsText(result) + supportLine(result, style).join(''));
  } else {
    await print(terminal, stateText(result, style, terminal.now()));
  }
  await print(
    terminal,
    `Stop it with: letta-stack stop ${name}  (down removes its containers too; data stays)\n`,
  );
  return 0;
};
