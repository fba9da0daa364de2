/** Settings of a profile: what may be chosen, and which variables it makes. Pure. */
import { appError, Failure, failure } from '../errors.ts';
import { isImage, isIp } from '../model/formats.ts';
import { parseSize } from '../model/sizes.ts';
import { hostOf, placeOf, type Elsewhere, type Place } from './elsewhere.ts';
import type { ProfileBlock, Setting } from './profile-schema.ts';
import { fillTemplate } from './profile-template.ts';

/** What the user chose, by variable, as text; the rest has its default. */
export type Chosen = Readonly<Record<string, string>>;

/**
 * The longest value that becomes a variable of a container, bytes: Linux takes 131,072 for one string of an
 * environment, its name included, and 2 MiB for all of them and the arguments together (execve(2), "Limits on size of
 * arguments and environment").
 */
const LONGEST = 65_536;

/** Why a text is too long for a variable of a container; undefined when it is not. */
export function lengthProblem(text: string): string | undefined {
  const { length } = new TextEncoder().encode(text);
  return unless(
    length <= LONGEST,
    `it has ${length} bytes, and a variable of a container at most ${LONGEST}`,
  );
}

/**
 * Why a text cannot be a setting's value, undefined when it can.
 * An empty text means "not set" for strings, lists and addresses of other services.
 */
export function settingProblem(setting: Setting, text: string): string | undefined {
  // a variable ends up in one line of a file, an environment or a configuration
  if (/\p{Cc}/u.test(text)) return 'it has a line break or another control character in it';
  const tooLong = lengthProblem(text);
  if (tooLong !== undefined) return tooLong;
  const mayBeEmpty = ['string', 'list', 'url'].includes(setting.type);
  if (text === '') return mayBeEmpty && !setting.required ? undefined : 'it is empty';
  return PROBLEM_OF[setting.type](text, setting);
}

const PROBLEM_OF: Record<Setting['type'], (text: string, setting: Setting) => string | undefined> = {
  string: (text, setting) => patternProblem(setting, text),
  port: (text) => between(text, 1, 65_535),
  integer: (text, { min, max }) => between(text, Number(min ?? -Infinity), max ?? Infinity),
  boolean: (text) => unless(text === 'true' || text === 'false', 'it is neither true nor false'),
  image: (text) => unless(isImage(text), 'it is not an image such as name:tag'),
  address: (text) => unless(isIp(text), 'it is not an IP address such as 127.0.0.1'),
  list: (text) =>
    unless(
      text.split(',').every((item) => /^\S+$/.test(item)),
      'it is not a list such as a,b,c',
    ),
  size: (text, { min }) => {
    // the form that Docker and nginx read alike
    if (!/^\d+[kmg]?$/i.test(text)) return 'it is not a size such as 512m or 2g';
    const least = parseSize(String(min ?? 0)) ?? 0n;
    return unless((parseSize(text) ?? 0n) >= least, `it is less than ${min}`);
  },
  folder: (text, setting) => {
    const isVolume = text === setting.default && /^[a-z][\w.-]*$/.test(text);
    return unless(isAbsolute(text) || isVolume, 'it is not an absolute path');
  },
  file: (text) => unless(isAbsolute(text), 'it is not an absolute path'),
  url: (text) => {
    const url = URL.parse(text);
    if (!url || !['http:', 'https:'].includes(url.protocol))
      return 'it is not an http:// or https:// address';
    return unless(
      url.username === '' && url.password === '',
      'a password in an address can be seen by everybody',
    );
  },
};

/** Why a text is not what a profile says that its setting or secret must be; undefined when it is. */
export function patternProblem(
  { pattern, looks }: { readonly pattern?: string | undefined; readonly looks?: string | undefined },
  text: string,
): string | undefined {
  if (pattern === undefined || new RegExp(`^(?:${pattern})$`, 'u').test(text)) return undefined;
  return looks === undefined ? `it does not match ${pattern}` : `it is not ${looks}`;
}

/** On any system: what is set on one may be read on another. */
const isAbsolute = (text: string): boolean => /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(text);

const unless = (ok: boolean, problem: string): string | undefined => (ok ? undefined : problem);

function between(text: string, min: number, max: number): string | undefined {
  if (!/^-?\d{1,15}$/.test(text)) return 'it is not a whole number';
  const value = Number(text);
  if (value < min) return `it is less than ${min}`;
  return unless(value <= max, `it is more than ${max}`);
}

/**
 * The setting of this name or variable.
 * @throws Failure `stack.no-such-setting`
 */
export function settingOf(block: ProfileBlock, name: string): Setting {
  const setting = block.settings.find((s) => s.name === name || s.variable === name);
  if (!setting) throw failure('stack.no-such-setting', { name, known: block.settings.map((s) => s.name) });
  return setting;
}

/**
 * All variables of the profile's settings: what was chosen, else the default.
 * @throws Failure with every `stack.setting-gone` and `stack.setting` there is
 */
export function variablesOf(block: ProfileBlock, chosen: Chosen): Readonly<Record<string, string>> {
  const unknown = Object.keys(chosen)
    .filter((variable) => !block.settings.some((s) => s.variable === variable))
    .map((name) => appError('stack.setting-gone', { name }));
  const wrong = block.settings.flatMap((setting) => {
    const value = chosen[setting.variable] ?? setting.default;
    const problem = settingProblem(setting, value);
    return problem === undefined
      ? []
      : [appError('stack.setting', { name: setting.name, label: setting.label, problem })];
  });
  if (unknown.length + wrong.length > 0) throw new Failure([...unknown, ...wrong]);
  return Object.fromEntries(block.settings.map((s) => [s.variable, chosen[s.variable] ?? s.default]));
}

/** The profile's addresses to open, for a browser on this machine; `there` is the engine's, where that is another. */
export function urlsOf(
  block: ProfileBlock,
  chosen: Chosen,
  there?: Elsewhere,
): ({ label: string } & Place)[] {
  return block.urls.map(({ label, url }) => ({
    label,
    ...placeOf(fillSettings(block, chosen, url, there), there),
  }));
}

/** A template with the settings in it; addresses as they are reached from here. */
export function fillSettings(
  block: ProfileBlock,
  chosen: Chosen,
  template: string,
  there?: Elsewhere,
): string {
  const filled = fillTemplate(template, (name) => {
    const setting = block.settings.find((s) => s.name === name);
    const value = setting && (chosen[setting.variable] ?? setting.default);
    return setting?.type === 'address' && value !== undefined ? hostOf(value, there) : value;
  });
  return filled ?? template;
}
