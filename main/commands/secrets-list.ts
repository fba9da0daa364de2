import type { SecretState } from '../stack/stack-types.ts';
import type { RunCommand } from './command-types.ts';
import type { Style } from './style.ts';
import { stackOf } from './target.ts';
import { print, printJson } from './terminal.ts';
import { table } from './text.ts';

export const run: RunCommand = async (call, context) => {
  const { terminal, screen, json } = context;
  const stack = await stackOf(call, context);
  const secrets = await stack.secrets();
  if (json) await printJson(terminal, secrets);
  else if (secrets.length === 0) await print(terminal, `${stack.project} takes no secrets.\n`);
  else await print(terminal, secretsText(secrets, screen.style));
  return 0;
};

/** Names, and whether they are set. Ends with a newline. */
export function secretsText(secrets: readonly SecretState[], style: Style): string {
  const { signs, paint } = style;
  const word = (s: SecretState): string => {
    if (s.set) return paint('green', `${signs.done} set`);
    if (s.elsewhere)
      return paint('yellow', `${signs.warning} in ${s.elsewhere === 'file' ? 'the file' : 'the keychain'}`);
    return s.required
      ? paint('yellow', `${signs.warning} not set`)
      : paint('dim', `${signs.waiting} not set`);
  };
  const rows = secrets.map((s) => [
    s.name,
    word(s),
    s.scope === 'global' ? 'all stacks' : 'this stack',
    s.required ? 'required' : 'optional',
    s.label,
  ]);
  return table(style, ['SECRET', 'STATE', 'FOR', 'NEEDED', 'WHAT IT IS'], rows);
}
