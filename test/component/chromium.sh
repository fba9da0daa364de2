#!/usr/bin/env bash
# Prints the path of a Chromium for the tests of the window's page; on a Debian that is ours to change it is installed.
# Exit status 69: this machine has none and can get none, with the reason.
set -euo pipefail

say() { printf 'chromium: %s\n' "$*" >&2; }

if [ -n "${CHROMIUM_PATH:-}" ]; then
  echo "$CHROMIUM_PATH"
  exit
fi
if [ ! -x /usr/bin/chromium ]; then
  if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    say 'there is none at /usr/bin/chromium; CHROMIUM_PATH names another'
    exit 69
  fi
  say 'installing with apt-get: chromium'
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
echo /usr/bin/chromium
