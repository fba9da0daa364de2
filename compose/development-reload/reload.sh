#!/bin/sh
# Migrates, then starts the server so that it takes up what is edited in the mounted source.
# Not the server's own reload: that watches its environment, too, 14 700 files, for three quarters of a core. And not
# `letta server`, which is the only one that reads SECURE: LETTA_SERVER_SECURE says the same to the server itself.
set -eu
alembic upgrade head
# Looks at every file of the source, so once a second instead of four times: under a tenth of a core while nothing changes.
exec uvicorn letta.server.rest_api.app:app --host "$HOST" --port "$PORT" \
  --reload --reload-dir /app/letta --reload-delay 1
