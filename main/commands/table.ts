import type { Argument, Command, Options } from './command-types.ts';

/** Every command: names, arguments, options, examples. Each is loaded when it is called, and not before. */

const services: Argument = { name: 'SERVICE', kind: 'service', optional: true, many: true };
const yes: Options = {
  yes: {
    type: 'boolean',
    short: 'y',
    summary: 'answer yes to what is asked; deletes no data and gives no key away',
  },
};
const waitTimeout: Options = {
  'wait-timeout': {
    type: 'string',
    value: 'TIME',
    summary: 'longest wait for a service, as 90s or 2m, instead of its own health check budget',
  },
};

const lifecycle: readonly Command[] = [
  {
    name: 'profiles',
    summary: 'list the bundled profiles',
    stack: false,
    arguments: [],
    options: {},
    examples: ['letta-stack profiles'],
    json: '[{id, title, summary, version, support?: {status, since?, reason}, needs: {disk?, memory?}}] (bytes)',
    load: () => import('./profiles.ts'),
  },
  {
    name: 'plan',
    summary: 'show what up would do, and why; changes nothing',
    stack: true,
    arguments: [services],
    options: {
      pull: pullOption(),
      build: { type: 'boolean', summary: 'plan to build images that are there already' },
      'force-recreate': { type: 'boolean', summary: 'plan to make containers anew though nothing changed' },
      'remove-orphans': { type: 'boolean', summary: 'plan to remove containers that no service has' },
    },
    examples: ['letta-stack plan production', 'letta-stack plan -f compose.yaml'],
    json:
      '{project, operation, steps: [{id, kind, title, cause, after, bytes?}], downloadBytes,\n' +
      ' downloadSeconds?, warnings: [error], confirmations: [{kind, subject, text}], orphans: [name],\n' +
      ' unchanged: [service]}',
    load: () => import('./plan.ts'),
  },
  {
    name: 'up',
    summary: 'start a stack: create or change what is needed, wait until all is healthy',
    text: 'Ctrl-C once cancels: nothing more is begun, what was done stays. The next up goes on from there.',
    stack: true,
    arguments: [services],
    options: {
      ...yes,
      give: {
        type: 'string',
        multiple: true,
        value: 'NAME',
        summary: 'a Compose file of your own gets this key, unasked',
      },
      ...waitTimeout,
      pull: pullOption(),
      build: { type: 'boolean', summary: 'build images that are there already' },
      'force-recreate': { type: 'boolean', summary: 'make containers anew though nothing changed' },
      'remove-orphans': { type: 'boolean', summary: 'remove containers that no service has' },
    },
    examples: [
      'letta-stack up production',
      'letta-stack up production db redis',
      'letta-stack -f compose.yaml up --wait-timeout 2m',
    ],
    json: 'StackState (see status)',
    load: () => import('./up.ts'),
  },
  {
    name: 'down',
    summary: 'stop a stack and remove its containers and networks; volumes stay',
    stack: true,
    arguments: [services],
    options: {
      ...yes,
      'remove-orphans': { type: 'boolean', summary: 'remove containers that no service has' },
      volumes: {
        type: 'string',
        multiple: true,
        value: 'NAME',
        summary: 'delete this volume and its data; its name must be typed',
      },
      'yes-delete': {
        type: 'string',
        multiple: true,
        value: 'NAME',
        summary: 'the name of that volume, typed here instead',
      },
    },
    examples: [
      'letta-stack down production',
      'letta-stack down production --volumes letta-production_bytecode --yes-delete letta-production_bytecode',
    ],
    json: 'StackState (see status)',
    load: () => import('./down.ts'),
  },
  {
    name: 'remove',
    summary: 'remove everything of a stack: containers, networks, volumes with their data, secrets, settings',
    text: `Lists first what goes and what stays, and asks for the stack's name. Nothing of other stacks is touched, nor
are images, volumes that the file calls external, and keys that all stacks share.`,
    stack: true,
    arguments: [],
    options: {
      'yes-delete': {
        type: 'string',
        multiple: true,
        value: 'NAME',
        summary: "the stack's project name, typed here instead",
      },
    },
    examples: ['letta-stack remove production'],
    json: '{ project, removed }',
    load: () => import('./remove.ts'),
  },
  {
    name: 'start',
    summary: 'start containers that are there',
    stack: true,
    arguments: [services],
    options: {},
    examples: ['letta-stack start production', 'letta-stack start redis'],
    json: 'StackState (see status)',
    load: () => import('./start.ts'),
  },
  {
    name: 'stop',
    summary: 'stop containers and keep them',
    stack: true,
    arguments: [services],
    options: {},
    examples: ['letta-stack stop production', 'letta-stack stop redis'],
    json: 'StackState (see status)',
    load: () => import('./stop.ts'),
  },
  {
    name: 'restart',
    summary: 'restart a stack or some of its services',
    stack: true,
    arguments: [services],
    options: {},
    examples: ['letta-stack restart production', 'letta-stack restart server'],
    json: 'StackState (see status)',
    load: () => import('./restart.ts'),
  },
  {
    name: 'cancel',
    summary: 'cancel what another terminal or the app does with a stack',
    stack: true,
    arguments: [],
    options: {},
    examples: ['letta-stack cancel production'],
    json: 'Operation {id, kind, project, pid, startedAt, tasks, fraction?, cancellable}, or null when nothing was done',
    load: () => import('./cancel.ts'),
  },
];

const looking: readonly Command[] = [
  {
    name: 'ps',
    summary: 'list the containers of a stack',
    stack: true,
    arguments: [services],
    options: {},
    examples: ['letta-stack ps production'],
    json: '[ServiceState] (see status)',
    load: () => import('./ps.ts'),
  },
  {
    name: 'status',
    summary: 'say how a stack is, and why',
    text: 'Ends with 0 whatever the state is, and with 3 when there is no engine to ask.',
    stack: true,
    arguments: [],
    options: {
      deep: { type: 'boolean', summary: 'run the probes of the profile and show what each answered' },
      watch: { type: 'boolean', short: 'w', summary: 'show it again whenever it changes, until Ctrl-C' },
    },
    examples: ['letta-stack status production --deep', 'letta-stack status --watch --format json'],
    json:
      'Snapshot {contract, revision, engine, stacks: [StackState]}; with --watch one on a line\n' +
      '  engine {reachable, url?, source?, version?, product?, error?}\n' +
      'StackState {project, profile?, profileVersion?, status, sentence, cause?, services: [ServiceState],\n' +
      '  probes: [{id, label, service?, ok, answer, tookMs, at}], operation?, urls: [{label, url, on?, tunnel?}],\n' +
      '  connect?: {api, secret, test?}, support?: {status, reason}, updateAvailable?}\n' +
      '  status: stopped, busy, running, degraded, failed or unknown\n' +
      'ServiceState {name, status, cause?, image, containerId?, containerName?, startedAt?, restarts,\n' +
      '  ports: [{address, published, target, protocol}]}\n' +
      '  status: absent, created, starting, healthy, running, unhealthy, restarting, paused, completed,\n' +
      '  failed or stopped\n' +
      'cause {kind, sentence, detail?, exitCode?, log?: [line]}',
    load: () => import('./status.ts'),
  },
  {
    name: 'logs',
    summary: 'show what the services wrote, in the order of time',
    text: 'Behind logs, -f follows; a Compose file is named before (-f FILE logs) or with --file.',
    stack: true,
    arguments: [services],
    options: {
      follow: { type: 'boolean', short: 'f', summary: 'go on until Ctrl-C' },
      since: {
        type: 'string',
        value: 'TIME',
        summary: 'a time (2026-01-31T12:00:00Z) or a span before now (10m)',
      },
      tail: {
        type: 'string',
        short: 'n',
        value: 'LINES',
        summary: 'only the last lines of each container, or all',
      },
      grep: { type: 'string', value: 'REGEX', summary: 'only lines that match, with the match marked' },
      timestamps: { type: 'boolean', short: 't', summary: 'show when each line was written' },
    },
    examples: ['letta-stack logs production -f', 'letta-stack logs server --since 10m --grep "error|warn"'],
    json: 'one on a line: {service, container, stream, at, text}',
    load: () => import('./logs.ts'),
  },
  {
    name: 'exec',
    summary: 'run a command in a running service (default: sh)',
    text:
      'Options of exec stand before the service; all behind it is the command. psql is run as the user and on the\n' +
      'database that the container was made with (POSTGRES_USER, POSTGRES_DB), unless the command says others.',
    stack: true,
    arguments: [
      { name: 'SERVICE', kind: 'service' },
      { name: 'COMMAND', kind: 'text', optional: true, many: true },
    ],
    passes: 'behind',
    options: {
      user: { type: 'string', short: 'u', value: 'USER', summary: 'run as this user' },
      workdir: { type: 'string', short: 'w', value: 'FOLDER', summary: 'run in this folder' },
      'no-tty': { type: 'boolean', short: 'T', summary: 'no terminal, also when there is one' },
    },
    examples: [
      'letta-stack exec production db psql',
      'letta-stack exec server',
      'letta-stack exec -u root db ls -l /',
    ],
    formats: ['text'],
    load: () => import('./exec.ts'),
  },
  {
    name: 'open',
    summary: 'print where a stack answers, or open it',
    stack: true,
    arguments: [],
    options: { browser: { type: 'boolean', summary: 'open it in the browser' } },
    examples: ['letta-stack open production', 'letta-stack open production --browser'],
    json: '[{label, url, on?, tunnel?}]; on: the machine that the address is of, tunnel: what makes it reachable here',
    load: () => import('./open.ts'),
  },
  {
    name: 'config',
    summary: 'print the model of the files, as docker compose config does',
    stack: true,
    arguments: [],
    options: {
      hash: {
        type: 'string',
        value: 'SERVICE',
        summary: "print the configuration hash of a service, or of all: '*'",
      },
    },
    examples: ['letta-stack config production --format json', "letta-stack config --hash '*'"],
    formats: ['yaml', 'json', 'text'],
    json: 'the same as docker compose config --format json; with --hash {service: hash}',
    load: () => import('./config.ts'),
  },
];

const keeping: readonly Command[] = [
  {
    name: 'settings',
    summary: 'show all settings',
    text:
      'Keys for everything: engine (URL or Docker context), mirror (registry, host[:port]), secretStore (keychain or file),\n' +
      'current (the stack that is meant when none is named). All others belong to a stack.',
    stack: true,
    arguments: [],
    options: {},
    examples: ['letta-stack settings', 'letta-stack settings production'],
    json:
      '{file, engine?, mirror?, current?, secretStore, stacks:\n' +
      ' [{project, profile?, files?, settings: [{name, label, type, variable, value, default, changed}]}]}',
    load: () => import('./settings.ts'),
  },
  {
    name: 'settings get',
    summary: 'print one setting',
    stack: true,
    arguments: [{ name: 'NAME', kind: 'setting' }],
    options: {},
    examples: ['letta-stack settings get production port'],
    json: '{name, value} (value: null when it is not set)',
    load: () => import('./settings-get.ts'),
  },
  {
    name: 'settings set',
    summary: 'change one setting; a stack takes it with its next up',
    stack: true,
    arguments: [
      { name: 'NAME', kind: 'setting' },
      { name: 'VALUE', kind: 'text' },
    ],
    options: {},
    examples: [
      'letta-stack settings set production port 9283',
      'letta-stack settings set engine ssh://me@server',
      'letta-stack settings set secretStore file',
    ],
    json: '{name, value}',
    load: () => import('./settings-set.ts'),
  },
  {
    name: 'settings unset',
    summary: 'take one setting back to its default',
    stack: true,
    arguments: [{ name: 'NAME', kind: 'setting' }],
    options: {},
    examples: ['letta-stack settings unset production port'],
    json: '{name, value} (value: null when it has no default)',
    load: () => import('./settings-unset.ts'),
  },
  {
    name: 'secrets',
    summary: 'list the secrets of a stack: names, and whether they are set',
    stack: true,
    arguments: [],
    options: {},
    examples: ['letta-stack secrets production'],
    json: '[{name, label, scope, required, set, elsewhere?: keychain|file, setAt?, used?: {at, project}}]',
    load: () => import('./secrets-list.ts'),
  },
  {
    name: 'secrets list',
    summary: 'the same as secrets',
    stack: true,
    arguments: [],
    options: {},
    examples: ['letta-stack secrets list production'],
    json: '[{name, label, scope, required, set, elsewhere?: keychain|file, setAt?, used?: {at, project}}]',
    load: () => import('./secrets-list.ts'),
  },
  {
    name: 'secrets set',
    summary: 'set a secret, from a hidden prompt or from stdin',
    text: 'One line end at the end of stdin is left out. A stack takes the value with its next up.',
    stack: true,
    arguments: [{ name: 'NAME', kind: 'secret' }],
    options: {},
    examples: [
      'letta-stack secrets set OPENAI_API_KEY',
      'letta-stack secrets set production GOOGLE_CREDENTIALS < account.json',
    ],
    json: '{name, set: true}',
    load: () => import('./secrets-set.ts'),
  },
  {
    name: 'secrets unset',
    summary: 'remove a secret from the store',
    stack: true,
    arguments: [{ name: 'NAME', kind: 'secret' }],
    options: {},
    examples: ['letta-stack secrets unset OPENAI_API_KEY'],
    json: '{name, set: false, was: boolean}',
    load: () => import('./secrets-unset.ts'),
  },
  {
    name: 'secrets show',
    summary: 'print the value of a secret, alone on stdout',
    text: 'How to learn the generated password of the API. Never in JSON.',
    stack: true,
    arguments: [{ name: 'NAME', kind: 'secret' }],
    options: {},
    examples: ['letta-stack secrets show production LETTA_SERVER_PASSWORD'],
    formats: ['text'],
    load: () => import('./secrets-show.ts'),
  },
  {
    name: 'secrets import',
    summary: 'take keys and settings out of a .env file, or keys out of a backup',
    text:
      'Says first which names it knows, which no server reads, and which are settings; a key that looks like something\n' +
      'else is left out without --doubtful. The file stays unless its deletion is asked for, and with --delete as long\n' +
      'as it has what is stored nowhere. What secrets export wrote is put back for the stack that is named, else for all;\n' +
      'what is set stays, and so does the file.',
    stack: true,
    arguments: [{ name: 'FILE', kind: 'file' }],
    options: {
      doubtful: { type: 'boolean', summary: 'also keys that look wrong' },
      ...yes,
      delete: { type: 'boolean', summary: 'delete the file once all that it has is stored' },
    },
    examples: [
      'letta-stack secrets import .env',
      'letta-stack secrets import production ~/letta/.env --delete',
      'letta-stack secrets import keys.age',
    ],
    json: '{file, taken: [name], left: [name], invented: [name], others: [name], deleted}',
    load: () => import('./secrets-import.ts'),
  },
  {
    name: 'secrets export',
    summary: 'write the secrets into an encrypted file (age, passphrase)',
    text:
      'Of one stack when one is named, else of all. The passphrase is asked for, or read from the file that\n' +
      'LETTA_STACK_PASSPHRASE_FILE names. secrets import puts them back; the file can also take the place of secrets.age in\n' +
      'the config folder.',
    stack: true,
    arguments: [{ name: 'FILE', kind: 'file' }],
    options: {},
    examples: ['letta-stack secrets export backup.age'],
    json: '{file, names: [scope/name], missing: [scope/name]} (missing: should be in the store and are not)',
    load: () => import('./secrets-export.ts'),
  },
  {
    name: 'history',
    summary: 'show how the settings and the applied files changed, and what went wrong',
    stack: true,
    arguments: [],
    options: {},
    examples: ['letta-stack history', 'letta-stack history production'],
    json: '[{at, until?, kind, project?, title?, done?, diff}], newest first',
    load: () => import('./history.ts'),
  },
];

const helping: readonly Command[] = [
  {
    name: 'compose',
    summary: 'run docker compose on a stack, with the same files, variables and secrets',
    text: 'down --volumes is refused: it would delete all data without a question.',
    stack: true,
    arguments: [{ name: 'ARGS', kind: 'text', optional: true, many: true }],
    passes: 'separator',
    options: {},
    examples: ['letta-stack compose production -- ps --all'],
    formats: ['text'],
    load: () => import('./compose.ts'),
  },
  {
    name: 'doctor',
    summary: 'check engine, machine, secrets, files and what runs, and repair what is wrong',
    text: `Ends with 1 when a check fails, and with 3 when the engine cannot be reached. --fix asks before each fix that a
program can do; with --yes those that change neither data nor a role are done unasked, the others are still asked
where somebody can be. What is examined then is said at the end.`,
    stack: true,
    arguments: [],
    options: {
      only: { type: 'string', multiple: true, value: 'ID', summary: 'only these checks (id,id)' },
      fix: { type: 'boolean', summary: 'repair what a program can, each after a question' },
      yes: { type: 'boolean', short: 'y', summary: 'with --fix: no question where no data or role changes' },
    },
    examples: [
      'letta-stack doctor',
      'letta-stack doctor production --only engine,ports',
      'letta-stack doctor production --fix',
    ],
    json: '[{id, title, category, status: ok|warn|fail|skip, detail, fix?, remedy?, code?}]',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'gpu',
    summary: 'show the graphics cards, whether vLLM will run, and which models fit',
    text:
      'Looks at this computer: of an engine on another machine it says only what that engine tells.\n' +
      'What fits is reckoned for one request with the whole context, as the profile vllm is set to start vLLM.',
    stack: false,
    arguments: [],
    options: {
      model: {
        type: 'string',
        value: 'MODEL',
        completes: 'model',
        summary:
          'reckon this one, with its arithmetic; for one that is not listed the path of its config.json',
      },
      'max-length': {
        type: 'string',
        value: 'TOKENS',
        summary: 'length of the context (that of the profile vllm)',
      },
      probe: {
        type: 'boolean',
        summary: 'ask the engine for a card, too: a container of an image that is there is made and removed',
      },
    },
    examples: [
      'letta-stack gpu',
      'letta-stack gpu --probe',
      'letta-stack gpu --model Qwen/Qwen3-8B --max-length 32768',
    ],
    json:
      '{facts: {system, distribution, cards, driver?, cuda?, toolkit?, problem?},\n' +
      ' offer: {verdict: works|likely|not, why, steps: [{say, command?}], instead?}, context,\n' +
      ' models: [{id, title, parameters, format, longestContext, verdict, sentence, needed, isGated, source}],\n' +
      ' fit?: {model, format, context, verdict: fits|settings|shorter|quantise|too-large|unknown, sentence, isEstimate,\n' +
      '  cards?, parts: [{id, title, bytes, how}], needed, longest?, others, changes, assumptions},\n' +
      ' remedy?: {model?, settings: [{name, value}]}} (bytes, tokens)',
    load: () => import('./gpu.ts'),
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    text:
      'bash: letta-stack completion bash > ~/.local/share/bash-completion/completions/letta-stack\n' +
      'zsh:  letta-stack completion zsh > a folder of $fpath/_letta-stack\n' +
      'fish: letta-stack completion fish > ~/.config/fish/completions/letta-stack.fish',
    stack: false,
    arguments: [{ name: 'SHELL', kind: 'choice', choices: ['bash', 'zsh', 'fish'] }],
    options: {},
    examples: ['letta-stack completion bash'],
    formats: ['text'],
    load: () => import('./completion.ts'),
  },
  {
    name: 'version',
    summary: 'print the version',
    stack: false,
    arguments: [],
    options: {},
    examples: ['letta-stack version'],
    json: '{version, node, platform}',
    load: () => import('./version.ts'),
  },
  {
    name: '__complete',
    summary: 'candidates for the last word (called by the completion scripts)',
    stack: false,
    arguments: [{ name: 'WORD', kind: 'text', optional: true, many: true }],
    passes: 'separator',
    options: {},
    examples: [],
    hidden: true,
    load: () => import('./complete.ts'),
  },
];

export const commands: readonly Command[] = [...lifecycle, ...looking, ...keeping, ...helping];

function pullOption(): Options[string] {
  return {
    type: 'string',
    value: 'WHEN',
    choices: ['missing', 'always', 'never'],
    summary: 'when images are pulled: missing (default), always or never',
  };
}

/** The command of the first one or two words, and how many of them name it. */
export function commandOf(words: readonly string[]): { command: Command; words: 1 | 2 } | undefined {
  const [first = '', second = ''] = words;
  const two = commands.find((c) => c.name === `${first} ${second}`);
  if (two) return { command: two, words: 2 };
  const one = commands.find((c) => c.name === first);
  return one && { command: one, words: 1 };
}
