#!/bin/sh
# Every command on five models with every fault (driver.c, shim.c):
#   tests/faults/run.sh COMPILER SHIM DRIVER [N SEED]
# N: only N faults for each command and model, by chance. With a sanitizer build
# (SNNCC_SANITIZED is set) leaks count as well.
set -u
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
full() {
  echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
}
snncc=$(full "$1") shim=$(full "$2") driver=$(full "$3")
chance=${4:+-n $4 -s ${5:-1}}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
in=$tmp/in
mkdir "$in" "$tmp/out"
cd "$tmp/out" || exit 1
# What a refusal and what a sanitizer finds must not look alike.
export ASAN_OPTIONS=verify_asan_link_order=0:allocator_may_return_null=1:exitcode=99
# libzip drops an entry that it could not open for lack of memory; ours are seen in other tests.
echo "leak:zip_fopen_index_encrypted" >"$tmp/known"
export ASAN_OPTIONS=$ASAN_OPTIONS:fast_unwind_on_malloc=0 LSAN_OPTIONS=suppressions=$tmp/known:print_suppressions=0
export UBSAN_OPTIONS=exitcode=99
digits=$repo/models/digits-calib
for m in small residual walkthrough.onnx walkthrough.npy; do
  python3 "$repo/tests/golden/make_onnx.py" $m >"$in/${m%.onnx}" || exit 1
done
PYTHONPATH=$repo/tests/fuzz python3 - "$in" <<'END' || exit 1
import struct, sys, zipfile
import make_seeds
folder = sys.argv[1]
labels = make_seeds.npy("<i8", "(4,)", bytes(32))
small = make_seeds.npy("<f4", "(4, 4, 4)", struct.pack("<64f", *[i / 64 for i in range(64)]))
with open(folder + "/walkthrough.npy", "rb") as f:
    for name, data in ("small", small), ("walkthrough", f.read()):
        with open(folder + "/" + name + ".npz", "wb") as z:
            z.write(make_seeds.npz(zipfile.ZIP_DEFLATED, x=data, y=labels))
END
"$snncc" -q "$in/small" -o "$in/small.ir" || exit 1
"$snncc" -q "$in/walkthrough" -o "$in/walkthrough.img" || exit 1
cp "$in/walkthrough" "$in/walkthrough.onnx" # as --config calls it
"$snncc" -q "$in/walkthrough" --normalize weights -o "$in/walkthrough.snn" || exit 1
(cd "$in" && mkdir none && python3 "$repo/tests/golden/config/make.py") || exit 1
printf '[paths]\ndataset_path = .\nfilename_ann = walkthrough\n[simulation]\nduration = 4\n' >"$in/config.ini"
"$snncc" eval -q "$in/small" --data "$in/small.npz" --steps 4 --json "$in/result.json" \
  --record "$in/record.npz" >/dev/null || exit 1
# Its picture is the beginning of its script; zeros, when it reads the input of the command.
printf '#!/bin/sh\nexec head -c 4000\n' >"$in/gnuplot"
chmod +x "$in/gnuplot"
path=$in:$PATH
jobs=2
[ -z "${SNNCC_SANITIZED:-}" ] || jobs=1 # AddressSanitizer itself ends where a thread gets no memory
trials=0 wrong=0
# check NAME OPTIONS-OF-DRIVER COMMAND...
check() {
  name=$1 how=$2
  shift 2
  PATH=$path "$driver" $chance $how "$shim" "$@" >"$tmp/said" </dev/zero
  line=$(tail -1 "$tmp/said")
  set -- $line
  case $line in
  *" faults, "*" not met, "*" wrong") trials=$((trials + $1)) wrong=$((wrong + $6)) ;;
  *) wrong=$((wrong + 1)) ;;
  esac
  case $line in
  *" 0 wrong") ;;
  *)
    echo "FAILED $name"
    cat "$tmp/said"
    ;;
  esac
}
# all_commands MODEL SAMPLES [LABELS]
all_commands() {
  m=$(basename "$1")
  check "$m to .c" "" "$snncc" -q "$1" -o net.c --calib "$2" --calib-limit 8 --jobs $jobs
  check "$m to .c without samples" "" "$snncc" -q "$1" -o net.c
  check "$m to .ir" "" "$snncc" "$1" -o net.ir
  check "$m to .snn" "" "$snncc" -q "$1" -o net.snn
  check "$m to .img" "" "$snncc" -q "$1" -o net.img --calib "$2" --calib-limit 8 --jobs $jobs
  check "$m to .dot" "" "$snncc" "$1" -o net.dot
  check "$m --dump-ir" "" "$snncc" -q "$1" -o net.c --dump-ir lower-spiking
  check "eval $m" -c "$snncc" eval "$1" --calib "$2" --calib-limit 8 --data "$2" ${3:+--labels "$3"} \
    --limit 4 --steps 4 --jobs $jobs --json result.json --explain --record record.npz
  check "inspect $m" "" "$snncc" inspect "$1" --calib "$2" --calib-limit 8 --jobs $jobs
}
all_commands "$in/walkthrough" "$in/walkthrough.npz"
all_commands "$repo/models/lenet5.onnx" "$digits-images-idx3-ubyte.gz" "$digits-labels-idx1-ubyte.gz"
all_commands "$in/small" "$in/small.npz"
all_commands "$in/small.ir" "$in/small.npz"
all_commands "$in/residual" "$in/small.npz"
python3 "$repo/tests/diff/make_events.py" "$digits-images-idx3-ubyte.gz" 4 "$in" || exit 1
check "eval of recordings" -c "$snncc" eval "$repo/models/lenet5.onnx" --data "$in/events.txt" \
  --encode events --steps 4 --jobs $jobs --json result.json

m=$in/walkthrough.snn
check ".snn to .c" "" "$snncc" -q "$m" -o net.c
check ".snn to .ir" "" "$snncc" "$m" -o net.ir
check ".snn to .snn" "" "$snncc" "$m" -o net.snn
check ".snn that names files to .c" "" "$snncc" -q "$repo/models/lenet5.snn" -o net.c \
  --calib-limit 2 --jobs $jobs
check ".snn with include to .ir" "" "$snncc" -q "$repo/models/diehl-cook-100.snn" -o net.ir
check "run a CNN" -c "$snncc" run "$m" -q --data "$in/walkthrough.npz" --steps 4 --json result.json
for m in "$repo/tests/golden/run/net.ir" "$repo/models/inhibition.snn"; do
  check "run $(basename "$m")" -c "$snncc" run "$m" --steps 20 --json result.json
  for record in npz csv; do
    check "run $(basename "$m") --record .$record" "" "$snncc" run "$m" --steps 20 \
      --record record.$record --membranes all
  done
done
cp "$repo/tests/golden/run-record/net.snn" "$in/blocks.snn"
check "run with a record block" "" "$snncc" run "$in/blocks.snn" # its files lie beside it, unseen here
check "C for a board" "" "$snncc" -q "$in/walkthrough" -o net.c --calib "$in/walkthrough.npz" \
  --target cortex-m4 --main --jobs $jobs
for kind in cmake arduino; do
  check "package for $kind" -f "$snncc" -q "$in/walkthrough" --calib "$in/walkthrough.npz" --package $kind \
    --jobs $jobs -o net
done
check "package again" -a "$snncc" -q "$in/walkthrough.img" --package zephyr -o net
check "eval of integers" -c "$snncc" eval -q "$in/walkthrough" --calib "$in/walkthrough.npz" \
  --data "$in/walkthrough.npz" --quantize int16 --jobs $jobs --json result.json
check "image to .c" "" "$snncc" -q "$in/walkthrough.img" -o net.c
check "inspect an image" "" "$snncc" inspect "$in/walkthrough.img"
check "eval --config" -c "$snncc" eval -q --config "$in/config.ini" --jobs $jobs --json result.json
check "--config to .c" "" "$snncc" -q --config "$in/config.ini" --jobs $jobs -o net.c
check "plot a result and a record" "" "$snncc" plot "$in/result.json" "$in/record.npz" -o . --name a
path=$in/none
check "plot without gnuplot" "" "$snncc" plot -q "$in/result.json" "$in/record.npz" -o . --name a
path=$PATH
check "--list-ops" "" "$snncc" --list-ops
check "eval --help" "" "$snncc" eval --help
echo "faults: $trials faults, $wrong wrong"
[ $wrong = 0 ]
