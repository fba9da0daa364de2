import { z } from 'zod';
import { AppErrorSchema } from './contract.ts';
import { nothing, oneStack, Project, StackSetting } from './settings-channels.ts';

/**
 * What the window may ask about keys and passwords: a part of `channels.ts`. A value goes towards main alone: no answer
 * has one.
 */

const Name = z.string().min(1).max(200);
/** a key or a password, as it was pasted: that it is too long is for whoever saves it to say */
const Value = z.string().min(1);

/** A secret as it is shown: never its value. */
export const KeyState = z.object({
  name: z.string(),
  label: z.string(),
  /** of all stacks or of this one alone */
  scope: z.enum(['global', 'stack']),
  required: z.boolean(),
  isSet: z.boolean(),
  /** our state does not know it, and the store was not asked: it may be set */
  isKnown: z.boolean(),
  /** ISO 8601; absent where only its entry was found */
  setAt: z.string().optional(),
  /** the last start of a stack that went well with it; ISO 8601 */
  used: z.object({ at: z.string(), project: z.string() }).optional(),
  /** it was made with a data volume, which is no use without it: it is replaced, never removed */
  isBound: z.boolean(),
  /** what cannot be read any more once it is another */
  unreadable: z.string().optional(),
  /** has several lines */
  multiline: z.boolean(),
  /** projects of the stacks that take it */
  takers: z.array(z.string()),
});
export type KeyState = z.infer<typeof KeyState>;

/** A provider with what this stack takes of it. */
export const ProviderState = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['cloud', 'own', 'tool']),
  about: z.string(),
  /** where a key is made, or the program is had */
  page: z.string(),
  keys: z.array(KeyState),
  settings: z.array(StackSetting.extend({ isNeeded: z.boolean() })),
  /** a call can try it */
  canTry: z.boolean(),
  /** all that it needs is set */
  isReady: z.boolean(),
});
export type ProviderState = z.infer<typeof ProviderState>;

export const Keys = z.object({
  providers: z.array(ProviderState),
  /** secrets of the stack that are of no provider */
  others: z.array(KeyState),
  /** name of the secret that programs show to the server */
  password: z.string().optional(),
  /** what that secret is called */
  word: z.enum(['password', 'token']).optional(),
});
export type Keys = z.infer<typeof Keys>;

/** What came of saving: with a doubt nothing is stored. */
export const SavedKey = z.object({
  /** what was taken off the pasted text */
  cleaned: z.array(z.string()),
  doubt: z.string().nullable(),
  warnings: z.array(AppErrorSchema),
});
export type SavedKey = z.infer<typeof SavedKey>;

export const TriedProvider = z.object({
  as: z.enum(['ok', 'refused', 'rate-limited', 'no-network', 'other']),
  words: z.string(),
});
export type TriedProvider = z.infer<typeof TriedProvider>;

/** Where keys are kept, and whether that can be used now. */
export const KeyStore = z.object({
  kind: z.enum(['keychain', 'file']),
  /** for people: `the system's keychain`, or the file's path */
  label: z.string(),
  status: z.enum(['ok', 'locked', 'no-keyring', 'no-bus', 'absent']),
  /** there is an encrypted file, whether it is the store or not */
  hasFile: z.boolean(),
  /** names of keys that were put into the other store, and stay there */
  left: z.array(z.string()),
});
export type KeyStore = z.infer<typeof KeyStore>;

/** Everything that can be removed of keys, and what stays. */
export const KeyRemoval = z.object({
  keys: z.array(
    z.object({
      name: z.string(),
      /** a project, or null: of all stacks */
      project: z.string().nullable(),
      takers: z.array(z.string()),
    }),
  ),
  /** set, and made with data: by project */
  keeps: z.array(z.object({ name: z.string(), project: z.string() })),
  /** the word that is typed */
  word: z.string(),
  /** names this list */
  agreement: z.string(),
});
export type KeyRemoval = z.infer<typeof KeyRemoval>;

/** What a chosen `.env` file or backup has: names, and no value of a secret. */
export const EnvImport = z.object({
  /** names this reading of it */
  token: z.string(),
  file: z.string(),
  /** an encrypted backup of keys: each is named with its scope, `global/OPENAI_API_KEY` */
  isBackup: z.boolean(),
  secrets: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      isSet: z.boolean(),
      /** the store has this very value */
      isStored: z.boolean(),
      cleaned: z.array(z.string()),
      doubt: z.string().optional(),
      problem: z.string().optional(),
    }),
  ),
  settings: z.array(
    z.object({
      variable: z.string(),
      name: z.string(),
      label: z.string(),
      value: z.string(),
      problem: z.string().optional(),
    }),
  ),
  invented: z.array(z.object({ name: z.string(), why: z.string() })),
  others: z.array(z.string()),
  empty: z.array(z.string()),
});
export type EnvImport = z.infer<typeof EnvImport>;

/** A backup that wants its passphrase first. */
export const LockedImport = z.strictObject({ token: z.string(), file: z.string() });
export type LockedImport = z.infer<typeof LockedImport>;

/** A value that is in the file and would be nowhere else: by its name there, or by its line where none can be told. */
export const EnvLoss = z.union([
  z.strictObject({ name: z.string(), why: z.string() }),
  z.strictObject({ line: z.number().int(), why: z.string() }),
]);
export type EnvLoss = z.infer<typeof EnvLoss>;

/** `OPENAI_API_KEY`, or `line 3` */
export const placeOfLoss = (loss: EnvLoss): string => ('name' in loss ? loss.name : `line ${loss.line}`);

export const TakenEnv = z.object({
  taken: z.array(z.string()),
  failed: z.array(z.object({ name: z.string(), errors: z.array(AppErrorSchema) })),
  /** what would be lost with the file, and why it was not taken; of a backup all that was not */
  losses: z.array(EnvLoss),
  /** it can be deleted from here, after it was said what would be lost */
  mayDelete: z.boolean(),
  warnings: z.array(AppErrorSchema),
});
export type TakenEnv = z.infer<typeof TakenEnv>;

export const ModelServerShape = z.object({
  id: z.enum(['ollama', 'lmstudio']),
  title: z.string(),
  setting: z.string(),
  url: z.string(),
  reach: z.enum(['yes', 'loopback', 'unknown', 'elsewhere']),
  next: z.string().optional(),
});
export type ModelServerShape = z.infer<typeof ModelServerShape>;

const Passphrase = z.string().min(1).max(1_000);
const Token = z.string().min(1).max(100);

export const KEY_CALLS = {
  keys: {
    input: z.strictObject({
      project: Project,
      /** also for what our state does not know: the store is open */
      asksStore: z.boolean(),
    }),
    output: Keys,
  },
  saveKey: {
    input: z.strictObject({
      project: Project,
      name: Name,
      value: Value,
      /** the user says that it is right, whatever it looks like */
      isSure: z.boolean(),
      /** the secret's name, typed, where data becomes unreadable without the one before */
      typed: z.string().max(200).optional(),
    }),
    output: SavedKey,
  },
  removeKey: { input: z.strictObject({ project: Project, name: Name }), output: z.null() },
  /** makes one call to the provider, with what is stored */
  tryProvider: { input: z.strictObject({ project: Project, provider: Name }), output: TriedProvider },
  /** asks the store with an entry of its own: the system may ask the user to unlock it, for a minute at most */
  keyStore: { input: nothing, output: KeyStore },
  /** where secrets are kept from now on; what is kept elsewhere stays there */
  chooseKeyStore: {
    input: z.discriminatedUnion('store', [
      z.strictObject({ store: z.literal('keychain') }),
      z.strictObject({ store: z.literal('file'), passphrase: Passphrase }),
    ]),
    output: KeyStore,
  },
  /** the passphrase is kept in main's memory alone, for as long as the app runs */
  openSecretsFile: { input: z.strictObject({ passphrase: Passphrase }), output: KeyStore },
  /** makes a new password of the server; it is copied, never shown */
  makePassword: { input: oneStack, output: z.array(AppErrorSchema) },
  keyRemoval: { input: nothing, output: KeyRemoval },
  removeKeys: {
    input: z.strictObject({ typed: z.string().max(200), agreement: z.string().max(200) }),
    output: z.null(),
  },
  /** asks for a file and says what it has for the stack, unless it is encrypted; null: the user chose none */
  chooseImport: { input: oneStack, output: z.union([EnvImport, LockedImport]).nullable() },
  /** says what a backup has for every stack; the passphrase is kept nowhere */
  openImport: { input: z.strictObject({ token: Token, passphrase: Passphrase }), output: EnvImport },
  /** stores these names of it */
  takeImport: {
    input: z.strictObject({ token: Token, names: z.array(z.string().min(1).max(500)).max(1_000) }),
    output: TakenEnv,
  },
  /** deletes the file that was read, unless it is another by now */
  deleteImport: { input: z.strictObject({ token: Token }), output: z.null() },
  /** its values are forgotten, where no other file was chosen since */
  closeImport: { input: z.strictObject({ token: Token }), output: z.null() },
  modelServers: { input: nothing, output: z.array(ModelServerShape) },
  openProviderPage: { input: z.strictObject({ provider: Name }), output: z.null() },
} as const;
