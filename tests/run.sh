#!/bin/sh
# Runs groups of tests, each a function below, and sums up: tests/run.sh GROUP...
# Every group prints what failed and adds to the counts; a check that cannot run is counted as
# skipped, with its reason. The last line is "N passed, N failed" (", N skipped").
set -u
cd "$(dirname "$0")/.." || exit 1
B=${B:-build}
MAKE=${MAKE:-make}
passed=0 failed=0 skipped=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
ok() {
  passed=$((passed + ${1:-1}))
}
fail() {
  failed=$((failed + ${2:-1}))
  echo "FAILED $1"
}
skip() {
  skipped=$((skipped + 1))
  echo "skipped $1"
}
# verdict NAME COMMAND...: one check that passes when the command does; its output is shown if not.
verdict() {
  name=$1
  shift
  if "$@" >"$tmp/out" 2>&1; then ok; else
    cat "$tmp/out"
    fail "$name"
  fi
}

# Unit tests of folder $1: one binary per module, cmocka counts the cases.
run_units() {
  for t in "$1"/unit/test_*; do
    case $t in *.d | *'*') continue ;; esac
    CMOCKA_MESSAGE_OUTPUT=STDOUT timeout 300 "$t" >"$tmp/out" 2>&1
    rc=$?
    # cmocka names a case that is skipped or failed again at the end; one that crashed it does not.
    n_ok=$(grep -c '^\[       OK \]' "$tmp/out")
    n_skip=$(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test(s).*/\1/p' "$tmp/out")
    n_skip=${n_skip:-0}
    n_bad=$(($(grep -c '^\[ RUN      \]' "$tmp/out") - n_ok - n_skip))
    ok "$n_ok"
    skipped=$((skipped + n_skip))
    if [ $rc -ne 0 ]; then
      cat "$tmp/out"
      [ "$n_bad" -gt 0 ] || n_bad=1
      fail "$t (exit $rc)" "$n_bad"
    fi
  done
}
group_unit() {
  verdict "unit tests build" $MAKE -s -j"$(nproc)" unit
  run_units "$B"
}
group_golden() {
  tests/golden/run.sh >"$tmp/golden"
  grep -v '^golden:' "$tmp/golden"
  set -- $(sed -n 's/^golden: \([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$tmp/golden")
  ok "${1:-0}"
  failed=$((failed + ${2:-1}))
}
# The same unit and golden tests with AddressSanitizer and UndefinedBehaviorSanitizer.
san="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
group_asan() {
  verdict "sanitizer build" $MAKE -s -j"$(nproc)" B=build/asan CFLAGS="$san" all unit
  [ -x build/asan/snncc ] || return
  run_units build/asan
  verdict "golden cases under sanitizers" env SNNCC_SANITIZED=1 SNNCC=build/asan/snncc tests/golden/run.sh
}
# The seeds of every fuzz target, and what fuzzing ever found, under the same sanitizers.
group_replay() {
  verdict "fuzz targets build" $MAKE -s -j"$(nproc)" B=build/asan CFLAGS="$san" replay
  for t in onnx data ir ini snn img; do
    verdict "seeds of fuzz target $t" python3 tests/fuzz/make_seeds.py "$t" "$tmp/seeds/$t"
    ASAN_OPTIONS=allocator_may_return_null=1 verdict "fuzz target $t" build/asan/fuzz/replay_$t \
      "$tmp/seeds/$t" $(ls -d tests/fuzz/crashes/$t 2>/dev/null)
  done
}
# What goes wrong: failing calls, damaged models. $1: how many faults for each command, $2: under
# sanitizers, $3: how many damages for each model; "" is all. The seed is fixed.
run_faults() {
  F=$B/faults
  verdict "tools of tests/faults build" $MAKE -s -j"$(nproc)" B="$B" faulty
  verdict "sanitizer build" $MAKE -s -j"$(nproc)" B=build/asan CFLAGS="$san" all build/asan/faults/damage \
    build/asan/faults/image_damage
  verdict "every call that fails" tests/faults/run.sh "$B/snncc" $F/shim.so $F/driver $1
  tail -1 "$tmp/out"
  verdict "every call that fails, leaks" env SNNCC_SANITIZED=1 \
    tests/faults/run.sh build/asan/snncc $F/shim.so $F/driver $2
  tail -1 "$tmp/out"
  for m in walkthrough.onnx small residual comment-name; do
    python3 tests/golden/make_onnx.py $m >"$tmp/$m"
  done
  set -- ${3:+-n $3}
  null=ASAN_OPTIONS=allocator_may_return_null=1
  verdict "prefixes of models" env $null build/asan/faults/damage "$@" prefixes "$tmp/walkthrough.onnx" \
    "$tmp/small" "$tmp/residual" "$tmp/comment-name" models/lenet5.onnx
  grep ' prefixes,' "$tmp/out" | sed 's|.*/||'
  verdict "changed bytes of a model" env $null build/asan/faults/damage "$@" bytes "$tmp/small"
  grep ' changed bytes,' "$tmp/out" | sed 's|.*/||'
  verdict "damaged images" tests/faults/image.sh build/asan/faults/image_damage 20000
  tail -1 "$tmp/out"
}
group_faults() {
  run_faults 3 2 200 >"$tmp/faults"
  grep -vE '^faults: |(prefixes|changed bytes), ' "$tmp/faults"
}
group_faults_all() {
  run_faults "" 40 ""
}
group_diff() {
  verdict "200 random networks over every route" tests/diff/random.sh 200
  verdict "same bits over every route, models/lenet5.onnx" \
    tests/diff/run.sh models/lenet5.onnx models/digits-images-idx3-ubyte.gz 100
  verdict "same bits over every route, signed spikes" tests/diff/run.sh models/lenet5.onnx \
    models/digits-images-idx3-ubyte.gz 100 --neuron if_signed --normalize mse --steps 8 --early-exit auto
  verdict "recordings for tests/diff" python3 tests/diff/make_events.py \
    models/digits-images-idx3-ubyte.gz 50 "$tmp/recordings"
  verdict "same bits over every route, int8" tests/diff/run.sh models/lenet5.onnx \
    models/digits-images-idx3-ubyte.gz 100 --quantize int8 --early-exit auto
  verdict "same bits over every route, int8 and int16" tests/diff/run.sh models/lenet5.onnx \
    models/digits-images-idx3-ubyte.gz 50 --quantize int8 --int16 conv1,dense2 --steps 8
  verdict "same bits over every route, int16, input with a mean" tests/diff/run.sh models/lenet5.onnx \
    models/digits-images-idx3-ubyte.gz 50 --quantize int16 --neuron if --readout count --steps 8 \
    --input-scale 1/255 --input-mean 1/8 --input-std 3/4
  verdict "same bits over every route, int8, events" tests/diff/run.sh models/lenet5.onnx \
    "$tmp/recordings/events.txt" 20 --quantize int8 --encode events --steps 8
  verdict "same bits over every route, poisson input and softmax" tests/diff/run.sh models/lenet5.onnx \
    models/digits-images-idx3-ubyte.gz 50 --encode poisson --seed 3 --readout softmax --steps 8
  verdict "same bits over every route, events" tests/diff/run.sh models/lenet5.onnx \
    "$tmp/recordings/events.txt" 50 --encode events --steps 8
  verdict "same bits over every route, spikes counted" tests/diff/run.sh models/lenet5.onnx \
    models/digits-images-idx3-ubyte.gz 50 --neuron if --readout count --steps 8
  verdict "same bits over every route, latency" tests/diff/run.sh models/lenet5.onnx \
    models/digits-images-idx3-ubyte.gz 50 --encode latency --steps 8 --early-exit 20
  verdict "same bits over every route, thresholds that follow rates, leak, rest" tests/diff/run.sh \
    models/lenet5.onnx models/digits-images-idx3-ubyte.gz 20 --neuron if_online --maxpool average \
    --v-init 0 --pool-threshold source --leak 1/16 --refractory 1 --steps 16
  verdict "same bits over every route, max-pool of the winner, reset by modulo" tests/diff/run.sh models/lenet5.onnx \
    models/digits-images-idx3-ubyte.gz 20 --neuron if --maxpool winner --reset modulo --steps 16
  verdict "same bits over every route, binary code" tests/diff/run.sh models/lenet5.onnx \
    models/digits-images-idx3-ubyte.gz 50 --code pattern --steps 6
  verdict "same bits over every route, one spike per neuron" tests/diff/run.sh models/lenet5.onnx \
    models/digits-images-idx3-ubyte.gz 50 --code ttfs --steps 12 --normalize mse
  verdict "same bits over every route, thresholds that rise by what is to come" tests/diff/run.sh \
    models/lenet5.onnx models/digits-images-idx3-ubyte.gz 20 --code ttfs_dyn --steps 32
  verdict "same bits over every route, a bias of each neuron and a relu at the end" \
    tests/diff/run.sh tests/diff/borders.ir models/digits-images-idx3-ubyte.gz 100
}
# 3 random networks on each board, and LeNet-5; a board whose tools are missing is skipped.
# counted NAME COMMAND...: a script whose last line is "NAME: N passed, N failed, N skipped".
counted() {
  name=$1
  shift
  "$@" >"$tmp/$name" 2>&1
  grep -v "^$name:" "$tmp/$name"
  set -- $(sed -n "s/^$name: \([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p" "$tmp/$name")
  ok "${1:-0}"
  failed=$((failed + ${2:-1}))
  skipped=$((skipped + ${3:-0}))
}
group_firmware() {
  counted firmware tests/firmware/run.sh 3
}
# Folders of --package.
group_package() {
  counted package tests/package/run.sh
}
# Scripts of a folder; exit code 77 means skipped, the last line says why.
run_scripts() {
  for t in "$1"/*.sh; do
    [ -f "$t" ] || continue
    timeout 900 sh "$t" >"$tmp/out" 2>&1
    case $? in
    0) ok ;;
    77) skip "$t: $(tail -1 "$tmp/out")" ;;
    *)
      cat "$tmp/out"
      fail "$t"
      ;;
    esac
  done
}
group_lint() {
  run_scripts tests/lint
}
group_models() {
  run_scripts tests/models
}
group_onnx() {
  run_scripts tests/conformance
}
# Every branch of the image's loader and kernels.
group_coverage() {
  run_scripts tests/coverage
}
# The other compiler builds everything without a warning.
group_build() {
  if command -v clang >/dev/null; then
    verdict "clang builds without warnings" $MAKE -s -j"$(nproc)" B=build/clang CC=clang all unit
  else
    skip "clang build: clang is not installed"
  fi
}

for g in "$@"; do
  start=$(date +%s)
  "group_$g"
  echo "$g: $(($(date +%s) - start)) s"
done
line="$passed passed, $failed failed"
[ $skipped = 0 ] || line="$line, $skipped skipped"
echo "$line"
[ $failed = 0 ]
