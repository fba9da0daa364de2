#!/bin/sh
# Hands the secrets to the server without any of them standing in `docker inspect`, makes a start on kept volumes
# quick, then becomes the image's own start.
set -eu

. /letta-stack/take-secrets.sh
for name in LETTA_PG_URI LETTA_SERVER_PASSWORD LETTA_ENCRYPTION_KEY; do
  eval "[ -n \"\${$name:-}\" ]" || fail "$name is not among the secrets"
done
if [ -s /run/secrets/google-credentials ]; then
  export GOOGLE_APPLICATION_CREDENTIALS=/run/secrets/google-credentials
fi

umask 077
export PYTHONUNBUFFERED=1
# sitecustomize.py takes the secrets out of everything that Python prints.
export PYTHONPATH="/letta-stack/python${PYTHONPATH:+:$PYTHONPATH}"

# The image carries no byte code: each new container would compile 79 MB of it. It is kept on a volume in a folder
# that carries the image's id, put into this container by letta-stack when it made it: code of another image, equal
# sizes and times or not, is never looked at. Without an id nothing is kept.
cache=/var/cache/letta-stack
if [ -s /etc/letta-stack/image-id ]; then
  image=$(cat /etc/letta-stack/image-id)
  folder=$cache/${image#sha256:}
  for other in "$cache"/*; do
    [ "$other" = "$folder" ] || rm -rf "$other"
  done
  mkdir -p "$folder"
  # Files are whole unless the machine went down while they were written. Then Python would fail on them for ever.
  boot=$(cat /proc/sys/kernel/random/boot_id)
  if [ "$(cat "$folder/boot" 2>/dev/null)" != "$boot" ]; then
    python3 -I -S /letta-stack/check-bytecode.py "$folder" || rm -rf "${folder:?}"/*
    echo "$boot" >"$folder/boot"
  fi
  export PYTHONPYCACHEPREFIX="$folder"
fi

# The image's start always runs `alembic upgrade head`, which imports the whole server to find nothing to do. Ours
# stands before it in PATH and runs the real one unless the database is at this image's newest migration.
alembic=$(command -v alembic) || fail 'the image has no alembic'
mkdir -p /run/letta-stack/bin
printf '#!/bin/sh\nexec sh /letta-stack/alembic.sh %s "$@"\n' "$alembic" >/run/letta-stack/bin/alembic
chmod 700 /run/letta-stack/bin/alembic
export PATH="/run/letta-stack/bin:$PATH"

exec docker-entrypoint.sh "$@"
