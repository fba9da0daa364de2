import type { StackState } from '../main/contract.ts';

/** Secret that is the password of a Letta server. */
export const PASSWORD = 'LETTA_SERVER_PASSWORD';

/** Password and first request are those of a Letta server. */
export const isLetta = (stack: StackState): boolean => stack.profile === 'production';

export interface Snippet {
  readonly name: string;
  readonly text: string;
}

/** The first request to a Letta server in three languages; the password comes from the environment. */
export function snippetsOf(url: string): Snippet[] {
  const base = url.replace(/\/v1\/?$/, '').replace(/\/$/, '');
  return [
    {
      name: 'curl',
      text: `curl -H "Authorization: Bearer $LETTA_SERVER_PASSWORD" \\\n  ${shellQuoted(`${base}/v1/agents/`)}`,
    },
    {
      name: 'Python',
      text: [
        '# pip install letta-client',
        'import os',
        'from letta_client import Letta',
        '',
        'client = Letta(',
        `    base_url=${JSON.stringify(base)},`,
        '    api_key=os.environ["LETTA_SERVER_PASSWORD"],',
        ')',
        'print(client.agents.list())',
      ].join('\n'),
    },
    {
      name: 'TypeScript',
      text: [
        '// npm install @letta-ai/letta-client',
        "import Letta from '@letta-ai/letta-client';",
        '',
        'const client = new Letta({',
        `  baseURL: ${JSON.stringify(base)},`,
        '  apiKey: process.env.LETTA_SERVER_PASSWORD,',
        '});',
        'console.log(await client.agents.list());',
      ].join('\n'),
    },
  ];
}

const shellQuoted = (text: string): string =>
  /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
