/** An image reference taken apart (distribution/reference, docker.io's defaults filled in). */
export interface Reference {
  /** `docker.io`, `ghcr.io`, `localhost:5000` */
  readonly registry: string;
  /** `library/redis` */
  readonly path: string;
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
}

const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const SHAPE = new RegExp(
  `^(?:(?<registry>[A-Za-z0-9.-]+(?::\\d+)?|\\[[0-9a-fA-F:]+\\](?::\\d+)?)/)?` +
    `(?<path>${PART}(?:/${PART})*)(?::(?<tag>\\w[\\w.-]{0,127}))?(?:@(?<digest>[a-z0-9+._-]+:[0-9a-f]{32,}))?$`,
);

/** Takes a reference apart; `latest` where it has neither tag nor digest; undefined when it is none. */
export function parseReference(text: string): Reference | undefined {
  const found = SHAPE.exec(splitRegistry(text))?.groups;
  if (!found) return undefined;
  const registry = normalRegistry(found['registry'] ?? '');
  const path = found['path'] ?? '';
  const { tag, digest } = found;
  return {
    registry,
    path: registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path,
    ...(tag !== undefined ? { tag } : digest === undefined && { tag: 'latest' }),
    ...(digest !== undefined && { digest }),
  };
}

/**
 * The part before the first slash is a registry only when it looks like one (a dot, a port, `localhost`, capitals);
 * otherwise docker.io is put before it, so that the shape above is not in doubt.
 */
function splitRegistry(text: string): string {
  const [first = '', ...rest] = text.split('/');
  const isRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || /[A-Z]/.test(first));
  return isRegistry ? text : `docker.io/${text}`;
}

const normalRegistry = (registry: string): string =>
  registry === 'index.docker.io' || registry === 'registry-1.docker.io' ? 'docker.io' : registry;

/** `registry/path` as the engine's `fromImage` takes it, in the short form that `docker images` shows. */
export function familiarName(r: Reference): string {
  if (r.registry !== 'docker.io') return `${r.registry}/${r.path}`;
  return r.path.replace(/^library\//, '');
}

/** The whole reference in short form, digest before tag as far as the engine is concerned. */
export function familiar(r: Reference): string {
  return (
    familiarName(r) +
    (r.tag === undefined ? '' : `:${r.tag}`) +
    (r.digest === undefined ? '' : `@${r.digest}`)
  );
}

/** The same image at a mirror (`host[:port][/prefix]`), which stands for every registry. */
export function atMirror(r: Reference, mirror: string): Reference {
  const [registry = '', ...prefix] = mirror.replace(/\/+$/, '').split('/');
  return { ...r, registry, path: [...prefix, r.path].join('/') };
}
