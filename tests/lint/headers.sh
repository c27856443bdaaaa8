#!/bin/sh
# Each header compiles alone.
cd "$(dirname "$0")/../.." || exit 1
flags="-std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -I. -Ibuild/gen -Iruntime/include -Iruntime"
bad=0
for h in $(git ls-files '*.h' | grep -v '^tests/'); do
  printf '#include "%s"\n' "$h" |
    ${CC:-cc} $flags $(pkg-config --cflags libcjson libprotobuf-c) -fsyntax-only -xc - ||
    { echo "$h does not compile alone"; bad=1; }
done
exit $bad
