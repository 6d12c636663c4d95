#!/usr/bin/env bash
# Measures the built program beside the bare engines: bench.sh CUSTOMERS ORDERS.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/deps.sh
work=$(mktemp -d)
chmod 755 "$work"
trap 'scripts/pg.sh stop "$work/pg"; rm -rf "$work"' EXIT
url=$(PG_DURABLE=1 scripts/pg.sh start "$work/pg")
go run ./test/bench -customers "$1" -orders "$2" -program bin/zhike -postgres "$url" -dir "$work/bench"
