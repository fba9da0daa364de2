import { row } from './row.ts';

export const stackWording = {
  'stack.unknown': row<{ reason: string; command?: string; log?: readonly string[] }>(
    1,
    (d) => `Something unexpected happened: ${d.reason}`,
    'Run the command again with --debug and report what it prints.',
  ),
};
