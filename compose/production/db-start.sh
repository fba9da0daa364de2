#!/bin/sh
# Gives the database TLS, then becomes the image's own start with its arguments unchanged.
# Why TLS on a private network: the server's connection pool asks for it and does not start without.
# The key is made anew at each start and lives in memory only: it encrypts, it proves no identity.
set -eu

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
