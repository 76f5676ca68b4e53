# Sourced. The client, built into build/ when its sources changed.
#   needs: say.sh lock.sh hash.sh node.sh

client_stamp=$ROOT/build/.ume-built

client_sources() { (cd "$ROOT" && fingerprint client shared package-lock.json svelte.config.js); }

client_built() { [ -f "$ROOT/build/handler.js" ] && [ "$(cat "$client_stamp" 2>/dev/null)" = "$(client_sources)" ]; }

vite_build() {
  if client_built; then return 0; fi
  cd "$ROOT"
  client_is=$(client_sources)
  long 'building the client' "$ROOT/.ume/log/client.log" "$NODE" node_modules/vite/bin/vite.js build client || return 1
  echo "$client_is" >"$client_stamp"
}

build_client() { client_built || locked "$ROOT/.ume/locks/client" 'building the client' vite_build; }
