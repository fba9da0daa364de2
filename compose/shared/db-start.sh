#!/bin/sh
# Finds the data, gives the database TLS, then becomes the image's own start with its arguments unchanged.
#
# The image takes whatever has a PG_VERSION for a complete database, and initdb writes that file first: an
# initialisation that was cut short would never be finished. So a note beside the data says that it is under way,
# db-done.sh removes it as the last step, and a start that finds it begins again: nobody was let in before that, so
# nothing of value can be there. Data without the note is never touched.
# Why TLS on a private network: the server's connection pool asks for it and does not start without.
# The key is made anew at each start and lives in memory only: it encrypts, it proves no identity.
set -eu

volume=/var/lib/postgresql/data
note=$volume/initialising
# initdb wants an empty folder: the note cannot lie in it.
PGDATA=$volume/pgdata
if [ -e "$note" ]; then
  echo 'letta-stack: the initialisation of the database was cut short and begins again' >&2
  rm -rf "$PGDATA"
elif [ ! -e "$PGDATA" ]; then
  if [ "$(ls -A "$volume" | grep -vx lost+found)" ]; then
    # The data lies in the volume itself, as the image puts it.
    PGDATA=$volume
  else
    chown postgres:postgres "$volume"
    : >"$note"
    chown postgres:postgres "$note"
    sync "$note" "$volume"
  fi
fi
export PGDATA

tls=/run/letta-stack
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=db \
  -keyout "$tls/key.pem" -out "$tls/cert.pem" 2>/dev/null ||
  { echo "letta-stack: openssl could not make a certificate in $tls" >&2; exit 78; }
chown -R postgres:postgres "$tls"
chmod 600 "$tls/key.pem"

# Every worker may fill its pool; 20 more for backups, a psql and the superuser's reserved ones.
connections=$((LETTA_UVICORN_WORKERS * (LETTA_PG_POOL_SIZE + LETTA_PG_MAX_OVERFLOW) + 20))

exec docker-entrypoint.sh "$@" \
  -c ssl=on -c "ssl_cert_file=$tls/cert.pem" -c "ssl_key_file=$tls/key.pem" \
  -c "max_connections=$connections"
