#!/bin/sh
# Asks the API for its models (each agent is one), without and with the token, which stands in no argument.
set -eu
url=http://127.0.0.1:4500/v1/models

status=$(curl -sS -m 6 -o /dev/null -w '%{http_code}' "$url" 2>&1) || { echo "$status" >&2; exit 1; }
[ "$status" = 401 ] || { echo "without a token it answers with $status" >&2; exit 1; }

list=$(printf 'header = "Authorization: Bearer %s"\n' "$(cat /run/secrets/token)" | curl -sS -f -m 6 -K - "$url" 2>&1) ||
  { echo "with the token: $list" >&2; exit 1; }
echo "$(printf %s "$list" | grep -o '"object":"model"' | wc -l) agents"
