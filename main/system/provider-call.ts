import { addressSetting, type Provider, type ProviderCall } from '../providers.ts';
import { signedForAws } from './aws-signature.ts';
import { bearer, httpStatus } from './http-status.ts';

/** Whoever waits for a provider waits no longer, in milliseconds. */
const WITHIN_MS = 15_000;

/** What came of trying a key. */
export type TriedAs = 'ok' | 'refused' | 'rate-limited' | 'no-network' | 'other';
export interface Tried {
  readonly as: TriedAs;
  /** in words, with nothing of the answer but its status: providers repeat keys in theirs */
  readonly words: string;
}

/** A provider's keys by the secret's name, and its settings by theirs. */
export interface ProviderValues {
  readonly keys: Readonly<Record<string, string | undefined>>;
  readonly settings: Readonly<Record<string, string | undefined>>;
}

export interface ProviderRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A provider without a call that can try it has no request; `missing` are labels of what is to be set first. */
export type MadeRequest =
  | { readonly kind: 'request'; readonly request: ProviderRequest }
  | { readonly kind: 'missing'; readonly missing: readonly string[] }
  | { readonly kind: 'none' };

/**
 * The request that tries a provider's keys. Pure but for the time that a signature has in it.
 * @param at of the signature
 * @param base in place of the provider's own, without a slash at its end: where tests answer
 */
export function providerRequest(
  provider: Provider,
  values: ProviderValues,
  at: Date,
  base?: string,
): MadeRequest {
  const { call, keys, settings } = provider;
  if (!call) return { kind: 'none' };
  const missing = [
    ...keys.filter((k) => !values.keys[k.name]).map((k) => k.label),
    ...settings.filter((s) => s.isNeeded && !values.settings[s.name]).map((s) => s.name),
  ];
  if (missing.length > 0) return { kind: 'missing', missing };
  const url = base === undefined ? addressOf(provider, call, values) : `${base}${call.path}`;
  if (!URL.canParse(url)) return { kind: 'missing', missing: settings.map((s) => s.name) };
  return { kind: 'request', request: { url, headers: headersOf(provider, call, url, values, at) } };
}

function addressOf(provider: Provider, call: ProviderCall, { settings }: ProviderValues): string {
  const setting = addressSetting(provider);
  const made = call.base?.replaceAll(/\{([\w-]+)\}/g, (_, name: string) => settings[name] ?? '');
  const own = setting && settings[setting.name];
  const base = (made ?? (own || provider.address?.url) ?? '').replace(/\/+$/, '');
  const shorter = call.without !== undefined && base.endsWith(call.without);
  return (shorter ? base.slice(0, -call.without.length) : base) + call.path;
}

function headersOf(
  { keys }: Provider,
  { auth, headers = {} }: ProviderCall,
  url: string,
  values: ProviderValues,
  at: Date,
): Record<string, string> {
  const [first = '', second = ''] = keys.map((k) => values.keys[k.name] ?? '');
  if (auth.by === 'none') return { ...headers };
  if (auth.by === 'bearer') return { ...headers, ...bearer(first) };
  if (auth.by === 'header') return { ...headers, [auth.header]: `${auth.before ?? ''}${first}` };
  const region = values.settings['aws-region'] ?? '';
  const signed = { accessKey: first, secretKey: second, region, service: 'bedrock', at };
  return signedForAws({ url: new URL(url), headers, ...signed });
}

/** What a status means for the key. Pure. */
export function meaningOf(status: number, { title, keys, call }: Provider): Tried {
  const tell = (as: TriedAs, words: string): Tried => ({ as, words: `HTTP ${status}: ${words}` });
  if (status >= 200 && status < 300)
    return tell('ok', keys.length === 0 ? `${title} answers` : `${title} takes the key`);
  if (status === 401 || (status === 400 && call?.refusesWith400))
    return tell('refused', `${title} refuses the key: it is mistyped, was revoked, or is of another account`);
  if (status === 403)
    return tell(
      'refused',
      `${title} forbids this call: the key may lack the right to list models, or is not valid`,
    );
  if (status === 402) return tell('other', `${title} knows the key, and the account has no credit`);
  if (status === 404)
    return tell('other', `nothing is there: the address may be wrong, or of another version`);
  if (status === 429)
    return tell(
      'rate-limited',
      `${title} is asked too often now, or the account’s quota is used up: try it later`,
    );
  if (status >= 500) return tell('other', `${title} has a fault of its own now: try it later`);
  return tell('other', `${title} gave an answer that says nothing about the key`);
}

/**
 * Tries a provider's keys by one real call. What does not answer is told, too: nothing is thrown.
 * @param ask makes the GET and gives its status
 */
export async function tryProvider(
  provider: Provider,
  request: ProviderRequest,
  ask: typeof httpStatus = httpStatus,
): Promise<Tried> {
  try {
    return meaningOf(await ask(request.url, AbortSignal.timeout(WITHIN_MS), request.headers), provider);
  } catch (error) {
    return { as: 'no-network', words: `${new URL(request.url).host} does not answer: ${reasonOf(error)}` };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return `it took longer than ${WITHIN_MS / 1000} s`;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name is not found; is this machine online?';
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  return code === '' ? error.message : code;
}
