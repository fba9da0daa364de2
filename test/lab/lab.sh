#!/usr/bin/env bash
# npm run lab -- up|down|status|env|destroy
# A private container engine with a registry of its own, images made from packages, and a keychain: what the tests run
# on, and what `npm start` uses on a machine that has no engine. It never touches a Docker that the machine has.
#   up        starts everything; run again, or by two at once, it changes nothing. Cold it takes minutes, warm seconds
#   down      ends every process, mount, bridge, cgroup and socket; the engine's data, the keychain's entries (in
#             ~/.local/state/letta-stack-lab) and the cache (~/.cache/letta-stack-lab) stay
#   status    what runs, and the sizes of both
#   env       shell exports for a lab that is up: eval "$(npm run -s lab -- env)"; `env json` prints them as JSON
#   destroy   down, and removes the engine's data and the keychain's entries; the cache stays
#   check     whether this machine can run the lab: exit status 69 with the reason if not
# engine.sh, registry.sh and keychain.sh are for faults: kill the engine, corrupt a layer, lock the keychain.
# common.sh lists the variables (LAB_NAME and others).
. "$(dirname "$0")/common.sh"

cannot_run() {
  say "this machine cannot run the lab: $*"
  exit "$CANNOT_RUN"
}

check() {
  [ "$(uname -s)" = Linux ] || cannot_run 'it needs Debian Linux'
  [ "$(. /etc/os-release && echo "${ID:-}")" = debian ] || cannot_run 'it needs Debian (packages of the engine)'
  [ "$(id -u)" = 0 ] || cannot_run 'it needs root (an engine makes mounts and bridges)'
  unshare --mount true 2>/dev/null || cannot_run 'it may not make mounts (inside an unprivileged container?)'
}

# Programs that the lab calls and a small Debian lacks
install_tools() {
  local tool packages=()
  for tool in curl openssl perl python3 ip:iproute2 mount; do
    command -v "${tool%:*}" >/dev/null || packages+=("${tool#*:}")
  done
  # perl-base has a perl that lacks the modules which mmdebstrap loads
  perl -MPod::Usage -e 1 2>/dev/null || packages+=(perl)
  [ -s /etc/ssl/certs/ca-certificates.crt ] || packages+=(ca-certificates)
  if [ "${#packages[@]}" -gt 0 ]; then
    say "installing with apt-get: ${packages[*]}"
    DEBIAN_FRONTEND=noninteractive step 'apt-get install' install_packages "${packages[@]}"
  fi
}

install_packages() {
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "$@"
}

# step TITLE COMMAND...: output goes to the log; says how long it took, or the end of the log if it failed
step() {
  local title=$1 started=$SECONDS
  shift
  if ! LAB_SAY=3 "$@" 3>&2 >>"$STATE/up.log" 2>&1; then
    tail -20 "$STATE/up.log" >&2
    die "$title failed; all of its output: $STATE/up.log"
  fi
  if [ $((SECONDS - started)) -gt 1 ]; then
    say "$title: $((SECONDS - started)) s"
  fi
}

# Two caches (two users' homes, say) must not run a lab of one name: its sockets would be the same.
claim_name() {
  mkdir -p "$RUN" "$STATE"
  if [ "$(cat "$RUN/cache" 2>/dev/null || echo "$LAB_CACHE")" != "$LAB_CACHE" ]; then
    die "a lab named $LAB_NAME runs from $(cat "$RUN/cache"); set LAB_NAME to another name"
  fi
  echo "$LAB_CACHE" >"$RUN/cache"
  if [ "$(cat "$STATE/suite" 2>/dev/null || echo "$LAB_SUITE")" != "$LAB_SUITE" ]; then
    die "the lab $LAB_NAME has data of the engine of $(cat "$STATE/suite"); set LAB_NAME to another name"
  fi
  echo "$LAB_SUITE" >"$STATE/suite"
}

up() {
  local started=$SECONDS
  check
  lock "lab-$LAB_NAME"
  claim_name
  install_tools
  step 'packages' fetch_packages
  step 'keychain' "$LAB_DIR/keychain.sh" start
  step 'images' "$LAB_DIR/images.sh" build
  step 'registry' "$LAB_DIR/registry.sh" start
  step 'engine' "$LAB_DIR/engine.sh" start
  make_client_config
  pull_images
  say "up in $((SECONDS - started)) s: unix://$SOCKET"
}

pull_images() {
  local folders=()
  if [ "${LAB_PULL:-all}" = none ]; then
    return
  fi
  if [ "${LAB_PULL:-all}" != all ]; then
    read -ra folders <<<"$LAB_PULL"
  fi
  step 'pulling images' "$LAB_DIR/images.sh" pull "${folders[@]}"
}

fetch_packages() {
  "$LAB_DIR/packages.sh" keychain &
  local keychain=$!
  "$LAB_DIR/packages.sh" client
  "$LAB_DIR/packages.sh" engine
  wait "$keychain"
}

# The docker CLI's own folder (plugins, contexts, logins), so that it never writes into the user's
make_client_config() {
  mkdir -p "$RUN/docker"
  ln -sfn "$("$LAB_DIR/packages.sh" client)/config/cli-plugins" "$RUN/docker/cli-plugins"
}

down() {
  lock "lab-$LAB_NAME"
  "$LAB_DIR/engine.sh" stop
  "$LAB_DIR/registry.sh" stop
  "$LAB_DIR/keychain.sh" stop
  rm -rf "$RUN"
}

# The builder of the images outlives a killed `up`; nobody builds while the lock is free.
remove_stray_builder() {
  if [ -d "$LAB_RUN/builder" ] && flock -n "$LAB_CACHE/locks/images" true; then
    "$LAB_DIR/images.sh" clean
  fi
}

destroy() {
  down
  rm -rf --one-file-system "$STATE" "$RUN"
}

print_env() {
  if ! "$LAB_DIR/engine.sh" status >/dev/null; then
    say "error: the lab \"$LAB_NAME\" is not up: npm run lab -- up"
    exit 3
  fi
  local client path
  client=$("$LAB_DIR/packages.sh" client)
  path=$client/cli:$PATH
  case ${1:-shell} in
    json)
      printf '{"LAB_NAME":"%s","DOCKER_HOST":"unix://%s","DOCKER_CONFIG":"%s","DBUS_SESSION_BUS_ADDRESS":"%s","PATH":"%s"}\n' \
        "$LAB_NAME" "$SOCKET" "$RUN/docker" "unix:path=$RUN/bus" "$path"
      ;;
    shell)
      printf 'export LAB_NAME=%q DOCKER_HOST=%q DOCKER_CONFIG=%q DBUS_SESSION_BUS_ADDRESS=%q PATH=%q\n' \
        "$LAB_NAME" "unix://$SOCKET" "$RUN/docker" "unix:path=$RUN/bus" "$path"
      ;;
    *) die 'usage: env [json]' ;;
  esac
}

status() {
  local result=0
  echo "lab $LAB_NAME ($LAB_SUITE)"
  "$LAB_DIR/engine.sh" status || result=$?
  "$LAB_DIR/registry.sh" status || result=$?
  "$LAB_DIR/keychain.sh" status || result=$?
  du -sh "$STATE" "$LAB_CACHE" 2>/dev/null || true
  return "$result"
}

case ${1:-} in
  up) up ;;
  down)
    down
    remove_stray_builder
    ;;
  destroy) destroy ;;
  status) status ;;
  env) print_env "${2:-shell}" ;;
  check) check ;;
  *) die 'usage: npm run lab -- up|down|status|env|destroy|check' ;;
esac
