import { expect } from 'vitest';
import type { Stack } from '../../../main/stack/stack-types.ts';
import { psql } from './database.ts';

/** Secrets of the light stack that are made with its volume. */
export const NAMES = ['LIGHT_DB_PASSWORD', 'LIGHT_TOKEN'] as const;

/** Whether the page takes a token: the container has that very one. */
export const opens = async (port: number, token: string): Promise<boolean> => {
  const answer = await fetch(`http://127.0.0.1:${port}/private`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return answer.status === 200;
};
/** Whether the role of the stack gets in over TCP with this password. */
export const enters = async (stack: Stack, password: string): Promise<boolean> => {
  try {
    return (await psql(stack, { user: 'light', database: 'light', sql: 'select 1', password })) === '1';
  } catch (e) {
    expect((e as Error).message).toContain('password authentication failed');
    return false;
  }
};
