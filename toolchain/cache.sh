# Sourced. Where ume keeps what it fetched and built, for every checkout of this user.

CACHE=${UME_CACHE:-${XDG_CACHE_HOME:-${HOME:-$ROOT/.ume}/.cache}/ume}
case $CACHE in /*) ;; *) CACHE=$PWD/$CACHE ;; esac
export UME_CACHE="$CACHE"

# bounded SECONDS COMMAND…: where there is no timeout(1), the command has all the time it wants.
bounded() {
  if command -v timeout >/dev/null 2>&1; then
    timeout -k 5 "$@"
  else
    shift
    "$@"
  fi
}
