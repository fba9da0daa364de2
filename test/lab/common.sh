# shellcheck shell=bash disable=SC2034
# Sourced by every script of the lab: names, places, words to the user, locks.
#
#   LAB_NAME       which lab; several run at once (default "lab")
#   LAB_SUITE      the Debian suite that the engine comes from: forky (28.5, the default) or bookworm (20.10)
#   LAB_DATA_SIZE  gives the engine's data a file system of this size (tmpfs, "350m"), for tests of a full disk
#   LAB_ARGS       further arguments of dockerd
#   LAB_GPU        "hook" gives the engine a stand-in for NVIDIA's hook, so that it has the driver "nvidia" in name
#   LAB_PULL       which images `up` puts into the engine: "all" (the default), "none", or names of images/ folders
#
# What can be made again (downloads, packages, images) lies in the cache, named by its content, so a second clone finds
# it. What cannot, the engine's data and the keychain's entries, lies in STATE: caches are cleaned without asking.
# Sockets and pid files lie in LAB_RUN, whose name is short because a socket's path may have 108 characters at most.

set -euo pipefail

LAB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB_SUITE=${LAB_SUITE:-forky}
LAB_CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/letta-stack-lab
LAB_RUN=/run/letta-stack-lab
if [ "$LAB_SUITE" = forky ]; then
  LAB_NAME=${LAB_NAME:-lab}
else
  LAB_NAME=${LAB_NAME:-lab-$LAB_SUITE}
fi
export LAB_NAME LAB_SUITE

RUN=$LAB_RUN/$LAB_NAME
STATE=${XDG_STATE_HOME:-${HOME:-/root}/.local/state}/letta-stack-lab/$LAB_NAME
SOCKET=$RUN/docker.sock

# The exit status of "this machine cannot run the lab" (EX_UNAVAILABLE of sysexits.h).
CANNOT_RUN=69

# To the user, also from inside a step of `up`, whose other output goes to a log
say() {
  printf 'lab: %s\n' "$*" >&"${LAB_SAY:-2}"
}

die() {
  say "error: $*"
  exit 1
}

# lock NAME: waits for the lock and holds it until this shell and the children it gave it to are gone, so it never
# outlives a killed script. Locks lie in the cache, because a lock file must not be removed while it may be in use.
lock() {
  mkdir -p "$LAB_CACHE/locks"
  local fd
  exec {fd}>"$LAB_CACHE/locks/$1"
  flock "$fd"
}

# spawn LOG COMMAND...: starts a daemon in a session of its own and sets SPAWNED to its pid. It gets no descriptor of
# ours, else it would hold our locks for as long as it lives.
spawn() {
  local log=$1
  shift
  (
    for fd in /proc/"$BASHPID"/fd/*; do
      fd=${fd##*/}
      if [ "$fd" -gt 2 ] && [ "$fd" -lt 255 ]; then
        exec {fd}>&-
      fi
    done
    exec setsid "$@" >>"$log" 2>&1 </dev/null
  ) &
  SPAWNED=$!
}

# runs PIDFILE TEXT: whether the process of that pid file is alive and has TEXT on its command line; a pid alone may
# have been given to another process meanwhile.
runs() {
  [ -s "$1" ] && tr '\0' ' ' 2>/dev/null <"/proc/$(cat "$1")/cmdline" | grep -qF -- "$2"
}

# end PIDFILE TEXT: ends that process, waits up to ten seconds, then kills it.
end() {
  if runs "$1" "$2"; then
    local pid i
    pid=$(cat "$1")
    kill "$pid" 2>/dev/null || true
    for ((i = 0; i < 200; i++)); do
      runs "$1" "$2" || break
      sleep 0.05
    done
    kill -9 "$pid" 2>/dev/null || true
  fi
  rm -f "$1"
}
