#!/bin/sh
# Rooms stay small: files of at most 600 lines, functions of at most 80 (a flat switch may be long:
# mark it "long: flat switch" in the comment above it).
cd "$(dirname "$0")/../.." || exit 1
bad=0
for f in $(git ls-files '*.c' '*.h'); do
  n=$(wc -l <"$f")
  [ "$n" -le 600 ] || { echo "$f has $n lines"; bad=1; }
done
git ls-files '*.c' '*.h' | xargs awk '
  FNR == 1 { start = 0 }
  /long: flat switch/ { excused = FNR }
  /^[a-z].*\) \{$/ { start = FNR; name = $0 }
  /^\}/ && start {
    if (FNR - start > 80 && (!excused || start - excused > 6 || start < excused)) {
      print FILENAME ":" start ": function of " FNR - start " lines"; bad = 1
    }
    start = 0
  }
  END { exit bad }' || bad=1
exit $bad
