#!/usr/bin/env bash
# Formatting and static checks of both halves.
set -euo pipefail
cd "$(dirname "$0")/.."
unformatted=$(gofmt -l cmd internal migrations locales web test 2>/dev/null | grep -v node_modules || true)
if [ -n "$unformatted" ]; then
  echo "not formatted (gofmt -w):" >&2
  echo "$unformatted" >&2
  exit 1
fi
go vet ./...
scripts/web.sh check
