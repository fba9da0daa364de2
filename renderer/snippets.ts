import type { ConnectApi } from '../main/contract.ts';

export interface Snippet {
  readonly name: string;
  readonly text: string;
}

/**
 * The first request to a server in three languages: which agents are there.
 * @param secret environment variable that the password or token comes from
 */
export const snippetsOf = (api: ConnectApi, url: string, secret: string): Snippet[] =>
  OF[api](url.replace(/\/v1\/?$/, '').replace(/\/$/, ''), secret);

/** By what the server speaks; `base` is without a path. */
const OF: Readonly<Record<ConnectApi, (base: string, secret: string) => Snippet[]>> = {
  letta: (base, secret) => [
    curl(`${base}/v1/agents/`, secret),
    {
      name: 'Python',
      text: [
        '# pip install letta-client',
        'import os',
        'from letta_client import Letta',
        '',
        'client = Letta(',
        `    base_url=${JSON.stringify(base)},`,
        `    api_key=os.environ[${JSON.stringify(secret)}],`,
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
        `  apiKey: process.env.${secret},`,
        '});',
        'console.log(await client.agents.list());',
      ].join('\n'),
    },
  ],
  'app-server': (base, secret) => [
    curl(`${base}/v1/models`, secret),
    {
      name: 'Python',
      text: [
        '# pip install openai',
        'import os',
        'from openai import OpenAI',
        '',
        'client = OpenAI(',
        `    base_url=${JSON.stringify(`${base}/v1`)},`,
        `    api_key=os.environ[${JSON.stringify(secret)}],`,
        ')',
        '# each agent is a model, for chat.completions and responses',
        'for agent in client.models.list():',
        '    print(agent.id)',
      ].join('\n'),
    },
    {
      name: 'TypeScript',
      text: [
        '// npm install openai',
        "import OpenAI from 'openai';",
        '',
        'const client = new OpenAI({',
        `  baseURL: ${JSON.stringify(`${base}/v1`)},`,
        `  apiKey: process.env.${secret},`,
        '});',
        '// each agent is a model, for chat.completions and responses',
        'for await (const agent of client.models.list()) console.log(agent.id);',
      ].join('\n'),
    },
  ],
};

const curl = (url: string, secret: string): Snippet => ({
  name: 'curl',
  // on curl's stdin: every user of the machine can read a command line
  text: [
    `printf 'header = "Authorization: Bearer %s"\\n' "$${secret}" |`,
    `  curl -fsS -K - ${shellQuoted(url)}`,
  ].join('\n'),
});

const shellQuoted = (text: string): string =>
  /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
