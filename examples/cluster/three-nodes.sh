#!/bin/sh
# Three nodes of one cell on this machine, until Ctrl-C. A node that ends is started again.
# docs/guides/cluster.md explains it.
set -eu
export ORSAY_CELL_DATABASE="${ORSAY_CELL_DATABASE:-postgres://orsay:orsay@127.0.0.1:5432/orsay}"
export ORSAY_BASE_URL="${ORSAY_BASE_URL:-http://localhost:8080}"
folder="${1:-cluster}"
command="${ORSAY:-npx orsay serve}"
nodes=''

# The node $1 on the port $2.
keep() {
  trap 'kill "$node" 2>/dev/null; wait "$node"; exit 0' TERM
  while :; do
    ORSAY_CELL_NODE="$1" PORT="$2" ORSAY_DATA_DIR="$folder/$1" $command &
    node=$!
    wait "$node" || true
    sleep 1
  done
}

number=0
for port in ${PORTS:-8081 8082 8083}; do
  number=$((number + 1))
  keep "node$number" "$port" &
  nodes="$nodes $!"
done
# shellcheck disable=SC2086 # A list of process ids.
trap 'kill $nodes; wait; exit 0' INT TERM
wait
