#!/bin/sh
# Prints the path of a MongoDB server that can form a replica set: the machine's own, one that ume downloaded for
# itself, or one fetched for tests.
set -eu
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/toolchain/cache.sh"

if command -v mongod; then exit; fi
for downloaded in "$CACHE"/mongod/*/mongod*; do
  if [ -x "$downloaded" ] && [ -f "$(dirname "$downloaded")/complete.json" ]; then
    echo "$downloaded"
    exit
  fi
done
exec sh "$ROOT/toolchain/mongod-for-tests.sh" "$CACHE/mongod-for-tests"
