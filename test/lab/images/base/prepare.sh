#!/usr/bin/env bash
# base/prepare.sh DOWNLOADS: the root file system that every image of the lab stands on, base.tar: Debian 12, minimal,
# without documents and locales, with curl and certificates.
LAB=$(cd "$(dirname "$0")/../.." && pwd)
. "$LAB/common.sh"
. "$LAB/debian.sh"

made_by=$(sha256sum "$0" | cut -c1-8)
out=$1/base-$made_by.tar
if [ ! -s "$out" ]; then
  tmp=$1/base.tmp
  rm -rf --one-file-system "$tmp"
  mkdir -p "$tmp"
  fetch_debs "$(own_suite)" "$tmp" mmdebstrap
  unpack_debs "$tmp" "$tmp/programs"
  sources=$(dirname "$(private_apt bookworm)")/etc
  exclude=()
  for folder in doc man locale info i18n lintian bash-completion zoneinfo/right; do
    exclude+=(--dpkgopt="path-exclude=/usr/share/$folder/*")
  done
  TMPDIR=$tmp PATH=$tmp/programs/usr/bin:$PATH mmdebstrap --quiet --mode=root --variant=apt \
    --include=ca-certificates,curl \
    --aptopt='APT::Install-Recommends "false"' --aptopt='APT::Sandbox::User "root"' \
    --dpkgopt=force-unsafe-io "${exclude[@]}" \
    --customize-hook='rm -rf "$1"/etc/apt/sources.list* "$1"/var/log/*.log "$1"/var/log/apt/*' \
    --customize-hook='rm -rf "$1"/usr/lib/*/perl/*/CORE' \
    bookworm "$tmp/base.tar" "$sources"/suite.*
  mv "$tmp/base.tar" "$out"
  rm -rf --one-file-system "$tmp"
fi
ln -f "$out" "$1/base.tar"
