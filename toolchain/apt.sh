# Sourced. Installs Debian and Ubuntu packages where this user may.
#   needs: say.sh lock.sh, CACHE

# Prints the words to put before a command that needs root; fails where this user can't have it without a password.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    :
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    echo 'sudo -n'
  else
    return 1
  fi
}

may_install() { command -v apt-get >/dev/null 2>&1 && as_root >/dev/null; }

# The command a person would type for these packages.
apt_remedy() {
  if command -v apt-get >/dev/null 2>&1; then
    echo "sudo apt-get install --no-install-recommends $*"
  else
    echo "install with your system's package manager what Debian calls: $*"
  fi
}

apt_now() {
  root=$(as_root)
  # shellcheck disable=SC2086 # zero or two words
  {
    set -- $root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 \
      install --no-install-recommends "$@"
    "$@" || { $root apt-get -q update && "$@"; }
  }
}

# apt_install PACKAGE…
apt_install() {
  may_install || return 1
  locked "$CACHE/locks/apt" 'installing system packages' apt_now "$@"
}
