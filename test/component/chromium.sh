#!/usr/bin/env bash
# Prints the path of a Chromium for the tests of the window's page; on a Debian that is ours to change it is installed.
# The headless shell draws the same in half the time: the whole browser makes a toolbar of pages for each window.
# Exit status 69: this machine has none and can get none, with the reason.
set -euo pipefail
cd "$(dirname "$0")/../.."
PROGRAM=chromium
. test/setup/debian.sh

if [ -n "${CHROMIUM_PATH:-}" ]; then
  echo "$CHROMIUM_PATH"
  exit
fi
SMALL=/usr/bin/chromium-headless-shell
for program in "$SMALL" /usr/bin/chromium; do
  [ ! -x "$program" ] || { echo "$program"; exit; }
done
command -v dpkg-query >/dev/null || cannot_run "there is none at $SMALL; CHROMIUM_PATH names another"
install_packages chromium-headless-shell
echo "$SMALL"
