#!/bin/sh
# refused.sh CASE...: models of make_onnx.py that snncc has to refuse, each with a message, exit code
# 1, in under a second of processor time and 256 MiB, and without an output file.
for case in "$@"; do
  echo "== $case"
  python3 "$REPO/tests/golden/make_onnx.py" "$case" >in.onnx || exit 99
  (
    # AddressSanitizer reserves terabytes of address space.
    [ -n "${SNNCC_SANITIZED:-}" ] || ulimit -v 262144
    [ -n "${SNNCC_SANITIZED:-}" ] || ulimit -t 1
    exec "$SNNCC" in.onnx -o net.c
  )
  status=$?
  [ $status = 1 ] || echo "exit code $status instead of 1"
  for f in net.*; do
    [ ! -e "$f" ] || echo "left behind: $f"
  done
done
exit 1
