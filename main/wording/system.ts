import { row } from './row.ts';

export const systemWording = {
  'system.usage': row<{ reason: string }>(2, (d) => d.reason, 'Run letta-stack --help.'),
};
