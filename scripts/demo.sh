#!/usr/bin/env bash
# The sample company, from nothing to a running server: made, imported the way
# users import, graded, furnished with what files do not have, reported. A second
# run finds everything there and only serves.
set -euo pipefail
cd "$(dirname "$0")/.."
export ZHIKE_DATA=${ZHIKE_DATA:-./data}
zhike=bin/zhike
sample=$ZHIKE_DATA/sample
# The sample has faulty rows, as real files do: 7 says that the rest is there.
refused() { [ $? -eq 7 ]; }
mkdir -p "$ZHIKE_DATA"

if [ ! -f "$sample/done" ]; then
  "$zhike" demo generate "$sample"
  "$zhike" import customers "$sample/customers.xlsx" --source member || refused
  "$zhike" import orders "$sample/orders-pos.csv" --source member || refused
  "$zhike" import orders "$sample/orders-tmall.csv" --source tmall || refused
  "$zhike" import orders "$sample/orders-enterprise.xlsx" --source enterprise || refused
  "$zhike" import behaviours "$sample/behaviour.csv" --source member || refused
  # The whole base as of two months before, so that the report has moves to tell.
  "$zhike" tier run --scheme value-rules --as-of "$(date -d '-60 days' +%F)"
  "$zhike" tier run --scheme value-score
  "$zhike" tier run --scheme rfm
  "$zhike" tier run --scheme value-rules
  "$zhike" model similar
  "$zhike" tier run --scheme need-rules
  "$zhike" tier run --scheme loyalty-rules
  # What the next orders and forecasts on the pages go by.
  "$zhike" model refit
  # Stages as they would have been, day by day, so that flow and history have something to tell.
  "$zhike" lifecycle run --from "$(date -d '-90 days' +%F)"
  furnished=$("$zhike" demo furnish "$sample")
  touch "$sample/done"
fi
"$zhike" report tiering --format text
# Last, because it may hold the administrator's first password.
[ -z "${furnished:-}" ] || echo "$furnished"
exec "$zhike" serve "$@"
