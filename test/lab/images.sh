#!/usr/bin/env bash
# images.sh build|pull [FOLDER...]|catalog|clean
#   build    makes the images of images.txt that the cache lacks, in an engine of their own that is removed afterwards
#   pull     pulls images (all of them, or those of these folders) into the engine of LAB_NAME, by their real names
#   catalog  prints the cache's description files of these images, for the registry
#   clean    removes what a killed build left
#
# The cache: images/<hash>.json describes one image (its name and its manifest), images/blobs/sha256/ has the manifests
# and layers of all. The hash is over everything that an image is made from, so clones with different images share it.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/debian.sh"

STORE=$LAB_CACHE/images
DOWNLOADS=$LAB_CACHE/downloads

# By tag: its folder in images/, the folder that it stands on, its description in the cache
TAGS=()
declare -A FOLDER PARENT DESCRIPTION

read_list() {
  local folder tag parent common hash
  declare -A folder_hash=([-]='')
  common=$(declare -f build_one import_base | cat - "$LAB_DIR"/images/tools/* | sha256sum)
  while read -r folder tag parent; do
    hash=$({
      echo "$common $tag ${folder_hash[$parent]}"
      find "$LAB_DIR/images/$folder" -type f -print0 | sort -z | xargs -0 cat
    } | sha256sum | cut -c1-16)
    TAGS+=("$tag")
    FOLDER[$tag]=$folder
    PARENT[$tag]=$parent
    DESCRIPTION[$tag]=$STORE/$hash.json
    folder_hash[$folder]=$hash
  done < <(grep -v '^#' "$LAB_DIR/images.txt")
}

# Tags whose image is not in the cache
missing() {
  local tag
  for tag in "${TAGS[@]}"; do
    if [ ! -e "${DESCRIPTION[$tag]}" ]; then
      echo "$tag"
    fi
  done
}

client() {
  local programs
  programs=$("$LAB_DIR/packages.sh" client)
  DOCKER_HOST=unix://$SOCKET DOCKER_CONFIG=$programs/config "$programs/bin/docker" "$@"
}

# build_one FOLDER TAG
# The machine may reach its package registries only by names, certificates and settings of its own. They go into a
# build as secrets and mounts and over the host's network, so nothing of them stays in an image.
build_one() {
  if [ "$1" = base ]; then
    import_base "$2"
    return
  fi
  local name certificates=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
  local options=(--secret "id=ca,src=$certificates")
  if [ -s /etc/pip.conf ]; then
    options+=(--secret id=pip,src=/etc/pip.conf)
  fi
  for name in http_proxy https_proxy no_proxy; do
    if [ "${!name:-}" ]; then
      options+=(--build-arg "$name=${!name}")
    fi
  done
  client buildx build --builder default --network host --provenance=false --progress plain "${options[@]}" \
    --build-context "tools=$LAB_DIR/images/tools" --build-context "downloads=$DOWNLOADS" \
    --build-context "sources=$LAB_CACHE/apt/bookworm-deb/etc" --build-arg "VERSION=${2##*:}" \
    -t "$2" "$LAB_DIR/images/$1"
}

import_base() {
  client import -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' -c 'CMD ["bash"]' \
    -c 'LABEL letta-stack.lab.contents="Debian 12, minimal"' "$DOWNLOADS/base.tar" "$1"
}

wait_for_all() {
  local job
  for job in "$@"; do
    wait "$job" || die 'an image was not made'
  done
}

# What images are made from and a build cannot fetch itself: files in DOWNLOADS, made by images/FOLDER/prepare.sh
prepare() {
  local folder jobs=()
  mkdir -p "$DOWNLOADS"
  for folder in $(for tag in $(missing); do echo "${FOLDER[$tag]}"; done | sort -u); do
    if [ -x "$LAB_DIR/images/$folder/prepare.sh" ]; then
      "$LAB_DIR/images/$folder/prepare.sh" "$DOWNLOADS" &
      jobs+=($!)
    fi
  done
  wait_for_all "${jobs[@]}"
}

# Parents before children, what is independent at once. A parent that is in the cache is pulled by the builder.
build_missing() {
  local left tag waiting jobs
  left=$(missing)
  while [ "$left" ]; do
    jobs=()
    waiting=
    for tag in $left; do
      if for other in $left; do echo "${FOLDER[$other]}"; done | grep -qxF -- "${PARENT[$tag]}"; then
        waiting+=" $tag"
      else
        say "building $tag"
        build_one "${FOLDER[$tag]}" "$tag" &
        jobs+=($!)
      fi
    done
    [ "${#jobs[@]}" -gt 0 ] || die "images.txt: these stand on each other:$waiting"
    wait_for_all "${jobs[@]}"
    left=$waiting
  done
}

# From the builder into the cache, all at once because they share layers
save_missing() {
  local exported=$LAB_CACHE/export tag
  rm -rf "$exported"
  mkdir -p "$exported"
  # shellcheck disable=SC2046
  client save $(missing) | tar -x -C "$exported"
  for tag in $(missing); do
    echo "$tag ${DESCRIPTION[$tag]}"
  done >"$exported/wanted"
  node "$LAB_DIR/store.mjs" add "$STORE" "$exported"
  rm -rf "$exported" "$DOWNLOADS"
}

build() {
  lock images
  touch -c "${DESCRIPTION[@]}"
  if [ -z "$(missing)" ]; then
    return
  fi
  say 'making images from Debian and Python packages; the next time they come from the cache'
  remove_builder
  trap remove_builder EXIT
  local preparing
  prepare &
  preparing=$!
  private_apt bookworm >/dev/null
  in_builder registry.sh start
  in_builder engine.sh start
  wait "$preparing" || die 'the preparation of the images failed'
  SOCKET=$LAB_RUN/builder/docker.sock
  build_missing
  save_missing
  # What no lab used for a month leaves the cache.
  find "$STORE" -maxdepth 1 -name '*.json' -mtime +30 -delete
  node "$LAB_DIR/store.mjs" prune "$STORE"
}

in_builder() {
  # What it has is in the cache as soon as it is worth keeping.
  LAB_NAME=builder LAB_SUITE=forky LAB_ARGS='' LAB_GPU='' LAB_DATA_SIZE='' XDG_STATE_HOME="$LAB_CACHE/builder" \
    "$LAB_DIR/$1" "$2"
}

remove_builder() {
  in_builder engine.sh destroy
  in_builder registry.sh stop
  rm -rf "$LAB_RUN/builder" "$LAB_CACHE/builder" "$LAB_CACHE/labs/builder"
}

# pull [FOLDER...]: what the engine lacks. An image made anew under the same tag is pulled again.
pull() {
  local wanted=" $* " tag digest present jobs=()
  present=$(client image ls --digests --format '{{.Repository}}:{{.Tag}} {{.Digest}}')
  for tag in "${TAGS[@]}"; do
    case ${FOLDER[$tag]} in base | python) continue ;; esac # nobody runs what others only stand on
    case $wanted in '  ' | *" ${FOLDER[$tag]} "*) ;; *) continue ;; esac
    digest=$(sed -n 's/.*"digest":"\([^"]*\)".*/\1/p' "${DESCRIPTION[$tag]}")
    if ! grep -qxF "$tag $digest" <<<"$present"; then
      client pull -q "$tag" &
      jobs+=($!)
    fi
  done
  wait_for_all "${jobs[@]}"
}

command=${1:-}
read_list
case $command in
  build) build ;;
  pull)
    shift
    pull "$@"
    ;;
  catalog) printf '%s\n' "${DESCRIPTION[@]}" ;;
  clean)
    lock images
    remove_builder
    ;;
  *) die 'usage: images.sh build|pull [FOLDER...]|catalog|clean' ;;
esac
