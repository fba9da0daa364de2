import { z } from 'zod';

/** What a server speaks: the API of Letta's V1 server, or that of its App Server, which answers to OpenAI's clients. */
export const ConnectApi = z.enum(['letta', 'app-server']);
export type ConnectApi = z.infer<typeof ConnectApi>;

/** What the secret is called that its programs send. */
export const SECRET_WORD: Readonly<Record<ConnectApi, 'password' | 'token'>> = {
  letta: 'password',
  'app-server': 'token',
};
