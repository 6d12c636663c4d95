#!/usr/bin/env bash
# Every test: formatting, the web's unit tests, Go on both engines, generated
# files, and the browser on the built program. It installs what it lacks,
# starts what it needs and ends that again.
set -euo pipefail
cd "$(dirname "$0")/.."
started=$(date +%s)
step() { printf '\n== %s (%d s)\n' "$1" $(($(date +%s) - started)); }

step "dependencies"
scripts/deps.sh
work=$(mktemp -d)
chmod 755 "$work"
trap 'scripts/pg.sh stop "$work/pg"; rm -rf "$work"' EXIT

step "PostgreSQL"
ZHIKE_TEST_PG=$(scripts/pg.sh start "$work/pg")
export ZHIKE_TEST_PG

step "build"
make --no-print-directory build

step "formatting and static checks"
scripts/lint.sh

step "generated files"
scripts/check-gen.sh

step "web unit tests"
scripts/web.sh test

step "Go tests on SQLite and PostgreSQL"
go test -timeout 20m ./...

step "browser journeys"
scripts/web.sh e2e

printf '\nall tests passed in %d s\n' $(($(date +%s) - started))
