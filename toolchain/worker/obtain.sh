#!/bin/sh
# Gets the mediasoup worker into ume's cache: upstream's prebuilt download, or else a build on this machine. Takes
# minutes when it has to build; run it in the background where people wait for something else.
#
#   obtain.sh     prints what it is doing; the folder's `state` file holds the last word
set -eu
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
for piece in say lock hash cache apt node worker; do . "$ROOT/toolchain/$piece.sh"; done
use_node

state() {
  printf '%s\n' "$*" >"$WORKER_HOME/state"
  say "$*"
}

# Upstream's own script fetches the binary, and would then build with tools it downloads: a Python that only fails
# keeps it at the fetching. At most 90 seconds.
download() {
  state 'fetching the prebuilt video worker'
  (
    cd "$ROOT/node_modules/mediasoup"
    rm -rf worker/out
    unset MEDIASOUP_WORKER_BIN
    bounded 90 env PYTHON=/bin/false "$NODE" npm-scripts.mjs postinstall
  ) || return 1
  fetched=$ROOT/node_modules/mediasoup/worker/out/Release/mediasoup-worker
  [ -x "$fetched" ] && worker_runs "$fetched" || return 1
  cp "$fetched" "$WORKER_BIN.new" && mv "$WORKER_BIN.new" "$WORKER_BIN"
}

compile() {
  # shellcheck disable=SC2046 # several words
  set -- $(sh "$ROOT/toolchain/worker/build.sh" packages)
  if ! worker_tools; then
    state 'installing the tools to build the video worker'
    if ! apt_install "$@"; then
      state "failed: no prebuilt worker could be fetched, and the tools to build one are missing. $(apt_remedy "$@")"
      return 1
    fi
  fi
  state 'building the video worker (two to five minutes)'
  if ! nice -n 15 sh "$ROOT/toolchain/worker/build.sh" "$ROOT/node_modules/mediasoup" "$WORKER_BIN.built"; then
    state 'failed: the build of the video worker broke off'
    return 1
  fi
  if ! worker_runs "$WORKER_BIN.built"; then
    state 'failed: the built video worker does not run'
    return 1
  fi
  mv "$WORKER_BIN.built" "$WORKER_BIN"
}

obtain() {
  if worker_there; then return; fi
  { [ "${UME_WORKER_DOWNLOAD:-1}" != 0 ] && download; } || compile
  state 'ready'
}

mkdir -p "$WORKER_HOME"
locked "$WORKER_HOME/lock" 'getting the video worker' obtain
