import type {
  Downloads,
  EngineChoice,
  FindingShape,
  HealthBar,
  HealthHistory,
  EnvImport,
  LockedImport,
  TakenEnv,
  KeyRemoval,
  Keys,
  KeyState,
  KeyStore,
  LogLineShape,
  OwnFiles,
  Preview,
  RemovalShape,
  StackEntry,
  StackSetting,
} from '../../main/channels.ts';
import type { ModelServer } from '../../main/system/model-servers.ts';
import { downloadWords } from '../../main/stack/download-words.ts';
import { listenAt } from '../../main/wording/model-servers.ts';
import type { GpuFacts, GpuReport, ProbeResult } from '../../main/contract.ts';
import { gpuReport, type GpuRequest } from '../../main/gpu/report.ts';
import { appError, saidOf, type SaidError } from '../../main/errors.ts';
import { ENGINE_FACTS, SETUP_STACKS } from './setup-answers.ts';
import { GPU_FACTS } from '../fixtures/gpu-facts.ts';
import { AT, HOSTILE, PROBES } from './states.ts';

const step = (id: string, kind: string, title: string, cause: string): Preview['steps'][number] => ({
  id,
  kind,
  title,
  cause,
});

export const PREVIEW: Preview = {
  steps: [
    step('image:letta', 'pullImage', 'pull image letta/letta:0.16.8', 'the image is not there'),
    step('secrets', 'generateSecrets', 'generate secrets LETTA_SERVER_PASSWORD', 'its data volume is new'),
    step('volume:pgdata', 'createVolume', 'create volume letta-production_pgdata', 'it is not there'),
    step(
      'create:letta-production-db-1',
      'create',
      'create container letta-production-db-1',
      'it is not there',
    ),
    step('start:letta-production-db-1', 'start', 'start container letta-production-db-1', 'it is new'),
    step('wait:db', 'wait', 'wait until db is healthy', 'it was started'),
    step(
      'create:letta-production-nginx-1',
      'create',
      'recreate container letta-production-nginx-1',
      'configuration changed',
    ),
    step(
      'stop:letta-production-nginx-1',
      'stop',
      'stop container letta-production-nginx-1',
      'configuration changed',
    ),
    step(
      'remove:letta-production-nginx-1',
      'remove',
      'remove container letta-production-nginx-1',
      'configuration changed',
    ),
  ],
  warnings: [],
  confirmations: [],
  agreement: 'plan-1',
  unchanged: ['redis'],
};

export const PREVIEW_TO_CONFIRM: Preview = {
  ...PREVIEW,
  warnings: [
    {
      code: 'stack.slow',
      data: {},
      message: 'The disk has 7 GB left; the images need 6 GB.',
      next: 'Free some space.',
    },
  ],
  confirmations: [
    {
      kind: 'unknown-volume',
      subject: 'letta-production_pgdata',
      text: 'Volume letta-production_pgdata (61.2 MB) holds data, and this program has not run letta-production here before; the stack would use it.',
    },
  ],
  agreement: 'plan-2',
};

export const CONNECTED: ProbeResult = {
  id: 'connection',
  label: 'Connection',
  ok: true,
  answer: 'HTTP 200: the password is right',
  tookMs: 34,
  at: AT,
};

/** Nothing changed since the start. */
export const PREVIEW_NOTHING: Preview = {
  ...PREVIEW,
  steps: [],
  agreement: 'plan-0',
  unchanged: ['db', 'redis', 'server', 'nginx'],
};

/** The port changed since the start. */
export const PREVIEW_PORT: Preview = {
  ...PREVIEW,
  steps: PREVIEW.steps.filter(({ id }) => id.endsWith('nginx-1')).map((s) => ({ ...s, service: 'nginx' })),
  agreement: 'plan-3',
  unchanged: ['db', 'redis', 'server'],
};

const SIZES = { images: [{ step: 'image:letta', bytes: 1_234_000_000 }], bytes: 1_234_000_000 };
/** Before anything was downloaded on this engine. */
const DOWNLOADS: Downloads = { ...SIZES, ...downloadWords(SIZES, undefined) };
/** After a download at 5.2 MB/s. */
export const DOWNLOADS_MEASURED: Downloads = { ...SIZES, ...downloadWords(SIZES, 5.2e6) };

const OLLAMA = { id: 'ollama', title: 'Ollama', url: 'http://host.docker.internal:11434/v1' } as const;

/** Ollama as it comes: it runs on this machine, where containers do not reach it. */
export const OLLAMA_HIDDEN: ModelServer = {
  ...OLLAMA,
  setting: 'ollama-url',
  reach: 'loopback',
  next: listenAt(OLLAMA, '172.17.0.1'),
};

export const PREVIEW_HIDDEN: Preview = {
  ...PREVIEW,
  warnings: saidOf([appError('models.hidden', { ...OLLAMA, service: 'server', address: '172.17.0.1' })]),
};

export const RESTART_PREVIEW: Preview = {
  ...PREVIEW_NOTHING,
  steps: ['db', 'redis', 'server', 'nginx'].flatMap((service) => [
    {
      ...step(`stop:${service}`, 'stop', `stop container letta-production-${service}-1`, 'asked for'),
      service,
    },
    {
      ...step(`start:${service}`, 'start', `start container letta-production-${service}-1`, 'it is exited'),
      service,
    },
  ]),
  unchanged: [],
};

const setting = (
  name: string,
  label: string,
  type: StackSetting['type'],
  byDefault: string,
  value = byDefault,
): StackSetting => ({
  name,
  label,
  type,
  variable: `LETTA_STACK_${name.toUpperCase().replaceAll('-', '_')}`,
  value,
  default: byDefault,
  changed: value !== byDefault,
});

export const STACK_SETTINGS: StackSetting[] = [
  setting('address', 'Address to listen on', 'address', '127.0.0.1'),
  setting('port', 'Port', 'port', '8283', '9283'),
  setting('debug', 'Debug output of the server', 'boolean', 'false'),
  setting('default-model', 'Default model', 'string', ''),
  setting('ollama-url', 'Address of Ollama', 'url', ''),
  setting('server-memory', 'Memory limit of the server', 'size', '4g'),
  setting('workers', 'Server processes', 'integer', '1'),
  setting('server-image', 'Image of the server', 'image', 'letta/letta:0.16.8'),
];

const key = (name: string, label: string, more: Partial<KeyState> = {}): KeyState => ({
  name,
  label,
  scope: 'global',
  required: false,
  isSet: false,
  isKnown: true,
  isBound: false,
  multiline: false,
  takers: ['letta-production', 'letta-research'],
  ...more,
});

const unknown = (state: KeyState): KeyState => ({ ...state, isSet: false, isKnown: false });

const bound: Partial<KeyState> = {
  scope: 'stack',
  required: true,
  isSet: true,
  setAt: '2026-11-20T10:00:00.000Z',
  used: { at: '2026-11-26T07:00:00.000Z', project: 'letta-production' },
  isBound: true,
  takers: ['letta-production'],
};

export const KEYS: Keys = {
  password: 'LETTA_SERVER_PASSWORD',
  word: 'password',
  providers: [
    {
      id: 'openai',
      title: 'OpenAI',
      kind: 'cloud',
      about: 'GPT models and embeddings.',
      page: 'https://platform.openai.com/api-keys',
      keys: [
        key('OPENAI_API_KEY', 'API key', {
          isSet: true,
          setAt: '2026-11-25T10:00:00.000Z',
          used: { at: '2026-11-26T07:00:00.000Z', project: 'letta-production' },
        }),
      ],
      settings: [
        {
          ...setting('openai-url', 'OpenAI-compatible address', 'url', 'https://api.openai.com/v1'),
          isNeeded: false,
        },
      ],
      canTry: true,
      isReady: true,
    },
    {
      id: 'anthropic',
      title: 'Anthropic',
      kind: 'cloud',
      about: 'Claude models; it has no embeddings.',
      page: 'https://console.anthropic.com/settings/keys',
      keys: [key('ANTHROPIC_API_KEY', 'API key')],
      settings: [],
      canTry: true,
      isReady: false,
    },
    {
      id: 'bedrock',
      title: 'Amazon Bedrock',
      kind: 'cloud',
      about: 'Claude models of an AWS account.',
      page: 'https://console.aws.amazon.com/iam/home#/security_credentials',
      keys: [
        key('AWS_ACCESS_KEY_ID', 'Access key ID', { isSet: true }),
        key('AWS_SECRET_ACCESS_KEY', 'Secret access key'),
      ],
      settings: [
        { ...setting('aws-region', 'AWS region of Bedrock', 'string', 'us-east-1'), isNeeded: true },
      ],
      canTry: true,
      isReady: false,
    },
    {
      id: 'ollama',
      title: 'Ollama',
      kind: 'own',
      about: 'Models on a machine of yours; it asks for no key.',
      page: 'https://ollama.com/download',
      keys: [],
      settings: [{ ...setting('ollama-url', 'Ollama address', 'url', ''), isNeeded: true }],
      canTry: true,
      isReady: false,
    },
    {
      id: 'exa',
      title: 'Exa',
      kind: 'tool',
      about: 'Web search for agents.',
      page: 'https://dashboard.exa.ai/api-keys',
      keys: [key('EXA_API_KEY', 'API key')],
      settings: [],
      canTry: false,
      isReady: false,
    },
  ],
  others: [
    key('LETTA_DB_PASSWORD', 'Database password', bound),
    key('LETTA_SERVER_PASSWORD', 'Password of the API', bound),
    key('LETTA_ENCRYPTION_KEY', 'Encryption key of stored secrets', {
      ...bound,
      unreadable: 'the provider keys and tool secrets stored in the database',
    }),
  ],
};

export const KEY_STORE: KeyStore = {
  kind: 'keychain',
  label: "the system's keychain",
  status: 'ok',
  hasFile: false,
  left: [],
};

export const KEY_REMOVAL: KeyRemoval = {
  keys: [
    { name: 'OPENAI_API_KEY', project: null, takers: ['letta-production', 'letta-research'] },
    { name: 'OLD_KEY', project: null, takers: [] },
  ],
  keeps: [{ name: 'LETTA_DB_PASSWORD', project: 'letta-production' }],
  word: 'remove all keys',
  agreement: 'keys-1',
};

/** As long as the store was not asked, with a state that knows none of them. */
export const KEYS_UNKNOWN: Keys = {
  ...KEYS,
  providers: KEYS.providers.map((p) => ({ ...p, isReady: false, keys: p.keys.map(unknown) })),
  others: KEYS.others.map(unknown),
};

export const ENV_IMPORT: EnvImport = {
  token: 'token-1',
  file: '/home/me/letta/.env',
  isBackup: false,
  secrets: [
    { name: 'OPENAI_API_KEY', label: 'OpenAI', isSet: true, isStored: false, cleaned: ['quotes around it'] },
    {
      name: 'ANTHROPIC_API_KEY',
      label: 'Anthropic',
      isSet: false,
      isStored: false,
      cleaned: [],
      doubt: 'this looks like an OpenAI key',
    },
    {
      name: 'LETTA_DB_PASSWORD',
      label: 'Database password',
      isSet: true,
      isStored: false,
      cleaned: [],
      problem: 'it is set, and data may have been made with it',
    },
  ],
  settings: [
    {
      variable: 'OLLAMA_BASE_URL',
      name: 'ollama-url',
      label: 'Ollama address',
      value: 'http://host.docker.internal:11434',
    },
  ],
  invented: [{ name: 'LETTA_POOL_SIZE', why: 'it is LETTA_PG_POOL_SIZE' }],
  others: ['MY_OWN', HOSTILE],
  empty: ['GROQ_API_KEY'],
};

/** Of `ENV_IMPORT`, with what would be lost with the file. */
export const TAKEN_SOME: TakenEnv = {
  taken: ['OPENAI_API_KEY', 'OLLAMA_BASE_URL'],
  failed: [],
  losses: [
    { name: 'ANTHROPIC_API_KEY', why: 'this looks like an OpenAI key' },
    { name: 'GROQ_API_KEY', why: 'it is there more than once, with different values' },
  ],
  mayDelete: true,
  warnings: [],
};

/** A backup of keys, before its passphrase is typed. */
export const LOCKED_BACKUP: LockedImport = { token: 'token-1', file: '/home/me/keys.age' };

export const WRONG_PASSPHRASE = saidOf([appError('secrets.wrong-passphrase', { file: '/home/me/keys.age' })]);

/** A backup of keys, once it is open. */
export const BACKUP: EnvImport = {
  token: 'token-2',
  file: '/home/me/keys.age',
  isBackup: true,
  secrets: [
    { name: 'global/OPENAI_API_KEY', label: 'OpenAI', isSet: false, isStored: false, cleaned: [] },
    {
      name: 'letta-production/LETTA_DB_PASSWORD',
      label: 'Database password',
      isSet: false,
      isStored: false,
      cleaned: [],
    },
    {
      name: 'global/GROQ_API_KEY',
      label: 'Groq',
      isSet: true,
      isStored: true,
      cleaned: [],
      problem: 'it is stored already',
    },
    {
      name: 'letta-research/LETTA_DB_PASSWORD',
      label: 'Database password',
      isSet: true,
      isStored: false,
      cleaned: [],
      problem: 'another value is set, and stays',
    },
  ],
  settings: [],
  invented: [],
  others: [`mine/${HOSTILE}`, 'mine/MY_OWN'],
  empty: [],
};

/** Of `BACKUP`, without the database's password. */
export const TAKEN_OF_BACKUP: TakenEnv = {
  taken: ['global/OPENAI_API_KEY'],
  failed: [],
  losses: [
    { name: 'letta-production/LETTA_DB_PASSWORD', why: 'you left it out' },
    { name: 'global/GROQ_API_KEY', why: 'it is stored already' },
    { name: 'letta-research/LETTA_DB_PASSWORD', why: 'another value is set, and stays' },
    { name: 'mine/MY_OWN', why: 'no stack here takes it' },
  ],
  mayDelete: false,
  warnings: [],
};

export const ENGINE_CHOICE: EngineChoice = {
  setting: null,
  mirror: null,
  contexts: [
    { name: 'gpu-box', host: 'ssh://me@gpu-box.local' },
    { name: 'torn', problem: 'Unexpected end of JSON input' },
  ],
};

export const STACKS: StackEntry[] = [
  {
    project: 'letta-production',
    profile: 'production',
    title: 'Letta server',
    summary: 'Agents with memory, for everyday use.',
    version: '1',
    support: { status: 'retired', reason: 'Letta archived its V1 server.' },
    problems: [],
  },
  { project: 'own', files: ['/home/me/own/compose.yaml'], title: HOSTILE, summary: HOSTILE, problems: [] },
  {
    project: 'broken',
    files: ['/home/me/broken.yaml'],
    title: 'broken',
    problems: [{ code: 'x', data: {}, message: 'The block names no title', next: 'Correct it.' }],
  },
];

/** Before the first start nothing of the stack's own is set. */
export const KEYS_FIRST: Keys = {
  ...KEYS,
  others: KEYS.others.map((k) => ({ ...k, isSet: false, setAt: undefined, used: undefined })),
};

export const OWN_FILES: OwnFiles = {
  files: ['/home/me/own/compose.yaml'],
  project: 'own',
  services: ['db', 'web'],
  problems: [],
  warnings: [],
  excerpts: [],
};

const inOwnFile = (
  place: { line: number; column: number; path: string } | undefined,
  message: string,
  next: string,
): SaidError => {
  const file = '/home/me/own/compose.yaml';
  const at = place ? `${file}:${place.line}:${place.column} (${place.path})` : file;
  return { code: 'x', data: { file, ...place }, message: `${at}: ${message}`, next };
};
export const OWN_FILES_WRONG: OwnFiles = {
  ...OWN_FILES,
  problems: [
    inOwnFile(
      { line: 5, column: 5, path: 'services.web.imagee' },
      'there is no such key; is it image?',
      'Correct the name.',
    ),
    inOwnFile(
      { line: 8, column: 9, path: 'services.web.ports[0]' },
      '99999 is no port',
      'A port is at most 65535.',
    ),
    inOwnFile(undefined, 'a variable is not set: DOMAIN', 'Set it in the .env file beside it.'),
  ],
  excerpts: [
    {
      file: '/home/me/own/compose.yaml',
      from: 2,
      lines: [
        'services:',
        '  # the front',
        '  web:',
        '    imagee: nginx:1.27-alpine',
        '    environment: { API_KEY: ••• }',
        '    ports:',
        '      - "99999:80"',
        '    restart: unless-stopped',
        HOSTILE,
      ],
    },
  ],
};

export const REMOVAL: RemovalShape = {
  project: 'letta-production',
  engine: 'lab',
  store: "the system's keychain",
  containers: ['db', 'redis', 'server', 'nginx'].map((s) => `letta-production-${s}-1`),
  networks: ['letta-production_data', 'letta-production_front'],
  volumes: [
    { name: 'letta-production_pgdata', createdAt: AT, size: 61_200_000 },
    { name: 'letta-production_home' },
  ],
  nameless: [{ name: 'ab'.repeat(32), container: 'letta-production-redis-1' }],
  secrets: ['LETTA_DB_PASSWORD', 'LETTA_ENCRYPTION_KEY'],
  isKnown: true,
  keeps: [{ what: 'volume shared', why: 'the file calls it external' }],
  agreement: 'removal-1',
};

export const LOGS: LogLineShape[] = [
  { service: 'db', stream: 'stderr', at: AT, text: 'LOG:  database system is ready to accept connections' },
  {
    service: 'server',
    stream: 'stdout',
    at: AT,
    text: '\u001B[32mINFO\u001B[0m: Application startup complete.',
  },
  { service: 'server', stream: 'stdout', at: AT, text: HOSTILE },
  { service: 'nginx', stream: 'stdout', at: AT, text: `GET /${'a'.repeat(12_000)}` },
  ...Array.from({ length: 60 }, (_, i): LogLineShape => ({
    service: 'nginx',
    stream: 'stdout',
    at: AT,
    text: `127.0.0.1 - - "GET /v1/agents/?limit=${i} HTTP/1.1" 200 2`,
  })),
];

export const FINDINGS: FindingShape[] = [
  {
    id: 'engine',
    title: 'The engine answers',
    category: 'engine',
    status: 'ok',
    detail: 'Docker Engine 28.5.1',
  },
  {
    id: 'disk',
    title: 'Room on the disk',
    category: 'machine',
    status: 'warn',
    detail: '7 GB are free; the profile needs 6 GB.',
    fix: 'Remove images that nothing uses: docker image prune',
  },
  {
    id: 'ports',
    title: 'Ports are free',
    category: 'machine',
    status: 'fail',
    detail: 'Port 8283 is taken by node (pid 812).',
    fix: 'End that program, or choose another port.',
    remedy: { do: 'use-port', setting: 'port', port: 8284 },
  },
  {
    id: 'database-password',
    title: 'Database takes the stored password',
    category: 'database',
    status: 'fail',
    detail: 'db refuses the password of letta that is stored as LETTA_DB_PASSWORD',
    fix: 'Give the role the stored password again: letta-stack doctor production --fix\nOr store the one that the database has: letta-stack secrets set production LETTA_DB_PASSWORD',
    remedy: {
      do: 'repair',
      label: 'Reset the password',
      asks: 'The password of the role letta in db becomes the one that is stored as LETTA_DB_PASSWORD. Programs that enter with another one are refused from then on. No data changes.',
    },
  },
  {
    id: 'migrations',
    title: 'Database migrations',
    category: 'database',
    status: 'skip',
    detail: 'server is not running',
  },
  {
    id: 'nginx',
    title: 'Configuration of nginx',
    category: 'network',
    status: 'fail',
    detail: 'nginx would not start again: unknown directive "stray" in /etc/nginx/conf.d/default.conf:52',
    fix: 'Make its container anew, with the file as it is meant: letta-stack up production --force-recreate nginx',
    remedy: { do: 'repair', label: 'Make nginx anew' },
  },
];

/** A day of quarter hours; what is not said is well. */
function day(changes: Readonly<Record<number, HealthBar>> = {}): HealthBar[] {
  return Array.from({ length: 96 }, (_, i) => changes[i] ?? (i < 6 ? 'unwatched' : 'well'));
}

export const HEALTH: HealthHistory = {
  from: '2026-11-25T10:00:00.000Z',
  minutes: 15,
  services: [
    { service: 'db', bars: day({ 95: 'ill' }) },
    { service: 'redis', bars: day({ 93: 'starting', 94: 'starting' }) },
    { service: 'server', bars: day({ 50: 'ill', 51: 'ill' }) },
    { service: 'nginx', bars: day({ 30: 'stopped', 31: 'stopped', 32: 'stopped', 33: 'stopped' }) },
  ],
  incidents: [
    { service: 'db', from: '2026-11-26T09:58:00.000Z', sentence: 'db fails its health check' },
    {
      service: 'server',
      from: '2026-11-25T22:31:00.000Z',
      to: '2026-11-25T22:46:00.000Z',
      sentence: 'out of memory at 1 GB',
      done: 'itself',
    },
  ],
};

/** The app has just begun to watch. */
export const UNWATCHED: HealthHistory = { ...HEALTH, services: [], incidents: [] };

/** What the core makes of such facts, on an engine of the same computer. */
export const gpuOf = (facts: Partial<GpuFacts> = {}, request: GpuRequest = {}): GpuReport =>
  gpuReport(
    {
      facts: { ...GPU_FACTS, ...facts },
      engine: {
        os: 'linux',
        arch: 'x86_64',
        product: 'docker',
        isHere: true,
        isRootless: false,
        kernel: '6.1.0',
        runtimes: ['runc'],
      },
    },
    request,
  );

/** What the fake bridge answers to each call, unless a test says otherwise. */
export const ANSWERS: Readonly<Record<string, unknown>> = {
  operate: null,
  cancel: null,
  openUrl: null,
  copyAddress: null,
  copySecret: null,
  preview: PREVIEW,
  downloads: DOWNLOADS,
  probe: PROBES,
  testConnection: CONNECTED,
  followLogs: { lines: LOGS, hasOlder: false },
  logsTaken: null,
  unfollowLogs: null,
  olderLogs: { lines: [], hasOlder: false },
  saveLogs: null,
  doctor: FINDINGS,
  repair: null,
  changeOptions: null,
  openLogs: null,
  quit: null,
  zoom: null,
  openFinding: null,
  watchUse: null,
  health: HEALTH,
  stackSettings: STACK_SETTINGS,
  changeSetting: null,
  engineChoice: ENGINE_CHOICE,
  chooseEngine: null,
  changeMirror: null,
  stacks: STACKS,
  dataPlace: {
    volumes: ['letta-production_pgdata', 'letta-production_home'],
    folders: [],
    engine: 'lab',
    folder: '/var/lib/docker/volumes',
  },
  choosePath: null,
  gpu: gpuOf(),
  openOwnFile: OWN_FILES,
  openOwnFileAgain: OWN_FILES,
  ownFiles: OWN_FILES,
  restartPreview: RESTART_PREVIEW,
  switchStack: null,
  removal: REMOVAL,
  removeStack: null,
  engineFacts: ENGINE_FACTS,
  startEngine: null,
  setupStacks: SETUP_STACKS,
  adoptStack: null,
  models: { models: ['openai/gpt-4.1-mini', 'anthropic/claude-haiku-4-5'], likely: 'openai/gpt-4.1-mini' },
  firstMessage: { agent: 'first-agent', answer: 'Hello! I am your first agent.' },
  keys: KEYS,
  saveKey: { cleaned: [], doubt: null, warnings: [] },
  removeKey: null,
  tryProvider: { as: 'ok', words: 'HTTP 200: OpenAI takes the key' },
  openProviderPage: null,
  keyStore: KEY_STORE,
  chooseKeyStore: KEY_STORE,
  openSecretsFile: KEY_STORE,
  makePassword: [],
  keyRemoval: KEY_REMOVAL,
  removeKeys: null,
  chooseImport: null,
  openImport: BACKUP,
  takeImport: { taken: [], failed: [], warnings: [] },
  deleteImport: null,
  closeImport: null,
  modelServers: [],
};
