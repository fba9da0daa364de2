# shellcheck shell=bash
# Sourced: Debian packages without installing them, through an apt configuration of the lab's own.

own_suite() (
  . /etc/os-release
  echo "${VERSION_CODENAME:?}"
)

# private_apt SUITE [deb-src]: prints the path of an apt.conf that knows the packages (or the source packages) of
# SUITE, from the machine's own sources with the suite's name put in. Nothing of it touches the machine's package state.
private_apt() (
  local suite=$1 type=${2:-deb}
  local folder=$LAB_CACHE/apt/$suite-$type
  mkdir -p "$folder"/{lists/partial,cache/archives/partial,etc}
  echo "$folder/apt.conf"
  lock "apt-$suite-$type"
  if [ -e "$folder/ready" ]; then
    return
  fi
  write_sources "$suite" "$type" "$folder/etc"
  : >"$folder/status"
  cat >"$folder/apt.conf" <<CONF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$folder/etc";
Dir::State::lists "$folder/lists";
Dir::State::status "$folder/status";
Dir::Cache "$folder/cache";
APT::Sandbox::User "root";
APT::Install-Recommends "0";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11-icons-small::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";
CONF
  APT_CONFIG=$folder/apt.conf apt-get update -qq >&2
  touch "$folder/ready"
)

# write_sources SUITE TYPE FOLDER: the first entry of the machine's Debian archive (security and updates are left out,
# they are named otherwise in other suites).
write_sources() {
  local own
  own=$(own_suite)
  if [ -e /etc/apt/sources.list.d/debian.sources ]; then
    awk -v RS= -v own="$own" '$0 ~ "(^|\n)Suites:[^\n]*" own "([ \n]|$)" { print; exit }' \
      /etc/apt/sources.list.d/debian.sources |
      sed -E "s/^Types:.*/Types: $2/; s/^Suites:.*/Suites: $1/; s/^Components:.*/Components: main/" \
        >"$3/suite.sources"
  else
    grep -hE "^deb [^#]*\b$own main" /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
      head -1 |
      sed -E "s/\b$own\b.*/$1 main/; s/^deb /$2 /" >"$3/suite.list"
  fi
}

# with_apt SUITE FOLDER COMMAND...: runs an apt-get command in FOLDER; once more after an update, because the lists may
# be older than what the archive still carries.
with_apt() (
  local suite=$1 folder=$2 type=deb conf
  shift 2
  if [ "$1" = source ]; then
    type=deb-src
  fi
  conf=$(private_apt "$suite" "$type")
  lock "apt-$suite-$type"
  cd "$folder" || exit
  export APT_CONFIG=$conf
  apt-get -qq "$@" >/dev/null || {
    apt-get -qq update >&2
    apt-get -qq "$@" >/dev/null
  }
)

# fetch_debs SUITE FOLDER PACKAGE...: downloads just these packages, no dependencies.
fetch_debs() {
  local suite=$1 folder=$2
  shift 2
  mkdir -p "$folder"
  with_apt "$suite" "$folder" download "$@"
}

# unpack_debs FOLDER TARGET
unpack_debs() {
  mkdir -p "$2"
  find "$1" -name '*.deb' -print0 | xargs -0 -P2 -I{} dpkg-deb -x {} "$2"
}
