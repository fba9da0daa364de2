#!/bin/sh
# start.sh letta ARGUMENTS…
# Hands the provider keys to `letta` without any of them standing in `docker inspect`; the server is started as the image
# starts it. The token is not among the keys: the server reads its file itself.
set -eu

. /letta-stack/take-secrets.sh
[ -s /run/secrets/token ] || fail 'no token at /run/secrets/token'

umask 077
# `letta` in this container, too, means the agents on this volume and not those of Letta's cloud.
[ -e "$HOME/.letta/settings.json" ] || letta backend local >/dev/null

# A second `letta` beside the server must not do what the image does once a start.
[ "${2:-}" = server ] || exec "$@"
exec letta-container-entrypoint "$@"
