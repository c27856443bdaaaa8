#!/bin/sh
# Fuzzes the reader of textual IR: tests/fuzz/run.sh [SECONDS], default 60. Needs clang and
# libfuzzer-14-dev. Seeds are the examples of docs/IR.md and the inputs in crashes/; words come from
# the op tables. A crash is written to tests/fuzz/crashes/.
set -eu
cd "$(dirname "$0")/../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p tests/fuzz/crashes "$tmp/corpus"
sources=$(ls ir/base/*.c ir/*.c | grep -vE '^ir/(options|samples|write)\.c$')
clang -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -D_GNU_SOURCE -I. \
  -o "$tmp/fuzz_ir" tests/fuzz/fuzz_ir.c $sources -lz -lm
awk -v dir="$tmp/corpus" '/^```ir$/ { n++; on = 1; next } /^```/ { on = 0 }
  on { print >(dir "/" n) }' docs/IR.md
grep -hoE '"[a-z_0-9]+"' ir/ops.def ir/attrs.def ir/words.def | sort -u >"$tmp/words"
"$tmp/fuzz_ir" -max_total_time="${1:-60}" -max_len=6000 -rss_limit_mb=1500 -dict="$tmp/words" \
  -print_final_stats=1 -artifact_prefix=tests/fuzz/crashes/ "$tmp/corpus" tests/fuzz/crashes
