import { failure } from '../errors.ts';
import type { RunCommand } from './command-types.ts';
import { psText } from './state-text.ts';
import { stackOf } from './target.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, screen, json } = context;
  const stack = await stackOf(call, context);
  const { services } = await stack.status();
  const known = services.map((s) => s.name);
  const missing = call.values.find((name) => !known.includes(name));
  if (missing !== undefined) throw failure('stack.no-such-service', { service: missing, known });
  const shown = services.filter((s) => call.values.length === 0 || call.values.includes(s.name));
  if (json) await printJson(terminal, shown);
  else await print(terminal, psText(shown, screen.style, terminal.now()));
  return 0;
};
