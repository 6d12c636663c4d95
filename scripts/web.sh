#!/usr/bin/env bash
# The web UI's tools, with its modules installed first: build, gen, check, test, e2e.
set -euo pipefail
cd "$(dirname "$0")/../web"
stamp=node_modules/.installed
if [ ! -f "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
  npm ci --no-audit --no-fund --loglevel=error
  touch "$stamp"
fi
exec npm run --silent "$@"
