#!/usr/bin/env bash
# engine.sh start|stop|restart|kill|status|destroy
# The private container engine of LAB_NAME.
#   start    starts it unless it runs
#   stop     ends it and removes every process, mount, bridge and cgroup of it, after a crash too; its data stays
#   restart  as an upgrade of the engine does it: ends the engine process, starts it again
#   kill     kills the engine process only, as a crash does
#   destroy  stop, and removes the data
# Facts that the flags rest on: the machine's own Docker uses docker0 and 172.16/12, so an engine here has a bridge
# and addresses of its own; without --iptables=false it would write into the machine's firewall; published ports still
# answer, through docker-proxy, but containers reach no internet and networks are not kept apart from each other.
. "$(dirname "$0")/common.sh"

DATA=$STATE/data
EXEC_ROOT=$RUN/x
PID_FILE=$RUN/dockerd.pid
LOG=$STATE/dockerd.log
CGROUP=letta-stack-lab-$LAB_NAME

is_alive() {
  runs "$PID_FILE" "$EXEC_ROOT"
}

answers() {
  curl -fs --max-time 2 --unix-socket "$SOCKET" http://engine/_ping >/dev/null 2>&1
}

# LAB_RUN itself is the lock of what labs decide together: it is the place that all of them share, whatever their cache.
lock_labs() {
  exec {slots}<"$LAB_RUN"
  flock "$slots"
}

unlock_labs() {
  exec {slots}<&-
}

# A number from 0 to 31 that no other lab of this machine has; it gives the bridge its name and the addresses.
choose_slot() {
  lock_labs
  local n
  for ((n = 0; n < 32; n++)); do
    if [ -s "$RUN/slot" ]; then
      break
    fi
    if ! cat "$LAB_RUN"/*/slot 2>/dev/null | grep -qx "$n" && ! ip link show "lab$n" >/dev/null 2>&1; then
      echo "$n" >"$RUN/slot"
    fi
  done
  unlock_labs
  [ -s "$RUN/slot" ] || die "no free slot in $LAB_RUN"
}

use_slot() {
  local slot
  slot=$(cat "$RUN/slot")
  BRIDGE=lab$slot
  RANGE=10.$((192 + slot))
}

make_bridge() {
  ip link show "$BRIDGE" >/dev/null 2>&1 || ip link add "$BRIDGE" type bridge
  ip addr replace "$RANGE.0.1/24" dev "$BRIDGE"
  ip link set "$BRIDGE" up
  # Without it every create answers a warning. The lab does not let the engine set it, because it would then also
  # close the machine's FORWARD chain.
  lock_labs
  if [ "$(cat /proc/sys/net/ipv4/ip_forward)" != 1 ]; then
    touch "$LAB_RUN/forwarding-was-off"
    echo 1 >/proc/sys/net/ipv4/ip_forward
  fi
  unlock_labs
}

# With the last lab, and only where nobody else has a bridge: another engine that found it on relies on it now.
restore_forwarding() {
  lock_labs
  if [ -e "$LAB_RUN/forwarding-was-off" ] && [ -z "$(cat "$LAB_RUN"/*/slot 2>/dev/null)" ] && [ -z "$(ip -o link show type bridge)" ]; then
    echo 0 >/proc/sys/net/ipv4/ip_forward
    rm "$LAB_RUN/forwarding-was-off"
  fi
  unlock_labs
}

make_data() {
  mkdir -p "$DATA"
  if [ "${LAB_DATA_SIZE:-}" ] && ! grep -qF " $DATA tmpfs " /proc/mounts; then
    mount -t tmpfs -o "size=$LAB_DATA_SIZE" tmpfs "$DATA"
  fi
}

# What the engine finds of NVIDIA's: nothing of the machine's. A test may put gpu/nvidia.json into the folder of CDI
# specifications, which is read anew for each container; an old engine knows no such folder.
offer_gpu() {
  mkdir -p "$RUN/gpu/cdi"
  if [ "$LAB_SUITE" = forky ]; then
    echo "{\"cdi-spec-dirs\": [\"$RUN/gpu/cdi\"]}" >"$STATE/daemon.json"
  fi
  if [ "${LAB_GPU:-}" = hook ]; then
    HOOK_PATH=:$LAB_DIR/gpu
  fi
}

start() {
  if is_alive && answers; then
    return
  fi
  local programs
  programs=$("$LAB_DIR/packages.sh" engine)
  forget_crashed_engine
  choose_slot
  use_slot
  make_bridge
  make_data
  echo '{}' >"$STATE/daemon.json"
  offer_gpu
  local options=(
    --config-file "$STATE/daemon.json" --data-root "$DATA" --exec-root "$EXEC_ROOT" --pidfile "$PID_FILE"
    -H "unix://$SOCKET" --group root
    --bridge "$BRIDGE" --default-address-pool "base=$RANGE.128.0/17,size=26"
    --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false
    --cgroup-parent "/$CGROUP" --exec-opt native.cgroupdriver=cgroupfs
    --shutdown-timeout 5 --log-opt max-size=20m
  )
  # The lab's registry stands in for every registry host.
  local proxy
  proxy=http://127.0.0.1:$(cat "$RUN/registry.port")
  # shellcheck disable=SC2086
  spawn "$LOG" env PATH="$programs/bin:$PATH${HOOK_PATH:-}" LAB_GPU_SAYS="$RUN/gpu/says" HTTP_PROXY="$proxy" HTTPS_PROXY="$proxy" \
    NO_PROXY=localhost,127.0.0.0/8 SSL_CERT_FILE="$("$LAB_DIR/registry.sh" certificate)" SSL_CERT_DIR=/nonexistent \
    "$programs/bin/dockerd" "${options[@]}" ${LAB_ARGS:-}
  local i
  for ((i = 0; i < 600; i++)); do
    if answers && is_alive; then
      return
    fi
    if ! kill -0 "$SPAWNED" 2>/dev/null; then
      tail -5 "$LOG" >&2
      die "the engine did not start: $LOG"
    fi
    sleep 0.05
  done
  die "the engine does not answer: $LOG"
}

# The containers of a crashed engine are the next engine's to take over or to end. Its pid file would stop the next
# one, and a dead containerd that nobody reaps would cost it ten seconds of waiting.
forget_crashed_engine() {
  if ! is_alive; then
    rm -f "$PID_FILE"
  fi
  local containerd=$EXEC_ROOT/containerd/containerd.pid
  if [ -s "$containerd" ] && ! readlink "/proc/$(cat "$containerd")/exe" >/dev/null 2>&1; then
    rm -f "$containerd"
  fi
}

# The engine's processes, by its exec-root on their command line: dockerd, containerd, shims.
own_processes() {
  { grep -lsaF "$EXEC_ROOT/" /proc/[0-9]*/cmdline || true; } | cut -d/ -f3 | while read -r pid; do
    case $(readlink "/proc/$pid/exe" || true) in
      */dockerd | */containerd | */containerd-shim* | */runc) echo "$pid" ;;
    esac
  done
}

# What runs in its containers
contained_processes() {
  find /sys/fs/cgroup -path "*/$CGROUP/*" -name cgroup.procs -exec cat {} + 2>/dev/null || true
}

# Sockets of shims lie in containerd's common folder, under hashed names; each task's folder says which is its own, in a
# file that differs between containerd 1.6 (address) and 2 (bootstrap.json).
shim_sockets() {
  [ -d "$EXEC_ROOT" ] || return 0
  find "$EXEC_ROOT" \( -name address -o -name bootstrap.json \) -type f -exec cat {} + |
    grep -oE '/run/containerd/s/[0-9a-f]+' || true
}

# Everything that a crashed engine leaves
sweep() {
  local pid mount
  for pid in $(own_processes) $(contained_processes); do
    kill -9 "$pid" 2>/dev/null || true
  done
  sleep 0.1
  awk -v exec_root="$EXEC_ROOT/" -v data="$DATA" '
    index($2, exec_root) == 1 || $2 == data || index($2, data "/") == 1 { print $2 }
  ' /proc/mounts | sort -r | while read -r mount; do
    umount -l "$mount"
  done
  # The engine mounts its data on itself, so a tmpfs of LAB_DATA_SIZE lies under that.
  if grep -qF " $DATA tmpfs " /proc/mounts; then
    umount -l "$DATA"
  fi
  find /sys/fs/cgroup -depth -type d \( -path "*/$CGROUP" -o -path "*/$CGROUP/*" \) -exec rmdir {} + 2>/dev/null || true
  shim_sockets | xargs -r rm -f
  rm -rf "$EXEC_ROOT" "$PID_FILE" "$SOCKET"
}

# Its own bridge and those of its networks, by their addresses
remove_bridges() {
  ip -o -4 addr show | awk -v range="$RANGE." 'index($4, range) == 1 { print $2 }' | sort -u | while read -r link; do
    ip link del "$link" 2>/dev/null || true
  done
}

stop() {
  end "$PID_FILE" "$EXEC_ROOT"
  sweep
  if [ -s "$RUN/slot" ]; then
    use_slot
    remove_bridges
    rm -f "$RUN/slot"
    restore_forwarding
  fi
}

destroy() {
  stop
  rm -rf --one-file-system "$DATA" "$LOG" "$STATE/daemon.json"
}

status() {
  if is_alive && answers; then
    echo "engine running, pid $(cat "$PID_FILE"), unix://$SOCKET"
  else
    echo 'engine stopped'
    return 3
  fi
}

command=${1:-status}
if [ "$command" = status ]; then
  status
  exit
fi
mkdir -p "$RUN" "$STATE"
lock "engine-$LAB_NAME"
case $command in
  start) start ;;
  stop) stop ;;
  restart)
    end "$PID_FILE" "$EXEC_ROOT"
    start
    ;;
  kill)
    is_alive || die 'the engine does not run'
    kill -9 "$(cat "$PID_FILE")"
    ;;
  destroy) destroy ;;
  *) die 'usage: engine.sh start|stop|restart|kill|status|destroy' ;;
esac
