# Sourced. What ume tells people while it works: on standard error, so that standard output stays an answer.

if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$(printf '\033[1m') dim=$(printf '\033[2m') red=$(printf '\033[31m') green=$(printf '\033[32m') plain=$(printf '\033[0m')
else
  bold='' dim='' red='' green='' plain=''
fi

say() { printf '%s\n' "$*" >&2; }
step() { printf '%s\n' "${bold}▸${plain} $*" >&2; }
warn() { printf '%s\n' "${red}!${plain} $*" >&2; }

# die MESSAGE [REMEDY]: what is wrong, and what would be right.
die() {
  warn "$1"
  [ $# -lt 2 ] || say "  $2"
  exit 1
}

# Shows that a long step lives: on a terminal a line that counts seconds, elsewhere a line now and then.
ticker() {
  ticks=0
  while sleep 1; do
    ticks=$((ticks + 1))
    kill -0 $$ 2>/dev/null || exit 0
    if [ -t 2 ]; then
      last=$(tail -n 1 "$2" 2>/dev/null | tr -d '\r\033' | cut -c 1-60)
      printf '\r\033[K  %s' "${dim}$1 … ${ticks} s  $last${plain}" >&2
    elif [ $((ticks % 15)) = 0 ]; then
      say "  $1 … ${ticks} s"
    fi
  done
}

# long LABEL LOGFILE COMMAND…: runs a long step with its output in a file, and shows its end when it fails.
long() {
  long_label=$1 long_log=$2
  shift 2
  mkdir -p "$(dirname "$long_log")"
  step "$long_label"
  : >"$long_log"
  long_begin=$(date +%s)
  ticker "$long_label" "$long_log" &
  long_ticker=$!
  long_status=0
  "$@" >"$long_log" 2>&1 </dev/null || long_status=$?
  kill "$long_ticker" 2>/dev/null || true
  wait "$long_ticker" 2>/dev/null || true
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
  if [ "$long_status" != 0 ]; then
    say "${dim}$(tail -n 15 "$long_log")${plain}"
    warn "$long_label: failed. All of its output: $long_log"
    return "$long_status"
  fi
  long_took=$(($(date +%s) - long_begin))
  if [ "$long_took" -ge 3 ]; then say "  ${dim}done in $long_took s${plain}"; fi
}
