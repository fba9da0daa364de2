import { row } from './row.ts';

export const engineWording = {
  'engine.unreachable': row<{ endpoint: string; reason: string }>(
    3,
    (d) => `The container engine at ${d.endpoint} does not answer: ${d.reason}`,
    'Start the engine, or choose another with --host or --context.',
  ),
};
