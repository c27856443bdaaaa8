# Sourced by the test scripts: where things are, and how to skip.
cd "$(dirname "$0")/../.." || exit 1
SNNCC=${SNNCC:-$PWD/build/snncc}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# need VARIABLE WHAT: ends the script as skipped where the variable names no folder.
need() {
  eval "folder=\${$1:-}"
  [ -n "$folder" ] && [ -d "$folder" ] || {
    echo "$1 is not set to $2"
    exit 77
  }
}

# json FILE NAME: the number behind "NAME" in a result; json_at FILE NAME K: element K of an array.
json() {
  sed -n "s/^[[:space:]]*\"$2\":[[:space:]]*\([-0-9.e+]*\),\{0,1\}$/\1/p" "$1" | head -1
}
json_at() {
  tr -d '\n\t ' <"$1" | sed -n "s/.*\"$2\":\[\([^]]*\)\].*/\1/p" | cut -d, -f"$3"
}

# publish MADE DOC [--write]: with --write DOC becomes MADE, without it they must be equal.
publish() {
  if [ "${3:-}" = --write ]; then
    cp "$1" "$2"
  else
    diff -u "$2" "$1" || {
      echo "$2 is not what $0 makes; $0 --write rewrites it"
      return 1
    }
  fi
}
