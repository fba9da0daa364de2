# Sourced by the scripts that put what tests need on a Debian that is ours to change. They set PROGRAM, the word before
# their messages, and exit with CANNOT_RUN, with the reason, where this machine cannot have it.
CANNOT_RUN=69

say() { printf '%s: %s\n' "$PROGRAM" "$*" >&2; }
cannot_run() {
  say "$*"
  exit "$CANNOT_RUN"
}

# install_packages PACKAGE…: those that are missing
install_packages() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  if [ "${#missing[@]}" = 0 ]; then return; fi
  [ "$(id -u)" = 0 ] || cannot_run "these Debian packages are missing: ${missing[*]}"
  say "installing with apt-get: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# fetch_once CACHE NAME VERSION INTEGRITY MAKE: prints the folder CACHE/NAME-VERSION, which the function MAKE fills from
# the package's archive on the npm registry (`MAKE ARCHIVE FOLDER`); fetched once, checked, whole or not at all.
fetch_once() {
  local cache=$1 name=$2 version=$3 integrity=$4 make=$5 folder=$1/$2-$3 new got
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9
  if [ ! -e "$folder/complete" ]; then
    new=$(mktemp -d "$cache/new.XXXXXX")
    say "fetching $name@$version"
    npm pack "$name@$version" --pack-destination "$new" --silent --ignore-scripts >/dev/null ||
      cannot_run "$name@$version cannot be fetched"
    got=sha512-$(openssl dgst -sha512 -binary "$new/$name-$version.tgz" | base64 -w0)
    [ "$got" = "$integrity" ] || cannot_run "the integrity of $name@$version is $got"
    mkdir "$new/made"
    "$make" "$new/$name-$version.tgz" "$new/made"
    touch "$new/made/complete"
    rm -rf "$folder"
    mv "$new/made" "$folder"
    rm -rf "$new"
  fi
  echo "$folder"
}
