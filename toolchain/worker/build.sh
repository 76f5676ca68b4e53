#!/bin/sh
# Builds mediasoup-worker from the sources in the mediasoup npm package with the system's libraries, in place of the
# sources that upstream's build downloads. Fitted to the version in package.json: look again when it changes.
#
#   build.sh PACKAGE OUTPUT     e.g. build.sh node_modules/mediasoup ~/.cache/worker
#
# Needs the packages that `build.sh packages` prints, and some 0.5 GB of memory a compiler (JOBS, default: all cores).
set -eu
if [ "${1:-}" = packages ]; then
  echo 'g++ meson ninja-build pkg-config flatbuffers-compiler libflatbuffers-dev libuv1-dev libssl-dev libsrtp2-dev'
  exit
fi
here=$(cd "$(dirname "$0")" && pwd)
package=$(cd "$1" && pwd)
output=$2
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN)}
build=$(mktemp -d "${TMPDIR:-/tmp}/mediasoup-worker.XXXXXX")
trap 'rm -rf "$build"' EXIT
trap 'exit 130' INT TERM HUP

# A private copy: meson writes beside its sources.
sources=$build/worker
mkdir "$sources"
(cd "$package/worker" && tar cf - --exclude=./out --exclude=./prebuild .) | tar xf - -C "$sources"

# Debian 12 has meson 1.0, and nothing in the file needs more on Linux.
sed -i "s/meson_version: '>= 1\.1\.0'/meson_version: '>= 1.0.0'/" "$sources/meson.build"

dtls=$sources/src/RTC/DtlsTransport.cpp
sed -i -f "$here/dtls.sed" "$dtls"
if ! { grep -q 'argi == BIO_CTRL_GET_KTLS_SEND' "$dtls" && grep -q 'int argi,' "$dtls"; }; then
  echo 'build.sh: dtls.sed does not fit this version of mediasoup' >&2
  exit 1
fi

# meson takes the folder that a wrap file names, when it is there, and downloads nothing.
for stand_in in "$here"/subprojects/*; do
  folder=$(sed -n 's/^directory *= *//p' "$sources/subprojects/$(basename "$stand_in").wrap" | head -n 1)
  cp -R "$stand_in" "$sources/subprojects/$folder"
done

compile() {
  rm -rf "$build/out"
  cd "$sources"
  meson setup --wrap-mode=nodownload --buildtype release -Db_ndebug=true "$build/out" &&
    meson compile -C "$build/out" flatbuffers-generator &&
    ninja -C "$build/out" -j "$jobs" mediasoup-worker
}
cp "$sources/meson.build" "$build/meson.build"
cp "$sources/deps/libwebrtc/meson.build" "$build/libwebrtc.meson.build"
python3 "$here/unity.py" "$sources"
if ! compile; then
  echo 'build.sh: the grouped build failed; compiling the files one by one' >&2
  cp "$build/meson.build" "$sources/meson.build"
  cp "$build/libwebrtc.meson.build" "$sources/deps/libwebrtc/meson.build"
  compile
fi

strip "$build/out/mediasoup-worker"
mkdir -p "$(dirname "$output")"
cp "$build/out/mediasoup-worker" "$output.new"
chmod 755 "$output.new"
mv "$output.new" "$output"
