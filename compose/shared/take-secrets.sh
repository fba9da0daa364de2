# shellcheck shell=sh
# Read by the start scripts of the servers (`.`): the secrets become variables of the shell, and stand in no
# `docker inspect`.

fail() {
  echo "letta-stack: $1" >&2
  exit 78 # EX_CONFIG
}

# The profile's "not set" is an empty variable, which a server would take for a value.
for name in $(env | sed -n 's/^\([A-Z][A-Z0-9_]*\)=$/\1/p'); do unset "$name"; done

# The bundle: NAME=value lines. Where none of its secrets is set there is none.
if [ -e /run/secrets/server ]; then
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      '' | '#'*) ;;
      [A-Z]*=*) export "$line" ;;
      *) fail 'a line of /run/secrets/server is not NAME=value' ;;
    esac
  done </run/secrets/server
fi
