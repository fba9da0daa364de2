#!/bin/sh
# start.sh letta ARGUMENTS…
# Hands the provider keys to `letta` without any of them standing in `docker inspect`; the server is started as the image
# starts it. The token is not among the keys: the server reads its file itself.
set -eu

fail() {
  echo "letta-stack: $1" >&2
  exit 78 # EX_CONFIG
}

# The profile's "not set" is an empty variable, which the server would take for a value.
for name in $(env | sed -n 's/^\([A-Z][A-Z0-9_]*\)=$/\1/p'); do unset "$name"; done

[ -s /run/secrets/token ] || fail 'no token at /run/secrets/token'
# NAME=value lines; no file when no key is set.
if [ -e /run/secrets/server ]; then
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      '' | '#'*) ;;
      [A-Z]*=*) export "$line" ;;
      *) fail 'a line of /run/secrets/server is not NAME=value' ;;
    esac
  done </run/secrets/server
fi

umask 077
# `letta` in this container, too, means the agents on this volume and not those of Letta's cloud.
[ -e "$HOME/.letta/settings.json" ] || letta backend local >/dev/null

# A second `letta` beside the server must not do what the image does once a start.
[ "${2:-}" = server ] || exec "$@"
exec letta-container-entrypoint "$@"
