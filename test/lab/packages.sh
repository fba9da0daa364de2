#!/usr/bin/env bash
# packages.sh engine|client|keychain
# Puts programs together from Debian packages, installing nothing, and prints their folder:
#   engine    bin/ has dockerd, containerd, runc and iptables of LAB_SUITE
#   client    the same of forky: its docker CLI with compose and buildx is the oracle, whatever the engine
#   keychain  bin/ has dbus-daemon, dbus-send and gnome-keyring-daemon
# The folder is named by what made it, so another version of this script makes another folder.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/debian.sh"

# What runs on this machine's C library comes from this machine's suite: runc of a newer suite wants a newer one.
OWN_PACKAGES=(
  runc iptables libxtables12 libip4tc2 libip6tc2 libnftnl11 libmnl0 libnfnetlink0 libnetfilter-conntrack3
)
KEYCHAIN_PACKAGES=(
  dbus-daemon dbus-bin gnome-keyring
  libdbus-1-3 libapparmor1 libexpat1 libcap-ng0 libsystemd0 libselinux1 libaudit1 libgck-1-0 libgcr-base-3-1
  libgcrypt20 libgpg-error0 libp11-kit0 libffi8 libpcre2-8-0 libcap2 liblz4-1 liblzma5 libzstd1 libmount1 libblkid1
  zlib1g
)

# engine_packages SUITE: what of the engine comes from that suite
engine_packages() {
  case $1 in
    bookworm) echo docker.io containerd tini ;;
    trixie) echo docker.io containerd docker-cli docker-compose tini ;;
    *) echo docker.io containerd docker-cli docker-compose docker-buildx tini-static ;;
  esac
}

# wrap FOLDER PROGRAM NAME [ARGUMENT]: FOLDER/bin/NAME starts a program with the libraries that were unpacked with it
wrap() {
  cat >"$1/bin/$3" <<WRAPPER
#!/bin/sh
x=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")/x
lib=\$(echo "\$x"/usr/lib/*-linux-gnu*):\$(echo "\$x"/lib/*-linux-gnu*)
export LD_LIBRARY_PATH="\$lib" XTABLES_LIBDIR="\${lib%%:*}/xtables"
exec "\$x/$2" ${4:-} "\$@"
WRAPPER
  chmod +x "$1/bin/$3"
}

make_engine() {
  local suite=$1 target=$2 own
  own=$(own_suite)
  # shellcheck disable=SC2046
  fetch_debs "$suite" "$target/debs" $(engine_packages "$suite") &
  fetch_debs "$own" "$target/debs-own" "${OWN_PACKAGES[@]}"
  wait $!
  unpack_debs "$target/debs" "$target/x"
  unpack_debs "$target/debs-own" "$target/x"
  rm -rf "$target"/debs* "$target"/x/usr/share "$target"/x/usr/lib/{cni,containerd}
  local program
  for program in docker dockerd docker-proxy containerd containerd-shim containerd-shim-runc-v2 ctr runc; do
    link_program "$target" "$program" "$program"
  done
  link_program "$target" tini-static docker-init
  link_program "$target" docker-init docker-init
  local name
  for name in {iptables,ip6tables}{,-save,-restore}; do
    wrap "$target" usr/sbin/xtables-nft-multi "$name" "$name"
  done
  mkdir -p "$target/cli" "$target/config/cli-plugins"
  ln -s ../bin/docker "$target/cli/docker"
  local plugin
  for plugin in "$target"/x/usr/lib*/docker/cli-plugins/*; do
    if [ -e "$plugin" ]; then
      ln -s "../../${plugin#"$target"/}" "$target/config/cli-plugins/"
    fi
  done
  return 0
}

# link_program FOLDER PROGRAM NAME: FOLDER/bin/NAME is the unpacked program, where there is one
link_program() {
  local file
  for file in "$1"/x/usr/{bin,sbin}/"$2"; do
    if [ -e "$file" ]; then
      ln -sf "../${file#"$1"/}" "$1/bin/$3"
    fi
  done
}

make_keychain() {
  local suite=$1 target=$2 glib=libglib2.0-0
  # The names after Debian's move to 64-bit time
  if [ "$suite" != bookworm ]; then
    glib=libglib2.0-0t64
  fi
  fetch_debs "$suite" "$target/debs" "${KEYCHAIN_PACKAGES[@]}" "$glib"
  unpack_debs "$target/debs" "$target/x"
  rm -rf "$target/debs" "$target"/x/usr/share
  wrap "$target" usr/bin/dbus-daemon dbus-daemon
  wrap "$target" usr/bin/dbus-send dbus-send
  wrap "$target" usr/bin/gnome-keyring-daemon gnome-keyring-daemon
}

# provide KIND SUITE: prints the folder, after making it where it is missing
provide() {
  local made_by folder
  made_by=$(cat "$LAB_DIR/packages.sh" "$LAB_DIR/debian.sh" | sha256sum | cut -c1-8)
  folder=$LAB_CACHE/packages/$1-$2-$made_by
  echo "$folder"
  if [ -e "$folder" ]; then
    touch -c "$folder"
    return
  fi
  lock "packages-$1-$2"
  if [ -e "$folder" ]; then
    return
  fi
  rm -rf "$folder.new"
  mkdir -p "$folder.new/bin"
  "make_$1" "$2" "$folder.new" >&2
  mv "$folder.new" "$folder"
  # What no lab used for a month leaves the cache.
  find "$LAB_CACHE/packages" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -rf {} +
}

case ${1:-} in
  engine) provide engine "$LAB_SUITE" ;;
  client) provide engine forky ;;
  keychain) provide keychain "$(own_suite)" ;;
  *) die 'usage: packages.sh engine|client|keychain' ;;
esac
