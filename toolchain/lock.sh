# Sourced. Lets one process at a time do a thing, and takes over the lock of one that died.

# When a process started, in whatever unit the system has: tells a process from a later one with the same id.
started() {
  if [ -r "/proc/$1/stat" ]; then
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
  else
    ps -o lstart= -p "$1" 2>/dev/null | tr ' ' '_'
  fi
}

# locked FOLDER WHAT COMMAND…: the lock is the folder; WHAT is told to whoever waits.
locked() (
  lock=$1 what=$2 waited=0 told=''
  shift 2
  mkdir -p "$(dirname "$lock")"
  until mkdir "$lock" 2>/dev/null; do
    holder='' since=''
    read -r holder since 2>/dev/null <"$lock/holder" || true
    if [ -n "$holder" ] && [ "$(started "$holder")" = "$since" ]; then
      [ -n "$told" ] || say "  waiting for process $holder: $what"
      told=yes
    elif [ -n "$holder" ] || [ "$waited" -ge 10 ]; then
      # Renaming is atomic: of several that see a dead holder, one removes it.
      mv "$lock" "$lock.dead.$$" 2>/dev/null && rm -rf "$lock.dead.$$"
      continue
    fi
    waited=$((waited + 1))
    sleep 1
  done
  trap 'rm -rf "$lock"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  printf '%s %s\n' "$$" "$(started $$)" >"$lock/holder"
  # Plainly, not in a condition: `set -e` would not hold inside.
  "$@"
)
