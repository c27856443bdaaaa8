#!/bin/sh
# Who may include whom (docs/ARCHITECTURE.md, section "Rooms"): ir knows nobody but the runtime's
# kernels, frontend, passes and backends know ir, the runtime knows nobody.
cd "$(dirname "$0")/../.." || exit 1
bad=0
# allow FOLDER PATTERN: every quoted include of FOLDER's files must match PATTERN.
allow() {
  hits=$(git ls-files "$1" | grep '\.[ch]$' | xargs -r grep -nE '^#include "' |
    grep -vE "#include \"($2)")
  if [ -n "$hits" ]; then
    echo "$1 may only include $2:"
    echo "$hits"
    bad=1
  fi
}
allow ir/base 'ir/base/'
allow ir/exec 'ir/|runtime/|snn/|kernels/'
for f in $(git ls-files ir | grep '^ir/[^/]*\.[ch]$'); do
  allow "$f" 'ir/'
done
allow frontend/onnx 'ir/|frontend/onnx/|frontend/frontend.h|onnx.pb-c.h'
allow frontend/data 'ir/|frontend/data/'
allow frontend/image 'ir/|frontend/image/|runtime/image/|snn/'
allow frontend/ini 'ir/|frontend/ini/'
allow frontend/snn 'ir/|frontend/snn/|frontend/onnx/onnx.h|frontend/data/data.h|snn.tab.h|snn.lex.h'
allow passes 'ir/|passes/'
for d in c text; do
  allow backends/$d "ir/|backends/$d/|backends/emit.h|backends/npz.h|snn/abi.h"
done
allow backends/report 'ir/|backends/report/'
allow backends/host 'ir/|backends/npz.h|backends/host/|backends/report/|backends/backend.h|frontend/data/data.h'
allow backends/image 'ir/|backends/image/|runtime/image/|snn/'
allow runtime 'snn/|(\.\./kernels/)?[a-z_0-9]+\.(h|def|inc)"'
# A module's insides stay in its folder, but for its own unit tests.
hits=$(git ls-files | grep '\.[ch]$' | grep -v '^tests/unit/' | xargs grep -nE '#include ".*_internal\.h"' |
  awk -F: '{ d = $1; sub(/\/[^\/]*$/, "", d); split($3, q, "\""); i = q[2]; sub(/\/[^\/]*$/, "", i)
             if (d != i) print }')
[ -z "$hits" ] || { echo "an _internal.h is included from another folder:"; echo "$hits"; bad=1; }
exit $bad
