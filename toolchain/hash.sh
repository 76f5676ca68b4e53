# Sourced. Fingerprints of files, to see what changed since it was built.

if command -v sha256sum >/dev/null 2>&1; then SHA256='sha256sum'; else SHA256='shasum -a 256'; fi

# fingerprint PATH…: of the names and contents of all files in these files and folders. Relative paths, so that another
# checkout of the same files has the same.
fingerprint() {
  # shellcheck disable=SC2086 # the command is two or three words
  find "$@" \( -name .svelte-kit -o -name node_modules -o -name '*.test.ts' \) -prune -o -type f -exec $SHA256 {} + 2>/dev/null |
    LC_ALL=C sort | $SHA256 | cut -c 1-16
}
