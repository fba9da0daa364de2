import { row } from './row.ts';

export const systemWording = {
  'system.usage': row<{ reason: string }>(2, (d) => d.reason, 'Run letta-stack --help.'),
  'system.folder': row<{ folder: string; reason: string }>(
    1,
    (d) => `The folder ${d.folder} cannot be used: ${d.reason}`,
    (d) => `Make ${d.folder} writable for you, or name another place with LETTA_STACK_HOME.`,
  ),
  'system.folder-unsafe': row<{ folder: string; owner: number }>(
    1,
    (d) => `${d.folder} is not a folder of yours (owner: user ${d.owner}); nothing was put into it.`,
    (d) => `Remove ${d.folder}, or name another place with LETTA_STACK_HOME.`,
  ),
  'lock.path': row<{ folder: string }>(
    1,
    (d) => `The path of ${d.folder} is too long for a socket in it.`,
    'Set XDG_RUNTIME_DIR or LETTA_STACK_HOME to a folder with a shorter path.',
  ),
  'lock.silent': row<{ pid: number }>(
    1,
    (d) => `Process ${d.pid} works on this and does not answer.`,
    (d) => `If it hangs, end it (kill ${d.pid}), then run the command again: nothing is left locked.`,
  ),
  'lock.timeout': row<{ name: string }>(
    1,
    (d) => `Another letta-stack has kept ${d.name} locked for 30 s.`,
    'Wait for it or end it, then run the command again.',
  ),
  'settings.broken': row<{ file: string; aside: string; reason: string }>(
    1,
    (d) => `The settings in ${d.file} could not be read (${d.reason}); the defaults are used.`,
    (d) => `Your file is kept as ${d.aside}: repair it and put it back, or set what you need again.`,
  ),
  'settings.newer': row<{ file: string; version: number }>(
    2,
    (d) => `${d.file} was written by a newer letta-stack (settings version ${d.version}).`,
    'Use that version, or set LETTA_STACK_HOME to work with settings of their own.',
  ),
  'settings.invalid': row<{ reason: string }>(
    2,
    (d) => `These settings cannot be kept: ${d.reason}`,
    'Run letta-stack settings to see what can be set.',
  ),
  'settings.unreadable': row<{ file: string; reason: string }>(
    1,
    (d) => `The settings cannot be read: ${d.reason}`,
    (d) => `Make ${d.file} a file that you may read.`,
  ),
};
