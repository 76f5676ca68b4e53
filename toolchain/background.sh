# Sourced. Work that goes on beside, and after, what people wait for.

# background LOGFILE COMMAND…: in a session of its own, so that Ctrl-C on the server does not end it.
background() {
  background_log=$1
  shift
  mkdir -p "$(dirname "$background_log")"
  if command -v setsid >/dev/null 2>&1; then set -- setsid "$@"; fi
  nohup nice -n 15 "$@" >"$background_log" 2>&1 </dev/null &
}
