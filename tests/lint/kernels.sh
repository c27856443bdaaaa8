#!/bin/sh
# A kernel's header carries no function that the kernel does not call: generated C would hold dead
# code, and clang says so. Each kernel alone, as one file, in C99 and without vectors, whose headers
# belong to the compiler.
cd "$(dirname "$0")/../.." || exit 1
cc=clang
command -v $cc >/dev/null || cc=${CC:-cc}
bad=0
rows=$(sed -n 's/^PLAN_KERNEL([A-Z_]*, \([a-z_0-9]*\), "\([a-z_0-9.]*\)".*/\1 \2/p' ir/exec/kernels.def)
[ "$(echo "$rows" | wc -l)" -eq "$(grep -c '^PLAN_KERNEL(' ir/exec/kernels.def)" ] || {
  echo "ir/exec/kernels.def has rows that this script cannot read"
  exit 1
}
while read -r function header; do
  printf '#include "runtime/kernels/%s"\nvoid *use(void);\nvoid *use(void) {\n  return (void *)%s;\n}\n' \
    "$header" "$function" | $cc -std=c99 -I. -Iruntime/include -DSNN_PLAIN -E -P -xc - |
    $cc -std=c99 -Wall -Wextra -Wconversion -Werror -fsyntax-only -xc - || {
    echo "runtime/kernels/$header: see above"
    bad=1
  }
done <<EOF
$rows
EOF
exit $bad
