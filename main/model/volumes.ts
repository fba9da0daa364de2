/** The short form of a service's `volumes:` (compose-spec, section "volumes", "short syntax"). */
import { cleanPosix } from './posix.ts';
import { wrong, type Wrong } from './problems.ts';

export interface LongVolume {
  type: 'bind' | 'volume';
  source?: string;
  target: string;
  read_only?: boolean;
  bind?: { selinux?: string; propagation?: string; create_host_path?: boolean };
  volume?: { nocopy?: boolean };
}

const PROPAGATION = new Set(['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave']);

/** Reads `[source:]target[:options]`; a Windows drive (`C:\data`) is part of its path. */
export function parseVolume(spec: string): LongVolume | Wrong {
  const bad = (reason: string): Wrong => wrong('model.bad-mount', { value: spec, reason });
  if (spec === '') return bad('it is empty');
  // two characters are always a path of their own, and get no options
  if (new TextEncoder().encode(spec).length <= 2) return { type: 'volume', target: cleanPosix(spec) };
  const sections = splitSections(spec);
  if (sections.includes('')) return bad('there is nothing between two colons');
  if (sections.length > 3) return bad('it has too many colons');

  const [first = '', second, options = ''] = sections;
  const volume: LongVolume =
    second === undefined
      ? { type: 'volume', target: cleanPosix(first) }
      : { type: isFilePath(first) ? 'bind' : 'volume', source: first, target: cleanPosix(second) };
  for (const option of options.split(',')) applyOption(volume, option);
  if (volume.type === 'bind') volume.bind = { ...volume.bind, create_host_path: true };
  else volume.volume ??= {};
  return volume;
}

/** Splits at colons, except after a drive letter and inside `${…}`. */
function splitSections(spec: string): string[] {
  const sections: string[] = [];
  let section = '';
  let depth = 0;
  const characters = Array.from(spec);
  characters.forEach((character, i) => {
    if (character === '$' && characters[i + 1] === '{') depth++;
    else if (character === '}' && depth > 0) depth--;
    else if (character === ':' && depth === 0 && !/^\p{L}$/u.test(section)) {
      sections.push(section);
      section = '';
      return;
    }
    section += character;
  });
  sections.push(section);
  return sections;
}

/** Applies one word of the third section; the CLI passes over words that it does not know. */
function applyOption(volume: LongVolume, option: string): void {
  if (option === 'ro') volume.read_only = true;
  else if (option === 'rw') delete volume.read_only;
  else if (option === 'nocopy') volume.volume = { nocopy: true };
  else if (option === 'z' || option === 'Z') volume.bind = { ...volume.bind, selinux: option };
  else if (PROPAGATION.has(option)) volume.bind = { ...volume.bind, propagation: option };
}

/** Whether a source is a path on the host and not the name of a volume. */
function isFilePath(source: string): boolean {
  return /^(?:[./~]|\\\\|\p{L}:)/u.test(source);
}
