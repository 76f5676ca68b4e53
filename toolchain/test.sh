# Sourced. ./ume test
. "$ROOT/toolchain/worker.sh"

ume_test() {
  ready
  export MEDIASOUP_WORKER_BIN="$WORKER_BIN"
  # Tests bring their own data and settings; a person's own are not for them.
  unset UME_DATA MONGODB_URL UME_ENGINE PORT HOST UME_URL
  cd "$ROOT"
  exec "$NODE" toolchain/test/main.ts "$@"
}
