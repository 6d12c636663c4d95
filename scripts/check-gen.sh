#!/usr/bin/env bash
# The committed API description and client must be what the program prints.
set -euo pipefail
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cp api/openapi.json "$tmp/openapi.json"
cp web/src/api/schema.gen.ts "$tmp/schema.gen.ts"
make --no-print-directory gen >/dev/null
status=0
diff -u "$tmp/openapi.json" api/openapi.json >&2 || status=1
diff -u "$tmp/schema.gen.ts" web/src/api/schema.gen.ts >&2 || status=1
if [ $status != 0 ]; then
  echo "generated files were stale; they are written anew: commit them" >&2
fi
exit $status
