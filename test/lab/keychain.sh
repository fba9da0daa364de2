#!/usr/bin/env bash
# keychain.sh start|unlocked|locked|empty|absent|stop|env|status
# A private session bus with a gnome-keyring of its own, per LAB_NAME; it needs no engine. The bus starts the keyring, and
# starts it again should it crash, as on a desktop (D-Bus specification, "Message Bus Starting Services").
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
SERVICES=$RUN/services
START=$RUN/start-keyring
KEYRING_HOME=$STATE/keyring
PASSWORD=$STATE/keyring-password

bus_answers() {
  runs "$RUN/bus.pid" "$RUN/bus.conf" && [ -S "$BUS" ] && [ -d "$SERVICES" ]
}

start_bus() {
  if bus_answers; then
    return
  fi
  end "$RUN/bus.pid" "$RUN/bus.conf"
  rm -f "$BUS"
  mkdir -p "$SERVICES"
  # No service folders but our own: only what this script names is on the bus.
  cat >"$RUN/bus.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=$BUS</listen>
  <auth>EXTERNAL</auth>
  <servicedir>$SERVICES</servicedir>
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

# offer_keyring HOME INPUT ARGUMENT: tells the bus how its keyring is started, and starts it. The keyring has its own data,
# runtime and control folders, and no display, so it can ask nobody.
offer_keyring() {
  mkdir -p "$1"
  cat >"$START" <<SCRIPT
#!/bin/sh
rm -rf "$RUN/keyring"
mkdir -m 700 "$RUN/keyring"
echo \$\$ >"$RUN/keyring.pid"
exec env -u DISPLAY -u WAYLAND_DISPLAY HOME="$1" XDG_DATA_HOME="$1" XDG_RUNTIME_DIR="$RUN/keyring" \\
  "$PROGRAMS/bin/gnome-keyring-daemon" --foreground --components=secrets --control-directory="$RUN/keyring" $3 \\
  <"$2" >>"$STATE/keychain.log" 2>&1
SCRIPT
  chmod +x "$START"
  printf '[D-BUS Service]\nName=org.freedesktop.secrets\nExec=%s\n' "$START" >"$SERVICES/org.freedesktop.secrets.service"
  bus_call ReloadConfig
  bus_call StartServiceByName string:org.freedesktop.secrets uint32:0 || true # what follows says it
  wait_for keyring_answers 'the keyring'
}

# Calls a method of the bus itself.
bus_call() {
  "$PROGRAMS/bin/dbus-send" --bus="unix:path=$BUS" --type=method_call --print-reply --dest=org.freedesktop.DBus / \
    "org.freedesktop.DBus.$1" "${@:2}" >>"$STATE/keychain.log" 2>&1
}

keyring_runs() {
  runs "$RUN/keyring.pid" "$RUN/keyring"
}

keyring_answers() {
  keyring_runs && [ -S "$RUN/keyring/control" ]
}

stop_keyring() {
  rm -f "$SERVICES/org.freedesktop.secrets.service"
  if bus_answers; then
    bus_call ReloadConfig
  fi
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

# The daemon reads the password from its standard input and makes the collection if there is none.
unlocked() {
  stop_keyring
  if [ ! -s "$PASSWORD" ]; then
    # The daemon takes every byte of the file, so there is no line end in it.
    (umask 077 && openssl rand -hex 24 | tr -d '\n' >"$PASSWORD.new")
    mv "$PASSWORD.new" "$PASSWORD"
  fi
  offer_keyring "$KEYRING_HOME" "$PASSWORD" --unlock
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
    offer_keyring "$KEYRING_HOME" /dev/null --start
    ;;
  empty)
    start_bus
    stop_keyring
    rm -rf "$STATE/keyring-empty"
    offer_keyring "$STATE/keyring-empty" /dev/null --start
    ;;
  absent)
    start_bus
    stop_keyring
    ;;
  stop)
    end "$RUN/bus.pid" "$RUN/bus.conf"
    stop_keyring
    rm -rf "$BUS" "$RUN/bus.conf" "$SERVICES" "$START"
    ;;
  *) die 'usage: keychain.sh start|unlocked|locked|empty|absent|stop|env|status' ;;
esac
