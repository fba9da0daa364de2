#!/bin/sh
# Brings up what is not given from outside (Redis, PostgreSQL), migrates, becomes the server.
set -e
HOST=${HOST:-0.0.0.0}
PORT=${PORT:-8283}

if [ -z "$LETTA_REDIS_HOST" ]; then
  echo "No external Redis configuration detected, starting internal Redis..."
  redis-server --daemonize yes --bind 0.0.0.0
  until [ "$(redis-cli ping 2>/dev/null)" = PONG ]; do
    sleep 0.2
  done
  export LETTA_REDIS_HOST=localhost
else
  echo "External Redis configuration detected, using env var LETTA_REDIS_HOST=$LETTA_REDIS_HOST"
fi

if [ -z "$LETTA_PG_URI" ]; then
  echo "No external Postgres configuration detected, starting internal PostgreSQL..."
  docker-entrypoint.sh postgres &
  until pg_isready -U "${POSTGRES_USER:-letta}" -h localhost; do
    echo "Waiting for PostgreSQL to be ready..."
    sleep 1
  done
  LETTA_PG_URI="postgresql://${POSTGRES_USER:-letta}:${POSTGRES_PASSWORD:-letta}@localhost:5432/${POSTGRES_DB:-letta}"
  export LETTA_PG_URI
  # The real image prints its own password too; a profile must keep it out of the log.
  echo "Using internal PostgreSQL at: $LETTA_PG_URI"
else
  echo "External Postgres configuration detected, using env var LETTA_PG_URI"
fi

echo "Attempting to migrate database..."
if ! alembic upgrade head; then
  echo "ERROR: Database migration failed!"
  exit 1
fi
echo "Database migration completed successfully."

if [ "$LETTA_SANDBOX_MOUNT_PATH" ]; then
  chmod 777 "$LETTA_SANDBOX_MOUNT_PATH"
fi
set -- letta server --host "$HOST" --port "$PORT"
if [ "${SECURE:-false}" = true ]; then
  set -- "$@" --secure
fi
echo "Starting Letta Server at http://$HOST:$PORT..."
echo "Executing: $*"
exec "$@"
