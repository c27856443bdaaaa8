#!/bin/sh
# clang-format decides.
cd "$(dirname "$0")/../.." || exit 1
command -v clang-format >/dev/null || { echo "clang-format is not installed"; exit 1; }
git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror
