import { row } from './row.ts';

const list = (names: readonly string[]): string => names.join(', ');

export const stackWording = {
  'stack.unknown': row<{ reason: string; command?: string; log?: readonly string[] }>(
    1,
    (d) => `Something unexpected happened: ${d.reason}${d.command ? ` (while: ${d.command})` : ''}`,
    'Run the command again with --debug and report what it prints.',
  ),
  'stack.no-such-service': row<{ service: string; known: readonly string[] }>(
    2,
    (d) => `There is no service "${d.service}"`,
    (d) => `The services are: ${list(d.known)}.`,
  ),
  'stack.cannot-carry-out': row<{ service: string; key: string; reason: string }>(
    2,
    (d) => `services.${d.service}.${d.key} cannot be carried out: ${d.reason}`,
    'Remove the key, or run this file with docker compose.',
  ),
  'stack.key-ignored': row<{ service: string; key: string; reason: string }>(
    2,
    (d) => `services.${d.service}.${d.key} does nothing here: ${d.reason}`,
    'Remove the key if that is not what you meant.',
  ),
  'stack.bind-on-remote': row<{ service: string; path: string }>(
    2,
    (d) =>
      `services.${d.service} mounts ${d.path}, and the engine is not on this machine: it does not see that path`,
    'Use a named volume, or configs: for files, or an engine on this machine.',
  ),
  'stack.port-conflict': row<{ services: readonly string[]; address: string; port: string }>(
    2,
    (d) =>
      `The services ${list(d.services)} publish the same port ${d.port} on ${d.address || 'every address'}`,
    'Give one of them another published port.',
  ),
  'stack.external-missing': row<{ kind: string; name: string }>(
    1,
    (d) => `The external ${d.kind} ${d.name} is not there`,
    (d) => `Create it with: docker ${d.kind} create ${d.name}`,
  ),
  'stack.network-foreign': row<{ name: string }>(
    1,
    (d) => `Network ${d.name} was not made for this project and is used as it is`,
    'Declare it as external: true if that is meant.',
  ),
  'stack.network-differs': row<{ name: string; containers: readonly string[] }>(
    1,
    (d) =>
      `Network ${d.name} differs from the file and is kept as it is, since ${list(d.containers)} would lose it`,
    'Stop those containers, or start all services together, to make it anew.',
  ),
  'stack.volume-differs': row<{ name: string; differences: readonly string[] }>(
    1,
    (d) => `Volume ${d.name} differs from the file and is kept as it is: ${list(d.differences)}`,
    'To change it, back its data up, delete it by name and start again.',
  ),
  'stack.nameless-left': row<{ service: string; volumes: readonly string[] }>(
    1,
    (d) =>
      `${d.service} kept data in a volume without a name, which stays and which no new container finds: ${list(d.volumes)}`,
    'Give it a named volume in the file; until it is copied there, docker volume inspect shows where it lies.',
  ),
  'stack.orphans': row<{ containers: readonly string[] }>(
    1,
    (d) => `Containers of this project that no service of the file has: ${list(d.containers)}`,
    'Remove them with --remove-orphans.',
  ),
  'stack.nothing-to-start': row<{ project: string }>(
    1,
    (d) => `${d.project} has no containers to start`,
    'Create them with: letta-stack up{stack}',
  ),
  'stack.confirmation-needed': row<{ texts: readonly string[] }>(
    2,
    (d) => d.texts.join('\n'),
    'Answer yes when asked, or pass --yes if that is what you want.',
  ),
  'stack.keys-not-given': row<{ names: string; text: string }>(
    2,
    (d) => d.text,
    (d) =>
      `Answer yes when up asks, or pass ${d.names
        .split(', ')
        .map((name) => `--give ${name}`)
        .join(' ')} to up, if that is what you want: --yes does not answer it.`,
  ),
  'stack.delete-not-confirmed': row<{ name: string }>(
    2,
    (d) => `Volume ${d.name} is not deleted: its name was not typed`,
    (d) => `Type the name when asked, or pass --volumes ${d.name} --yes-delete ${d.name}.`,
  ),
  'stack.removal-not-confirmed': row<{ project: string; text?: string }>(
    2,
    (d) =>
      `Nothing of ${d.project} is removed: its name was not typed${d.text === undefined ? '' : `\n${d.text}`}`,
    (d) => `Type ${d.project} when asked, or pass --yes-delete ${d.project}.`,
  ),
  'stack.removal-changed': row<{ project: string }>(
    2,
    (d) => `What there is of ${d.project} is not what was shown: nothing that was not shown is removed`,
    'Look at the list again, and type the name for what it shows now.',
  ),
  'stack.removal-elsewhere': row<{ project: string; ran: string; engine: string }>(
    2,
    (d) =>
      `${d.project} ran on the engine ${d.ran}, and its data may be there; this is ${d.engine}. Nothing was removed`,
    (d) => `Choose the engine ${d.ran}, and remove it there.`,
  ),
  'stack.not-remembered': row<{ project: string; reason: string }>(
    1,
    (d) => `${d.project} is up, and the settings could not take it as the current stack: ${d.reason}`,
    'Mend that, then run up again: what runs already stays as it is.',
  ),
  'stack.removal-unreadable': row<{
    project: string;
    file: string;
    reason: string;
    volumes: readonly string[];
  }>(
    2,
    (d) =>
      `${d.project} is not removed: only its file says which volumes are external and which key belongs to ` +
      `which, and it cannot be read: ${d.reason.startsWith(d.file) ? '' : `${d.file}: `}${d.reason}`,
    (d) =>
      `Mend ${d.file}, and remove it again.` +
      (d.volumes.length > 0
        ? ` Or delete its volumes (${list(d.volumes)}) one by one with: letta-stack down{stack} --volumes NAME`
        : ''),
  ),
  'stack.removal-incomplete': row<{ project: string; left?: readonly string[] }>(
    1,
    (d) =>
      d.left === undefined
        ? `${d.project} is not removed as a whole, and what is left of it cannot be looked at`
        : `${d.project} is not removed as a whole. Left are: ${d.left.length > 0 ? d.left.join('; ') : 'nothing'}`,
    'No data lost its key. Remove it again: it goes on from there.',
  ),
  'stack.volume-in-use': row<{ name: string; by: readonly string[] }>(
    1,
    (d) => `Volume ${d.name} is used by ${list(d.by)} and is not deleted`,
    'Remove those containers first.',
  ),
  'stack.volume-shared': row<{ name: string; by: readonly string[]; project: string }>(
    1,
    (d) =>
      `Volume ${d.name} is in use by ${list(d.by)}: two that write one volume destroy what is in it, so ${d.project} does not start beside that`,
    (d) =>
      `Stop it first: docker stop ${d.by.join(' ')}. Where both are meant to share the volume, declare it with external: true.`,
  ),
  'stack.no-such-volume': row<{ name: string; known: readonly string[] }>(
    2,
    (d) => `This stack has no volume ${d.name}`,
    (d) => (d.known.length > 0 ? `Its volumes are: ${list(d.known)}.` : 'It has no volumes.'),
  ),
  'stack.not-healthy': row<{
    service: string;
    sentence: string;
    waiting: readonly string[];
    log?: readonly string[];
    detail?: string;
  }>(
    1,
    (d) =>
      [
        `${d.service} did not become ready: ${d.sentence}`,
        ...(d.detail ? [`  last answer: ${d.detail}`] : []),
        ...(d.waiting.length > 0 ? [`  waiting for it: ${list(d.waiting)}`] : []),
        ...(d.log && d.log.length > 0 ? ['  its last lines:', ...d.log.map((l) => `    ${l}`)] : []),
      ].join('\n'),
    (d) => `Look at its log with: letta-stack logs{stack} ${d.service}`,
  ),
  'stack.job-failed': row<{
    service: string;
    /** what happened and what to do, in the profile's words */
    says: string;
    next: string;
    log: readonly string[];
  }>(
    1,
    (d) =>
      [
        d.says,
        ...(d.log.length > 0 ? [`  the last lines of ${d.service}:`, ...d.log.map((l) => `    ${l}`)] : []),
      ].join('\n'),
    (d) => d.next,
  ),
  'stack.no-health-check': row<{ service: string; dependent: string }>(
    2,
    (d) =>
      `services.${d.dependent} waits until ${d.service} is healthy, and ${d.service} has no health check`,
    (d) => `Give ${d.service} a healthcheck, or wait for it with condition: service_started.`,
  ),
  'stack.no-container': row<{ service: string; dependent?: string }>(
    1,
    (d) => `${d.service}${d.dependent ? `, which ${d.dependent} needs,` : ''} has no container to start`,
    'Create it with: letta-stack up{stack}',
  ),
  'stack.unsettled': row<{ project: string; reason: string }>(
    1,
    (d) => `${d.project} keeps changing while it is worked on: ${d.reason}`,
    'Somebody else seems to manage it at the same time; try again when they are done.',
  ),
  'stack.busy': row<{ project: string; operation: string; pid: number }>(
    1,
    (d) => `${d.project} is busy: ${d.operation} by process ${d.pid}`,
    (d) => `Wait for it, or cancel it with: letta-stack cancel --project ${d.project}`,
  ),
  'stack.name-taken': row<{ project: string; file: string; other: string }>(
    2,
    (d) => `${d.file}: its stack would be called ${d.project}, and that is the name of ${d.other}`,
    (d) =>
      `Give it another one: with --project NAME, or a line "name: …" in the file. Where it is the same stack and its file was moved, correct its path in settings.json, under stacks and ${d.project}.`,
  ),
  'stack.cancelled': row<{ project: string; removing?: boolean }>(
    130,
    (d) =>
      d.removing
        ? `Cancelled; what was removed of ${d.project} is gone, and the rest of it is there`
        : `Cancelled; what was done of ${d.project} stays and the next up goes on from there`,
    (d) =>
      d.removing
        ? 'Run letta-stack remove{stack} again: it lists the rest.'
        : 'Run letta-stack up{stack} to go on, or letta-stack down{stack} to take it away.',
  ),
  'stack.hook-failed': row<{ service: string; hook: string; exitCode: number; output: string }>(
    1,
    (d) => `services.${d.service}.${d.hook} ended with exit code ${d.exitCode}: ${d.output}`,
    'Correct the hook or what it needs.',
  ),
  'stack.hook-late': row<{ service: string; hook: string; ms: number }>(
    1,
    (d) => `services.${d.service}.${d.hook} did not end within ${d.ms / 1000} s`,
    'Correct the hook or what it waits for.',
  ),
  'stack.secret-missing': row<{
    name: string;
    services: readonly string[];
    volume?: string;
    keptIn?: 'keychain' | 'file';
  }>(
    2,
    (d) =>
      `The secret ${d.name} of ${list(d.services)} is not in the secret store` +
      (d.volume ? `, and volume ${d.volume}, which was made with it, is there` : ''),
    (d) =>
      (d.keptIn === undefined
        ? ''
        : `It was put into ${d.keptIn === 'file' ? 'the encrypted file' : 'the keychain'}: letta-stack settings set secretStore ${d.keptIn}\n`) +
      `Supply the value it had with: letta-stack secrets set{stack} ${d.name}`,
  ),
  'stack.secrets-not-made': row<{ project: string; names: readonly string[] }>(
    2,
    (d) => `The secrets ${list(d.names)} of ${d.project} are not made yet: they come with its first start`,
    'Start it once with: letta-stack up{stack}',
  ),
  'stack.source-unset': row<{ kind: string; name: string; variable: string; service: string }>(
    2,
    (d) =>
      `The ${d.kind} ${d.name} of ${d.service} is the value of the variable ${d.variable}, which is not set`,
    (d) => `Set ${d.variable} in the environment or in an env file (--env-file), and run it again.`,
  ),
  'stack.no-such-profile': row<{ id: string; known: readonly string[] }>(
    2,
    (d) => `There is no profile "${d.id}"`,
    (d) => `The profiles are: ${list(d.known)}. For a file of your own use -f FILE.`,
  ),
  'stack.not-applied': row<{ project: string }>(
    1,
    (d) => `${d.project} was never started by this program`,
    // no {stack}: it is named by its project, and that is not enough to start it
    (d) =>
      `Name its profile (letta-stack up production) or its file (letta-stack up -f FILE --project ${d.project}).`,
  ),
  'stack.no-stack': row<Record<string, never>>(
    2,
    () => 'No stack is named, and none was started before',
    'Name a profile (letta-stack up production) or a file (-f compose.yaml).',
  ),
  'stack.profile-block': row<{ file: string; path: string; problem: string }>(
    2,
    (d) => `${d.file} (${d.path}): ${d.problem}`,
    'Correct the block; CONTRIBUTING.md says what may stand in it.',
  ),
  'stack.no-such-setting': row<{ name: string; known: readonly string[] }>(
    2,
    (d) => `There is no setting "${d.name}"`,
    (d) => (d.known.length > 0 ? `The settings are: ${list(d.known)}.` : 'This profile has no settings.'),
  ),
  'stack.setting-gone': row<{ name: string }>(
    2,
    (d) => `The settings hold a value for ${d.name}, which the profile has no more`,
    (d) => `Remove it with: letta-stack settings unset{stack} ${d.name}`,
  ),
  'stack.setting': row<{ name: string; label: string; problem: string }>(
    2,
    (d) => `The value of the setting ${d.name} (${d.label}) cannot be used: ${d.problem}`,
    (d) => `Set another value with: letta-stack settings set{stack} ${d.name} VALUE`,
  ),
  'stack.not-running': row<{ service: string; status: string }>(
    1,
    (d) => `${d.service} is not running, it is ${d.status}`,
    (d) => `Start it with: letta-stack start{stack} ${d.service}`,
  ),
  // without the name: what stands in its place may be a key
  'secrets.no-such': row<{ known: readonly string[]; near?: string | undefined; project?: string }>(
    2,
    (d) =>
      d.known.length === 0
        ? `${d.project ?? 'This stack'} takes no secrets`
        : `This stack takes no secret of that name${d.near === undefined ? '' : `. Did you mean ${d.near}?`}`,
    (d) =>
      d.known.length === 0
        ? 'Name a stack that does (letta-stack secrets list production). A Compose file says in its block x-letta-stack which it takes.'
        : `It takes: ${list(d.known)}.`,
  ),
  'secrets.bad-value': row<{ name: string; problem: string }>(
    2,
    (d) => `The value for ${d.name} cannot be used: ${d.problem}`,
    'Give another value.',
  ),
  'secrets.confirm-unreadable': row<{ name: string; unreadable: string; volume: string; engine?: string }>(
    2,
    (d) =>
      `Volume ${d.volume}${d.engine === undefined ? '' : ` on the engine ${d.engine}`} holds data that was made with ${d.name}: without its present value, ` +
      `${d.unreadable} cannot be read any more`,
    (d) => `If that is what you want, type the name ${d.name} when asked.`,
  ),
  'secrets.database-not-running': row<{ name: string; service: string }>(
    1,
    (d) => `${d.name} must be changed in the database too, and ${d.service} is not running`,
    (d) => `Start it first with: letta-stack start{stack} ${d.service}`,
  ),
  'secrets.database-elsewhere': row<{ name: string; service: string; engine: string }>(
    1,
    (d) =>
      `${d.name} must be changed in the database too, and ${d.service} is on another engine, ${d.engine}; ` +
      `nothing was changed`,
    (d) => `Run it again with ${d.engine} as the engine (--host, --context or DOCKER_HOST).`,
  ),
  'secrets.password-untold': row<{ name: string; service: string }>(
    1,
    (d) =>
      `${d.name} must be the password that the database has: ${d.service} was not running to be told a new one`,
    (d) => `If it is another, start ${d.service} and set it again: then the database takes it.`,
  ),
  'secrets.role-not-changed': row<{ name: string; role: string; service: string; reason: string }>(
    1,
    (d) => `The database did not take a new password for ${d.role}: ${d.reason}; ${d.name} is as it was`,
    (d) => `Look at the log of the database with: letta-stack logs{stack} ${d.service}`,
  ),
  'stack.no-compose-file': row<{ folder: string }>(
    2,
    (d) => `There is no Compose file in ${d.folder} or above it`,
    'Name a profile (letta-stack up production) or a file (-f compose.yaml).',
  ),
};
