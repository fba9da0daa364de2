/**
 * Variables that guides name and that no Letta server has ever read (searched in 0.6.0, 0.8.17, 0.16.7 and 0.16.8).
 * The server ignores them in silence. With what really does it, where there is such a thing.
 */
const INVENTED: Readonly<Record<string, string>> = {
  LETTA_ARCHIVAL_MEMORY_ENABLED: 'archival memory is always on',
  LETTA_RECALL_MEMORY_ENABLED: 'recall memory is always on',
  LETTA_FALLBACK_ENABLED: 'there is no such setting',
  LETTA_CORE_MEMORY_LIMIT:
    "there is no such setting; each memory block has its own limit, set over the server's API",
  LETTA_POOL_SIZE: 'it is LETTA_PG_POOL_SIZE (with LETTA_DISABLE_SQLALCHEMY_POOLING=false)',
  LETTA_DATA_DIR: 'the server keeps its files in $HOME/.letta: set HOME',
  LETTA_SERVER_PORT: 'it is PORT',
  LETTA_REDIS_URL: 'it is LETTA_REDIS_HOST and LETTA_REDIS_PORT',
  LETTA_REDIS_PASSWORD: 'the server cannot give Redis a password: keep Redis on a private network',
};

/** Why a variable does nothing, undefined for one that may do something; the server takes names in any case. */
export const inventedBecause = (name: string): string | undefined =>
  Object.hasOwn(INVENTED, name.toUpperCase()) ? INVENTED[name.toUpperCase()] : undefined;
