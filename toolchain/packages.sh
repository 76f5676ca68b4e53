# Sourced. The npm packages of package-lock.json, installed when it changed.
#   needs: say.sh lock.sh hash.sh cache.sh node.sh

# What is installed is known by the hash of the lock file it came from, kept inside node_modules so that it goes with it.
packages_stamp=$ROOT/node_modules/.ume-installed

packages_there() {
  packages_wanted=$($SHA256 <"$ROOT/package-lock.json")
  if [ "$(cat "$packages_stamp" 2>/dev/null)" = "$packages_wanted" ]; then return 0; fi
  # Somebody ran npm by hand after the lock file changed: just as good.
  [ "$ROOT/node_modules/.package-lock.json" -nt "$ROOT/package-lock.json" ] || return 1
  echo "$packages_wanted" >"$packages_stamp"
}

# No package's install script is run: the only two that have one fetch a Node and a mediasoup worker, and ume has its own
# ways to both.
npm_ci() {
  if packages_there; then return 0; fi
  cd "$ROOT"
  long 'installing packages' "$ROOT/.ume/log/packages.log" npm ci --ignore-scripts --no-audit --no-fund --progress=false ||
    die 'The packages could not be installed.' 'Is there a network? Run the same command again when there is.'
  # For who runs npm scripts by hand with another Node on PATH.
  mkdir -p node_modules/node/bin
  ln -sf "$NODE" node_modules/node/bin/node
  $SHA256 <package-lock.json >"$packages_stamp"
}

# Node and the packages: what every command needs.
ready() {
  use_node
  packages_there || locked "$ROOT/.ume/locks/packages" 'installing packages' npm_ci || exit 1
}
