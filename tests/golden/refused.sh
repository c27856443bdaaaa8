#!/bin/sh
# refused.sh CASE...: models of make_onnx.py that snncc has to refuse, each with a message, exit code
# 1, in under a second of processor time and 256 MiB, with the default stack and with one of 1 MiB,
# and without an output file.
# refuse STACK-KIB OUTPUT
refuse() {
  (
    if [ -z "${SNNCC_SANITIZED:-}" ]; then # AddressSanitizer reserves terabytes of address space
      ulimit -v 262144
      ulimit -t 1
      [ "$1" = 0 ] || ulimit -s "$1"
    fi
    exec "$SNNCC" in.onnx -o net.c >"$2" 2>&1
  )
  status=$?
  [ $status = 1 ] || echo "exit code $status instead of 1" >>"$2"
}
for case in "$@"; do
  echo "== $case"
  python3 "$REPO/tests/golden/make_onnx.py" "$case" >in.onnx || exit 99
  refuse 0 said
  refuse 1024 said-again
  cat said
  cmp said said-again || cat said-again
  rm said said-again
  for f in net.*; do
    [ ! -e "$f" ] || echo "left behind: $f"
  done
done
exit 1
