import type { Argument, Command } from './command-types.ts';

/** `letta-stack logs [PROFILE] [SERVICE…]` */
export function usageOf(command: Command): string {
  return [
    'letta-stack',
    command.name,
    ...(command.stack ? ['[PROFILE]'] : []),
    ...(command.passes === 'separator' ? ['--'] : []),
    ...command.arguments.map(argument),
  ].join(' ');
}

function argument({ name, choices, optional, many }: Argument): string {
  const text = choices?.join('|') ?? `${name}${many ? '…' : ''}`;
  return optional ? `[${text}]` : text;
}
