#!/bin/sh
# probe.sh NAME: one question to the running service, asked inside its container, where the password is.
# Prints the answer in one line; exit 0 when it is as it should be. No secret ever stands in an argument.
set -eu

api="http://127.0.0.1:${PORT:-8283}"

fail() {
  echo "$1" >&2
  exit 1
}

# The value of one name of the bundle.
secret() {
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in "$1="*) printf %s "${line#*=}" ;; esac
  done </run/secrets/server
}

# The body of a path that wants the password; what curl says when there is none.
get() {
  body=$(printf 'header = "Authorization: Bearer %s"\n' "$(secret LETTA_SERVER_PASSWORD)" |
    curl -sS -f -m 6 -K - "$api$1" 2>&1) || fail "$1: $body"
  printf %s "$body"
}

# One statement on the server's own database, with its own role, over the same network.
sql() {
  uri=$(secret LETTA_PG_URI)
  login=${uri#*://} login=${login%@*} place=${uri##*@}
  PGUSER=${login%%:*} PGPASSWORD=${login#*:} PGHOST=${place%%[:/]*} PGDATABASE=${place##*/} PGCONNECT_TIMEOUT=5 \
    psql -X -A -t -q -v ON_ERROR_STOP=1 -F ' ' 2>&1
}

agents() {
  count=$(get /v1/agents/count) || exit 1
  case $count in '' | *[!0-9]*) fail "/v1/agents/count answers with something else than a number" ;; esac
  echo "$count agents"
}

redis() {
  pong=$(redis-cli -h "$LETTA_REDIS_HOST" ping 2>&1) || true
  [ "$pong" = PONG ] || fail "Redis does not answer: $pong"
}

case ${1:-} in
  # The steady poller. /v1/health/ says 200 with the database and Redis stopped, so it is not enough.
  health)
    count=$(agents)
    redis
    echo "ready, $count"
    ;;

  # 0.16 answers on the first, older servers on the second.
  api)
    for path in /v1/health/ /health; do
      if answer=$(curl -sS -f -m 6 "$api$path" 2>&1); then
        echo "$path: $answer"
        exit 0
      fi
    done
    fail "neither /v1/health/ nor /health answers: $answer"
    ;;

  agents) agents ;;

  models)
    list=$(get /v1/models/) || exit 1
    echo "$(printf %s "$list" | grep -o '"handle":' | wc -l) models"
    ;;

  migrations)
    head=$(python3 -I -S /letta-stack/migration-head.py 2>&1) || fail "this image's newest migration is unknown: $head"
    there=$(sql <<'SQL'
select 'select version_num from alembic_version' where to_regclass('alembic_version') is not null \gexec
SQL
    ) || fail "the database does not answer: $there"
    if [ -z "$there" ]; then
      tables=$(sql <<'SQL'
select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema');
SQL
      ) || fail "the database does not answer: $tables"
      [ "$tables" = 0 ] && there='no migration, without any table' || there='no migration, and holds tables'
    fi
    [ "$there" = "$head" ] || fail "the database is at $there, this image's newest is $head"
    echo "at $head, the newest of this image"
    ;;

  # Connections of the server's role that do something now, those that are open, and what the pool allows.
  pool)
    counts=$(sql <<'SQL'
select count(*) filter (where state <> 'idle'), count(*)
from pg_stat_activity where usename = current_user and pid <> pg_backend_pid();
SQL
    ) || fail "the database does not answer: $counts"
    limit=$((LETTA_UVICORN_WORKERS * (LETTA_PG_POOL_SIZE + LETTA_PG_MAX_OVERFLOW)))
    answer="${counts% *} in use, ${counts#* } open, $limit allowed"
    [ "${counts% *}" -lt "$limit" ] || fail "$answer"
    echo "$answer"
    ;;

  *) fail "no such probe: ${1:-}" ;;
esac
