import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isErrno } from '../system/files.ts';

const WITHIN_MS = 2_000;
const BUS = 'org.freedesktop.DBus';

/** Programs of which a desktop has at least one; each prints what a method of the session bus answers. */
const ASKERS: readonly ((member: string, name: string) => readonly string[])[] = [
  (member, name) => [
    'gdbus',
    'call',
    '--session',
    `--dest=${BUS}`,
    '--object-path=/org/freedesktop/DBus',
    `--method=${BUS}.${member}`,
    ...(name === '' ? [] : [name]),
  ],
  (member, name) => [
    'busctl',
    '--user',
    'call',
    BUS,
    '/org/freedesktop/DBus',
    BUS,
    member,
    ...(name === '' ? [] : ['s', name]),
  ],
  (member, name) => [
    'dbus-send',
    '--session',
    '--print-reply',
    `--dest=${BUS}`,
    '/org/freedesktop/DBus',
    `${BUS}.${member}`,
    ...(name === '' ? [] : [`string:${name}`]),
  ],
];

/** Whether somebody on the session bus has this name. Undefined where no program is there to ask; false without a bus. */
export async function hasOwner(name: string): Promise<boolean | undefined> {
  const said = await ask('NameHasOwner', name);
  return typeof said === 'string' ? /\btrue\b/.test(said) : said;
}

/** Whether something with this name would be started for whoever asks for it; as `hasOwner`. */
export async function isActivatable(name: string): Promise<boolean | undefined> {
  const said = await ask('ListActivatableNames', '');
  return typeof said === 'string' ? said.includes(name) : said;
}

async function ask(member: string, name: string): Promise<string | false | undefined> {
  let hasAsked = false;
  for (const asker of ASKERS) {
    const [program = '', ...args] = asker(member, name);
    try {
      return (await promisify(execFile)(program, args, { timeout: WITHIN_MS })).stdout;
    } catch (error) {
      // it may be the one that has its own troubles: the next one
      hasAsked ||= !isErrno(error, 'ENOENT');
    }
  }
  return hasAsked ? false : undefined;
}
