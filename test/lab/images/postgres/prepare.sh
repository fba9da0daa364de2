#!/usr/bin/env bash
# postgres/prepare.sh DOWNLOADS: pgvector.tar.gz, the source of pgvector from Debian's source package
LAB=$(cd "$(dirname "$0")/../.." && pwd)
. "$LAB/common.sh"
. "$LAB/debian.sh"

if [ ! -s "$1/pgvector.tar.gz" ]; then
  tmp=$1/pgvector.tmp
  rm -rf "$tmp"
  mkdir -p "$tmp"
  with_apt trixie "$tmp" source --download-only pgvector
  mv "$tmp"/pgvector_*.orig.tar.gz "$1/pgvector.tar.gz"
  rm -rf "$tmp"
fi
