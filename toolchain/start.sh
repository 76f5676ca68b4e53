# Sourced. ./ume start
. "$ROOT/toolchain/client.sh"
. "$ROOT/toolchain/worker.sh"
. "$ROOT/toolchain/background.sh"

start_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --port | --host | --data) [ $# -ge 2 ] || die "$1 needs a value." './ume start [--port N] [--host H] [--data DIR]' ;;
    esac
    case $1 in
      --port)
        case $2 in '' | *[!0-9]*) die "--port should be a number, not \"$2\"." ;; esac
        PORT=$2
        export PORT
        ;;
      --host)
        HOST=$2
        export HOST
        ;;
      --data) data "$2" ;;
      *) die "./ume start knows no \"$1\"." './ume start [--port N] [--host H] [--data DIR]' ;;
    esac
    shift 2
  done
}

# Video must never keep people from their workspace: the worker is fetched or built beside, and the server takes it up
# when it is there.
start_worker() {
  export MEDIASOUP_WORKER_BIN="$WORKER_BIN"
  if worker_there; then return; fi
  # Only our own place in the cache is ours to fill.
  if [ "$WORKER_BIN" != "$WORKER_HOME/mediasoup-worker" ]; then
    warn "There is no video worker that runs at $WORKER_BIN (MEDIASOUP_WORKER_BIN): rooms are without video for large groups."
    return
  fi
  if [ -n "$(find "$WORKER_HOME/state" -mmin -1440 2>/dev/null)" ]; then
    case $(worker_state) in
      failed:*)
        # Not again at every start; ./ume doctor --fix tries at once.
        warn "Rooms are without video for large groups: $(worker_state | sed 's/^failed: //')"
        return
        ;;
    esac
  fi
  background "$CACHE/log/worker.log" sh "$ROOT/toolchain/worker/obtain.sh"
  say "  Video for large groups is being fetched or built in the background; it comes by itself, without a restart."
  say "  ${dim}(how it goes: $CACHE/log/worker.log)${plain}"
}

# On the first start of a data folder a database engine may have to be fetched: while the client is built.
start_engine_early() {
  engine_job=''
  if [ -n "${MONGODB_URL:-}" ] || [ -f "$UME_DATA/engine.json" ]; then return; fi
  mkdir -p "$ROOT/.ume/log"
  "$NODE" "$ROOT/server/store/engine/prepare.ts" >"$ROOT/.ume/log/engine.log" 2>&1 </dev/null &
  engine_job=$!
}

start_engine_wait() {
  [ -n "$engine_job" ] || return 0
  engine_status=0
  if kill -0 "$engine_job" 2>/dev/null; then
    step 'getting a database engine'
    ticker 'getting a database engine' "$ROOT/.ume/log/engine.log" &
    engine_ticker=$!
    wait "$engine_job" || engine_status=$?
    kill "$engine_ticker" 2>/dev/null || true
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
  else
    wait "$engine_job" || engine_status=$?
  fi
  if [ "$engine_status" != 0 ]; then
    cat "$ROOT/.ume/log/engine.log" >&2
    exit 1
  fi
}

ume_start() {
  start_options "$@"
  ready
  start_engine_early
  build_client || die 'The client could not be built.'
  start_engine_wait
  start_worker
  cd "$ROOT"
  exec "$NODE" server/main.ts
}
