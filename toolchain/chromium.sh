#!/bin/sh
# Gets a Chromium for the browser tests: the system's, or Playwright's own where the system has no package of it.
# Prints its path; nothing for Playwright's own.
set -eu
ROOT=$(cd "$(dirname "$0")/.." && pwd)
for piece in say lock cache apt node; do . "$ROOT/toolchain/$piece.sh"; done

chromium() {
  for name in "${CHROMIUM_PATH:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
    # Ubuntu's chromium-browser is a script that asks for a snap: what counts is whether it runs.
    if [ -x "$name" ] && "$name" --version >/dev/null 2>&1; then
      echo "$name"
      return
    fi
  done
  return 1
}

if chromium; then exit; fi
if [ "${1:-}" = find ]; then exit 1; fi
if grep -q '^ID=debian' /etc/os-release 2>/dev/null && may_install; then
  say 'installing Chromium'
  if apt_install chromium >&2 && chromium; then exit; fi
fi
use_node
say "fetching Playwright's Chromium"
bounded 600 "$NODE" "$ROOT/node_modules/playwright/cli.js" install chromium >&2 ||
  die 'There is no Chromium for the browser tests.' "$(apt_remedy chromium)"
