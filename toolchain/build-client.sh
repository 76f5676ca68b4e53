#!/bin/sh
# Builds the client when its sources changed, and only then.
set -eu
ROOT=$(cd "$(dirname "$0")/.." && pwd)
for piece in say lock hash cache node client; do . "$ROOT/toolchain/$piece.sh"; done
use_node
build_client
