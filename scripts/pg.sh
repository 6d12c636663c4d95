#!/usr/bin/env bash
# A PostgreSQL for tests and measurements: `pg.sh start DIR` prints its URL,
# `pg.sh stop DIR` ends it. It listens on loopback at a free port and trusts
# whoever is on this machine; nothing in it is meant to last. PG_DURABLE=1
# keeps fsync on, for measurements.
set -euo pipefail
verb=${1:?start or stop}
dir=${2:?folder}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$bin/initdb" ] || { echo "PostgreSQL's server programs are missing (Debian: postgresql)" >&2; exit 1; }

# PostgreSQL refuses to run as root.
as_pg() { if [ "$(id -u)" = 0 ]; then su postgres -s /bin/bash -c "$*"; else bash -c "$*"; fi; }

case $verb in
start)
  mkdir -p "$dir"
  [ "$(id -u)" = 0 ] && chown postgres "$dir"
  as_pg "cd '$dir' && '$bin/initdb' -D '$dir/data' -U zhike --auth=trust -E UTF8 --locale=C.UTF-8" >"$dir/initdb.log" 2>&1 \
    || { cat "$dir/initdb.log" >&2; exit 1; }
  fast="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
  [ "${PG_DURABLE:-}" = 1 ] && fast="-c max_wal_size=8GB -c maintenance_work_mem=256MB"
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 20000))
    if as_pg "cd '$dir' && '$bin/pg_ctl' -w -D '$dir/data' -l '$dir/server.log' -o '-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=\"\" -c max_connections=300 -c shared_buffers=512MB $fast' start" >"$dir/start.log" 2>&1; then
      echo "postgres://zhike@127.0.0.1:$port/postgres?sslmode=disable"
      exit 0
    fi
  done
  cat "$dir/start.log" "$dir/server.log" >&2
  exit 1
  ;;
stop)
  as_pg "cd '$dir' && '$bin/pg_ctl' -D '$dir/data' -m immediate stop" >/dev/null 2>&1 || true
  ;;
*)
  echo "usage: pg.sh start|stop DIR" >&2
  exit 2
  ;;
esac
