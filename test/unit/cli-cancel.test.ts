import { expect, test } from 'vitest';
import type { Operation } from '../../main/contract.ts';
import { cancelledOperation, FakeCore, runCli } from './cli-double.ts';

const ended = (change: Partial<Operation>) => ({ ...cancelledOperation, ...change });
const [done] = cancelledOperation.tasks;
test.each<[what: string, operation: Operation | undefined, text: string]>([
  ['nothing', undefined, 'Nothing is being done with letta-production.'],
  ['one that was cancelled', cancelledOperation, 'Cancelled up of letta-production.'],
  ['one between its images and the rest', ended({ tasks: [done!] }), 'Cancelled up of letta-production.'],
  [
    'one whose question was not answered',
    ended({ tasks: [], fraction: undefined }),
    'Cancelled up of letta-production.',
  ],
  [
    'one that was faster',
    ended({ tasks: [done!], fraction: 1 }),
    'Nothing was cancelled: up of letta-production came to its end first.',
  ],
  [
    'one that had nothing to do',
    ended({ tasks: [], fraction: 0 }),
    'Nothing was cancelled: up of letta-production came to its end first.',
  ],
  [
    'one that failed',
    ended({ tasks: [...cancelledOperation.tasks, { ...done!, status: 'failed' }] }),
    'Nothing was cancelled: up of letta-production failed first.',
  ],
  [
    'one that takes no cancel',
    ended({ kind: 'secrets', tasks: [], fraction: undefined, cancellable: false }),
    'Nothing was cancelled: secrets of letta-production can only be waited for, and is over now.',
  ],
])('cancel of %s', async (_what, operation, text) => {
  const fake = new FakeCore({ cancel: () => Promise.resolve(operation) });
  expect(await runCli(['cancel'], fake)).toEqual({ code: 0, stdout: `${text}\n`, stderr: '' });
});
