#!/bin/sh
# Every fenced block of docs/ARCHITECTURE.md that begins with "```LANGUAGE walkthrough FILE" is an
# excerpt, whole lines in order, of FILE as tests/golden/walkthrough/make.sh makes it; and every path
# in backquotes is one of this tree.
. "$(dirname "$0")/../lib.sh"
doc=docs/ARCHITECTURE.md bad=0
REPO=$PWD SNNCC=$SNNCC sh -c 'export REPO SNNCC; sh tests/golden/walkthrough/make.sh "$0"' "$tmp/made" || exit 1
awk -v to="$tmp/block" '
  /^```/ && on { on = 0; close(name); next }
  /^```[a-z]+ walkthrough / { on = 1; name = to "." ++n; print $3 >name; next }
  on { print >name }' "$doc"
n=0
while n=$((n + 1)) && [ -f "$tmp/block.$n" ]; do
  file=$(head -1 "$tmp/block.$n")
  { echo; sed 1d "$tmp/block.$n"; } >"$tmp/part"
  { echo; cat "$tmp/made/$file"; } >"$tmp/whole"
  awk -v RS='\001' 'NR == FNR { part = $0; next } { exit !index($0, part) }' "$tmp/part" "$tmp/whole" || {
    echo "$doc: block $n is not in $file as it is made:"
    cat "$tmp/part"
    bad=1
  }
done
[ $n -gt 10 ] || { echo "$doc: only $((n - 1)) blocks"; bad=1; }
for path in $(grep -o '`[A-Za-z0-9_/.-]*/[A-Za-z0-9_/.-]\+`' "$doc" | tr -d '`' | grep -v NAME | sort -u); do
  [ -e "$path" ] || { echo "$doc: there is no $path"; bad=1; }
done
exit $bad
