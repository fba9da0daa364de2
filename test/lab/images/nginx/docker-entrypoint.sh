#!/bin/sh
# Follows the public contract of the official nginx image: scripts of /docker-entrypoint.d in order, .envsh sourced.
set -e
log() {
  [ "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$0: $*"
}
if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
  for file in $(find /docker-entrypoint.d -follow -type f | sort -V); do
    case $file in
      *.envsh)
        log "Sourcing $file"
        . "$file"
        ;;
      *.sh)
        log "Launching $file"
        "$file"
        ;;
      *) log "Ignoring $file" ;;
    esac
  done
  log 'Configuration complete; ready for start up'
fi
exec "$@"
