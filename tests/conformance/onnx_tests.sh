#!/bin/sh
# ONNX's own tests (Debian's libonnx-testdata): everything that tests/conformance/expected.txt says
# passes must pass, and none of the models may crash or go on and on. --accept rewrites the list.
. "$(dirname "$0")/../lib.sh"
data=${ONNX_TESTDATA:-/usr/share/libonnx-testdata/data}
expected=tests/conformance/expected.txt
[ -d "$data/node" ] || {
  echo "$data has no tests; the Debian package libonnx-testdata brings them"
  exit 77
}
${MAKE:-make} -s build/conformance/onnx_tests || exit 1
if [ "${1:-}" = --accept ]; then
  build/conformance/onnx_tests "$data" "$expected" --list >"$tmp/list" && cp "$tmp/list" "$expected"
else
  build/conformance/onnx_tests "$data" "$expected"
fi
