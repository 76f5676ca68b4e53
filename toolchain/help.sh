# Sourced. ./ume help

ume_help() {
  case ${1:-} in
    settings)
      ready
      exec "$NODE" "$ROOT/toolchain/settings.ts"
      ;;
    '') ;;
    *) die "There is no help about \"$1\"." 'Try ./ume help or ./ume help settings.' ;;
  esac
  cat <<'H'
ume: an organization's operating system as a live workspace

  ./ume start [--port N] [--host H] [--data DIR]
                          start the server; fetches and builds what is missing first
  ./ume test [part…]      check everything: format lint types unit store build e2e; or only these parts
  ./ume bench [name…] [--json]
                          measure, side by side with stock servers
  ./ume doctor            what is there, what is missing, and how to get it
  ./ume backup FILE       everything in the data folder, as one file
  ./ume restore FILE      … and back, into an empty data folder
  ./ume admin …           found an organization and look after the server: ./ume admin help
  ./ume help settings     every setting, its meaning and its default

Settings are environment variables: PORT=8080 ./ume start. The data is in .ume/data unless UME_DATA or --data says
otherwise; what is fetched and built once is in ~/.cache/ume (UME_CACHE).
docs/OPERATIONS.md tells how to run it for others.
H
}
