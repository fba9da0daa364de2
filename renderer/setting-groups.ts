import type { StackSetting } from '../main/channels.ts';

/** Settings that belong together. */
export interface SettingGroup {
  readonly title: string;
  readonly settings: readonly StackSetting[];
  /** how many of them the user has changed */
  readonly changed: number;
}

const TITLES = [
  'Folders and files',
  'Address and port',
  'Models and behaviour',
  'Memory and other limits',
  'Images',
] as const;

const BY_TYPE: Readonly<Record<StackSetting['type'], (typeof TITLES)[number]>> = {
  folder: 'Folders and files',
  file: 'Folders and files',
  address: 'Address and port',
  port: 'Address and port',
  string: 'Models and behaviour',
  list: 'Models and behaviour',
  url: 'Models and behaviour',
  boolean: 'Models and behaviour',
  integer: 'Memory and other limits',
  size: 'Memory and other limits',
  image: 'Images',
};

/** The settings of a stack by what they are about, each in the order of the profile. */
export function groupsOfSettings(settings: readonly StackSetting[]): SettingGroup[] {
  const groups = Map.groupBy(settings, (s) => BY_TYPE[s.type]);
  return TITLES.flatMap((title) => {
    const its = groups.get(title);
    return its ? [{ title, settings: its, changed: its.filter((s) => s.changed).length }] : [];
  });
}

/** What may be typed, for a field that shows its keyboard; the core says what is wrong with a value. */
export const inputModeOf = ({ type }: Pick<StackSetting, 'type'>): 'numeric' | 'url' | 'text' => {
  if (type === 'port' || type === 'integer') return 'numeric';
  return type === 'url' ? 'url' : 'text';
};
