# Sourced. ./ume doctor [--fix] [--json]: what is there, what is missing and how to get it. Needs nothing itself: it also
# runs where not even Node is there.
. "$ROOT/toolchain/client.sh"
. "$ROOT/toolchain/worker.sh"

# found NAME DETAIL, missing NAME DETAIL REMEDY, lacking NAME DETAIL REMEDY (ume runs without it, but not as well).
finding() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:-}" >>"$findings"; }
found() { finding ok "$@"; }
lacking() { finding warning "$@"; }
missing() { finding missing "$@"; }

check_node() {
  system_node=$(command -v node || true)
  system_version=''
  [ -z "$system_node" ] || system_version=$("$system_node" --version 2>/dev/null || true)
  platform=$(node_platform || echo none)
  kept=$CACHE/$platform-$node_version/bin/node
  case $system_version in
    v2[4-9].* | v[3-9][0-9].*) found node "$system_version at $system_node" ;;
    *)
      if [ -x "$kept" ]; then
        found node "v$node_version at $kept"
      elif command -v npm >/dev/null 2>&1; then
        lacking node "${system_version:-none}; v$node_version is fetched at the first start" './ume start'
      else
        missing node "${system_version:-none}, and no npm to fetch v$node_version with" "$(apt_remedy nodejs npm)"
      fi
      ;;
  esac
}

check_packages() {
  if packages_there; then
    found packages 'as package-lock.json has them'
  else
    lacking packages 'not installed, or of another package-lock.json' './ume start installs them'
  fi
}

check_client() {
  if client_built; then
    found client 'built from these sources'
  else
    lacking client 'not built, or of other sources' './ume start builds it'
  fi
}

check_worker() {
  if worker_there; then
    found 'video worker' "$WORKER_BIN"
    return
  fi
  # shellcheck disable=SC2046 # several words
  if [ -d "$WORKER_HOME/lock" ]; then
    lacking 'video worker' "on its way: $(worker_state)" "wait; its log is $CACHE/log/worker.log"
  elif worker_tools || may_install; then
    lacking 'video worker' "not there; calls of six and more need it" './ume doctor --fix'
  else
    lacking 'video worker' "not there; calls of six and more need it. $(worker_state)" \
      "$(apt_remedy $(sh "$ROOT/toolchain/worker/build.sh" packages)), then ./ume doctor --fix"
  fi
}

check_engine() {
  if [ -n "${MONGODB_URL:-}" ]; then
    found 'database engine' 'the server that MONGODB_URL names'
  elif [ -f "$UME_DATA/engine.json" ]; then
    kind=$(sed -n 's/.*"kind": *"\([a-z]*\)".*/\1/p' "$UME_DATA/engine.json")
    case $kind in
      mongod)
        if command -v mongod >/dev/null; then found 'database engine' "$(command -v mongod)"; else
          missing 'database engine' 'this data was made by a mongod that is not on PATH now' 'install it again'
        fi
        ;;
      download) found 'database engine' "MongoDB's own build, in $CACHE/mongod" ;;
      embedded) found 'database engine' 'embedded' ;;
      *) missing 'database engine' "$UME_DATA/engine.json can't be read" 'put it back from a backup' ;;
    esac
  elif command -v mongod >/dev/null 2>&1; then
    found 'database engine' "$(command -v mongod) (would be chosen at the first start)"
  elif [ -n "$(find "$CACHE" -maxdepth 2 -path '*embedded-mongodb*' -name complete 2>/dev/null)" ]; then
    found 'database engine' 'embedded, fetched (MongoDB itself is tried first)'
  else
    lacking 'database engine' 'none yet; fetched at the first start' './ume start, or set MONGODB_URL'
  fi
}

check_data() {
  near=$UME_DATA
  while [ ! -d "$near" ]; do near=$(dirname "$near"); done
  if [ ! -w "$near" ]; then
    missing 'data folder' "$UME_DATA can't be written" 'choose another with --data or UME_DATA'
    return
  fi
  free=$(df -Pk "$near" | awk 'NR == 2 { print int($4 / 1024) }')
  if [ "$free" -lt 1024 ]; then
    lacking 'data folder' "$UME_DATA; only $free MB free" 'make room: the database stops when the disk is full'
  else
    found 'data folder' "$UME_DATA; $((free / 1024)) GB free"
  fi
  owner=$(sed -n 's/.*"owner":{"pid":\([0-9]*\),"started":"\([^"]*\)".*/\1 \2/p' "$UME_DATA/engine.lock" 2>/dev/null || true)
  if [ -n "$owner" ] && [ "$(started "${owner% *}")" = "${owner#* }" ]; then
    found server "running, process ${owner% *}"
    running=yes
  fi
}

check_port() {
  port=${PORT:-3000}
  [ -z "$running" ] || return 0
  [ -n "$(command -v node || true)" ] || return 0
  if node -e "require('net').createServer().on('error', () => process.exit(1)).listen($port, '${HOST:-127.0.0.1}', () => process.exit(0))" 2>/dev/null; then
    found port "$port is free"
  else
    lacking port "$port is taken" './ume start --port N'
  fi
}

check_chromium() {
  if browser=$(sh "$ROOT/toolchain/chromium.sh" find 2>/dev/null); then
    found chromium "$browser"
  else
    lacking chromium 'not there; only ./ume test needs it, and installs it where it may' "$(apt_remedy chromium)"
  fi
}

doctor_text() {
  while IFS='	' read -r state name detail remedy; do
    case $state in ok) mark="${green}✓${plain}" ;; warning) mark='○' ;; *) mark="${red}✗${plain}" ;; esac
    printf '%s %-16s %s\n' "$mark" "$name" "$detail"
    [ -z "$remedy" ] || printf '  %-16s %s\n' '' "→ $remedy"
  done <"$findings"
}

doctor_json() {
  sed 's/\\/\\\\/g; s/"/\\"/g' "$findings" | awk -F '\t' '
    BEGIN { printf "{\"checks\":[" }
    { printf "%s{\"state\":\"%s\",\"name\":\"%s\",\"detail\":\"%s\",\"remedy\":\"%s\"}", (NR > 1 ? "," : ""), $1, $2, $3, $4
      if ($1 == "missing") bad = 1 }
    END { printf "],\"ok\":%s}\n", (bad ? "false" : "true") }'
}

ume_doctor() {
  json='' fix='' running=''
  while [ $# -gt 0 ]; do
    case $1 in
      --json) json=yes ;;
      --fix) fix=yes ;;
      --data)
        [ $# -ge 2 ] || die '--data needs a value.'
        data "$2"
        shift
        ;;
      *) die "./ume doctor knows no \"$1\"." './ume doctor [--fix] [--json] [--data DIR]' ;;
    esac
    shift
  done
  if [ -n "$fix" ]; then
    ready
    build_client || true
    worker_there || long 'getting the video worker' "$CACHE/log/worker.log" sh "$ROOT/toolchain/worker/obtain.sh" || true
  fi
  findings=$(mktemp)
  for check in node packages client worker engine data port chromium; do "check_$check"; done
  doctor_text
  [ -z "$json" ] || doctor_json
  status=0
  if grep -q '^missing' "$findings"; then status=1; fi
  rm -f "$findings"
  return "$status"
}
