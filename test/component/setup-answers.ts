import type { EngineFacts, SetupStack } from '../../main/channels.ts';
import { HOSTILE } from './states.ts';

export const ENGINE_FACTS: EngineFacts = {
  machine: {
    name: 'lab',
    os: 'Debian GNU/Linux 12 (bookworm)',
    arch: 'x86_64',
    cpus: 8,
    memory: 16.4e9,
    free: 182e9,
    folder: '/var/lib/docker',
  },
  abilities: [
    { what: 'Sees within a second that a service is ready', isThere: true, without: '' },
    {
      what: 'Sees the files of this computer',
      isThere: false,
      without: 'Profiles that work on a folder of yours cannot run there.',
    },
  ],
  todo: [],
};

/** What is to be done on a Debian without an engine. */
export const NO_ENGINE: EngineFacts = {
  abilities: [],
  todo: [
    { text: 'Install Docker Engine.', command: 'sudo apt-get install docker.io' },
    { text: 'Start it, now and with the computer.', command: 'sudo systemctl enable --now docker' },
    {
      text: 'Let your user talk to the engine, then log out and in again.',
      command: 'sudo usermod -aG docker $USER',
    },
  ],
};

export const ENGINE_STOPPED: EngineFacts = {
  abilities: [],
  todo: [{ text: 'Start it with sudo systemctl start docker.' }],
  startable: 'Docker Engine',
};

const offered = (
  project: string,
  title: string,
  summary: string,
  change: Partial<SetupStack> = {},
): SetupStack => ({
  project,
  profile: project.replace('letta-', ''),
  title,
  summary,
  version: '1',
  problems: [],
  needs: [
    { what: 'disk', needed: 6.4e9, has: 182e9 },
    { what: 'memory', needed: 2.1e9, has: 16.4e9 },
  ],
  containers: 0,
  running: 0,
  isForeign: false,
  ...change,
});

export const SETUP_STACKS: SetupStack[] = [
  offered('letta-production', 'Letta server', 'Agents with memory on PostgreSQL and Redis, behind nginx.', {
    recommended:
      'The complete server with its own database, for everyday use. Other machines cannot reach it.',
    support: {
      status: 'retired',
      reason: 'Letta archived its V1 server; 0.16.8 is the last image and gets no more fixes.',
    },
  }),
  offered(
    'letta-app-server',
    'Letta App Server',
    'The current Letta, with its agents on this machine only.',
    {
      support: { status: 'current', reason: 'This is the server that Letta develops now.' },
    },
  ),
  offered('letta-research', 'Letta for research', 'Letta’s memory beside ChromaDB.', {
    needs: [
      { what: 'disk', needed: 6.4e9 },
      { what: 'memory', needed: 32e9, has: 16.4e9 },
    ],
  }),
  offered('letta-vllm', 'Letta with vLLM', 'Models on your own graphics card.', {
    gpu: {
      verdict: 'not',
      why: 'This machine has no NVIDIA card.',
      steps: [{ say: 'Install the driver:', command: 'sudo ubuntu-drivers install' }],
      instead: 'Ollama runs models on the processor.',
    },
  }),
  offered('own', HOSTILE, HOSTILE, { containers: 4, running: 3, isForeign: true, needs: [] }),
  offered('broken', 'broken', 'It cannot be read.', {
    problems: [{ code: 'x', data: {}, message: 'The block names no title.', next: 'Correct it.' }],
    needs: [],
  }),
];
