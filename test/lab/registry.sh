#!/usr/bin/env bash
# registry.sh start|stop|status|certificate|get|set JSON
# The image registry of LAB_NAME (registry.mjs), on a loopback port of its own. Its settings (faults, speed, passwords)
# are per lab, its images are the cache's. `get` and `set` are described in registry.mjs.
. "$(dirname "$0")/common.sh"

# Hosts that the registry answers for besides those of images.txt. *.lab.test are mirrors and private registries.
HOSTS=(docker.io registry-1.docker.io index.docker.io auth.docker.io ghcr.io quay.io '*.lab.test' localhost)

is_alive() {
  runs "$RUN/registry.pid" registry.mjs
}

# One certificate that is its own root, for all hosts, made once. Prints its path.
certificate() {
  local hosts folder
  hosts=$(printf 'DNS:%s,' "${HOSTS[@]}")IP:127.0.0.1
  folder=$LAB_CACHE/certificate-$(echo "$hosts" | sha256sum | cut -c1-8)
  echo "$folder/cert.pem"
  if [ -e "$folder" ]; then
    return
  fi
  lock certificate
  if [ -e "$folder" ]; then
    return
  fi
  mkdir -p "$folder.new"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj '/CN=letta-stack lab' \
    -addext "subjectAltName=$hosts" -keyout "$folder.new/key.pem" -out "$folder.new/cert.pem" 2>/dev/null
  mv "$folder.new" "$folder"
}

# The engine is told the port once, so a registry that starts again takes the same one.
start() {
  "$LAB_DIR/images.sh" catalog >"$RUN/catalog.new"
  mv "$RUN/catalog.new" "$RUN/catalog"
  if is_alive; then
    return
  fi
  local cert port i
  cert=$(certificate)
  port=$(cat "$RUN/registry.port" 2>/dev/null || echo 0)
  rm -f "$RUN/registry.port"
  spawn "$STATE/registry.log" node "$LAB_DIR/registry.mjs" --catalog="$RUN/catalog" --blobs="$LAB_CACHE/images/blobs" \
    --key="${cert%/*}/key.pem" --cert="$cert" --port="$port" --port-file="$RUN/registry.port"
  echo "$SPAWNED" >"$RUN/registry.pid"
  for ((i = 0; i < 200; i++)); do
    if [ -s "$RUN/registry.port" ]; then
      return
    fi
    sleep 0.03
  done
  echo "$port" >"$RUN/registry.port"
  die "the registry did not start: $STATE/registry.log"
}

control() {
  curl -fsS "$@" "http://127.0.0.1:$(cat "$RUN/registry.port")/_lab"
}

case ${1:-status} in
  start)
    mkdir -p "$RUN" "$STATE"
    lock "registry-$LAB_NAME"
    start
    ;;
  stop)
    end "$RUN/registry.pid" registry.mjs
    rm -f "$RUN/registry.port" "$RUN/catalog"
    ;;
  status)
    if is_alive; then
      echo "registry running, 127.0.0.1:$(cat "$RUN/registry.port")"
    else
      echo 'registry stopped'
      exit 3
    fi
    ;;
  certificate) certificate ;;
  get) control ;;
  set) control -d "${2:?settings as JSON}" ;;
  *) die 'usage: registry.sh start|stop|status|certificate|get|set JSON' ;;
esac
