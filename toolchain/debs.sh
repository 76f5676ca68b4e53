# Sourced. Fetches single Debian or Ubuntu packages into a folder, without root and without touching the system's
# package lists. The mirror is the one this machine's apt already uses.

# The system's name as its mirrors know it: debian or ubuntu.
distribution() { sed -n 's/^ID=//p' /etc/os-release 2>/dev/null | tr -d '"'; }

# The address of this machine's own mirror.
mirror() {
  {
    cat /etc/apt/sources.list.d/*.sources 2>/dev/null | sed -n 's/^URIs: *\([^ ]*\).*/\1/p'
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
      sed -n 's/^deb  *\(\[[^]]*\]  *\)*\([^ ]*\) .*/\2/p'
  } | sed 's#/*$##' | grep "/$(distribution)\(-ports\)*\$" | head -n 1
}

# apt-get with lists, status and cache of its own: $state, $architecture.
apt_apart() {
  apt-get -q -o APT::Architecture="$architecture" -o APT::Architectures::="$architecture" \
    -o APT::Sandbox::User="$(id -un)" -o Dir::Etc::sourcelist="$state/mirror.sources" \
    -o Dir::Etc::sourceparts=/dev/null -o Dir::State="$state" -o Dir::State::status="$state/status" \
    -o Dir::Cache="$state/cache" -o Acquire::Retries=2 -o Acquire::http::Timeout=30 "$@"
}

# debs SUITE ARCHITECTURE FOLDER PACKAGE…: leaves the packages unpacked in FOLDER.
debs() (
  set -eu
  suite=$1 architecture=$2 folder=$3
  shift 3
  url=$(mirror)
  if [ -z "$url" ]; then
    echo "this machine's apt names no mirror of Debian or Ubuntu" >&2
    exit 1
  fi
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  state=$folder/.apt
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/get"
  : >"$state/status"
  components=main
  [ "$(distribution)" != ubuntu ] || components='main universe'
  cat >"$state/mirror.sources" <<S
Types: deb
URIs: $url
Suites: $suite
Components: $components
Architectures: $architecture
Signed-By: /usr/share/keyrings/$(distribution)-archive-keyring.gpg
S
  apt_apart update
  cd "$state/get"
  apt_apart download "$@"
  for package in ./*.deb; do dpkg-deb -x "$package" "$folder"; done
  rm -rf "$state"
)
