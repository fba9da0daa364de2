#!/usr/bin/env bash
# keychain.sh start|unlocked|locked|empty|absent|stop|env|status
# A private session bus with a gnome-keyring of its own, per LAB_NAME; it needs no engine.
#   start     the bus, and the keyring unlocked unless it runs already
#   unlocked  the keyring answers; what was stored in it is still there
#   locked    it runs, but its default collection is locked and nobody answers the prompt
#   empty     it runs and has no collection at all, as on a desktop where nobody made one
#   absent    the bus has no Secret Service
#   stop      no keyring and no bus (the entries stay in the lab's state)
#   env       prints the address of the bus as a shell export
#   status    what runs
. "$(dirname "$0")/common.sh"

BUS=$RUN/bus
KEYRING_HOME=$STATE/keyring
PASSWORD=$STATE/keyring-password

bus_answers() {
  runs "$RUN/bus.pid" "$RUN/bus.conf" && [ -S "$BUS" ]
}

start_bus() {
  if bus_answers; then
    return
  fi
  rm -f "$BUS"
  # No service folders: only what this script starts is on the bus.
  cat >"$RUN/bus.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=$BUS</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
CONF
  spawn "$STATE/keychain.log" "$PROGRAMS/bin/dbus-daemon" --config-file="$RUN/bus.conf" --nofork --nopidfile
  echo "$SPAWNED" >"$RUN/bus.pid"
  wait_for bus_answers 'the session bus'
}

# The keyring has its own data, runtime and control folders, and no display, so it can ask nobody.
start_keyring() {
  local home=$1
  shift
  mkdir -p "$home"
  rm -rf "$RUN/keyring"
  mkdir -m 700 "$RUN/keyring"
  spawn "$STATE/keychain.log" env -u DISPLAY -u WAYLAND_DISPLAY HOME="$home" XDG_DATA_HOME="$home" \
    XDG_RUNTIME_DIR="$RUN/keyring" DBUS_SESSION_BUS_ADDRESS="unix:path=$BUS" \
    "$PROGRAMS/bin/gnome-keyring-daemon" --foreground --components=secrets --control-directory="$RUN/keyring" "$@"
  echo "$SPAWNED" >"$RUN/keyring.pid"
  wait_for keyring_answers 'the keyring'
}

keyring_runs() {
  runs "$RUN/keyring.pid" "$RUN/keyring"
}

keyring_answers() {
  keyring_runs && [ -S "$RUN/keyring/control" ]
}

stop_keyring() {
  end "$RUN/keyring.pid" "$RUN/keyring"
  rm -rf "$RUN/keyring"
}

wait_for() {
  local i
  for ((i = 0; i < 100; i++)); do
    if "$1"; then
      return
    fi
    sleep 0.03
  done
  die "$2 did not start: $STATE/keychain.log"
}

unlocked() {
  stop_keyring
  make_password
  # The daemon reads the password from its standard input and makes the collection if there is none.
  SPAWN_INPUT=$PASSWORD start_keyring "$KEYRING_HOME" --unlock
}

# Random, and readable for its user only. The daemon takes every byte of the file, so there is no line end in it.
make_password() {
  [ ! -s "$PASSWORD" ] || return 0
  local password
  password=$(openssl rand -hex 24)
  if [ -e "$KEYRING_HOME/keyrings/login.keyring" ]; then
    password=lab # all keyrings had this one at first, and only their user can change it
  fi
  (umask 077 && printf %s "$password" >"$PASSWORD.new")
  mv "$PASSWORD.new" "$PASSWORD"
}

command=${1:-}
if [ "$command" = env ]; then
  echo "export DBUS_SESSION_BUS_ADDRESS=unix:path=$BUS"
  exit
elif [ "$command" = status ]; then
  if keyring_answers; then
    echo "keychain running, unix:path=$BUS"
    exit
  fi
  echo 'keychain stopped'
  exit 3
fi
mkdir -p "$RUN" "$STATE"
lock "keychain-$LAB_NAME"
if [ "$command" != stop ]; then
  PROGRAMS=$("$LAB_DIR/packages.sh" keychain)
fi
case $command in
  start)
    start_bus
    keyring_runs || unlocked
    ;;
  unlocked)
    start_bus
    unlocked
    ;;
  locked)
    start_bus
    [ -e "$KEYRING_HOME/keyrings/login.keyring" ] || unlocked
    stop_keyring
    start_keyring "$KEYRING_HOME" --start
    ;;
  empty)
    start_bus
    stop_keyring
    rm -rf "$STATE/keyring-empty"
    start_keyring "$STATE/keyring-empty" --start
    ;;
  absent)
    start_bus
    stop_keyring
    ;;
  stop)
    stop_keyring
    end "$RUN/bus.pid" "$RUN/bus.conf"
    rm -f "$BUS" "$RUN/bus.conf"
    ;;
  *) die 'usage: keychain.sh start|unlocked|locked|empty|absent|stop|env|status' ;;
esac
