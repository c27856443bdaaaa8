#!/bin/sh
# What must not stand in the tree: locales (outputs would change), exits below main, allocation in
# the runtime, unfinished words, paths of somebody's machine.
cd "$(dirname "$0")/../.." || exit 1
bad=0
# forbid WHY PATTERN PATHS...
forbid() {
  why=$1 pattern=$2
  shift 2
  hits=$(git grep -nE "$pattern" -- "$@" ':!tests/lint')
  [ -z "$hits" ] || { echo "$why:"; echo "$hits"; bad=1; }
}
forbid "the locale is never set" '\bsetlocale *\(' '*.c' '*.h'
forbid "only snncc.c ends the program" '\b(exit|_exit|abort) *\(' 'ir/*.c' 'frontend/*.c' 'passes/*.c' 'backends/*.c'
forbid "the runtime has no heap and no stdio" '\b(malloc|calloc|realloc|free|printf|fopen)\b' runtime
forbid "unfinished" '\b(TODO|FIXME|XXX|HACK)\b' '*.c' '*.h' '*.sh' '*.py' Makefile '*.md'
forbid "a path of one machine" '(^|[^A-Za-z0-9_./$-])/(work|root|home/[a-z]+)/' .
forbid "dates and times make outputs differ" '__(DATE|TIME)__' '*.c' '*.h'
exit $bad
