import { z } from 'zod';

/** What a setting of a profile may be: the profile declares it, and the window shows it so. */
export const SettingType = z.enum([
  'port',
  'integer',
  'boolean',
  'string',
  'list',
  'image',
  'size',
  'address',
  'url',
  'folder',
  'file',
]);
