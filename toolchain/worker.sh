# Sourced. The mediasoup worker: where it is kept and whether it is there. worker/obtain.sh gets it.
#   needs: hash.sh cache.sh

worker_version=$(sed -n 's/^ *"mediasoup": "\([0-9.]*\)".*/\1/p' "$ROOT/package.json")
WORKER_HOME=$CACHE/mediasoup-worker/$worker_version-$(cd "$ROOT/toolchain/worker" && fingerprint build.sh dtls.sed unity.py subprojects)
WORKER_BIN=${MEDIASOUP_WORKER_BIN:-$WORKER_HOME/mediasoup-worker}

# Started without the version variable the parent would set, a worker that runs exits with 41.
worker_runs() {
  worker_status=0
  env -i "$1" >/dev/null 2>&1 || worker_status=$?
  [ "$worker_status" = 41 ]
}

worker_there() { [ -x "$WORKER_BIN" ] && worker_runs "$WORKER_BIN"; }

worker_tools() {
  for tool in c++ meson ninja pkg-config flatc python3 strip; do command -v $tool >/dev/null 2>&1 || return 1; done
  pkg-config --exists libuv libssl libcrypto libsrtp2 flatbuffers
}

# The last word of the script that gets the worker, e.g. "building the video worker (two to five minutes)".
worker_state() { cat "$WORKER_HOME/state" 2>/dev/null || true; }
