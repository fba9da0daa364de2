#!/usr/bin/env bash
# A clean Debian in a folder, to install a package in: this machine's suite, from this machine's mirror, with apt and
# what every Debian has.
#   clean-root.sh make FOLDER                 puts one there (two minutes)
#   clean-root.sh run FOLDER UID COMMAND…     runs a command in it, with this environment
#   clean-root.sh list FOLDER                 what is in it, a line each: path, kind, mode, owner, target of a link
# Exit status 69: this machine can have none, with the reason.
set -euo pipefail
cd "$(dirname "$0")/../.."

PROGRAM=dist
. test/setup/debian.sh

make_root() {
  local sources=/etc/apt/sources.list.d/debian.sources suite
  [ -e "$sources" ] || sources=/etc/apt/sources.list
  suite=$(. /etc/os-release && echo "${VERSION_CODENAME:?}")
  install_packages mmdebstrap
  mmdebstrap --quiet --variant=minbase "$suite" "$1" "$sources" >&2 || cannot_run "no Debian $suite could be made"
}

# A mount namespace of its own, with the folder as its root: nothing that is mounted stays, and other than in a chroot
# the kernel gives user namespaces there, which Chromium's sandbox wants. The process becomes the command.
run_in() {
  # shellcheck disable=SC2016 # it is a script of its own
  exec /usr/bin/unshare --mount /bin/sh -euc '
    root=$1 user=$2 path=$PATH
    PATH=/usr/sbin:/usr/bin:/sbin:/bin
    shift 2
    mount --bind "$root" "$root"
    for place in proc dev sys; do mount --rbind "/$place" "$root/$place"; done
    touch "$root/etc/resolv.conf"
    mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
    cd "$root"
    pivot_root . mnt
    umount --lazy /mnt
    cd /
    exec env PATH="$path" setpriv --reuid "$user" --regid "$user" --clear-groups "$@"' sh "$@"
}

[ "$(uname -s)" = Linux ] && command -v dpkg-query >/dev/null || cannot_run 'a clean Debian is made on Debian only'
[ "$(id -u)" = 0 ] || cannot_run 'only root may make a clean Debian'
command=$1
shift
case $command in
  make) make_root "$@" ;;
  run) run_in "$@" ;;
  list) find "$1" -mindepth 1 -printf '%P\t%y\t%m\t%U:%G\t%l\n' | LC_ALL=C sort ;;
esac
