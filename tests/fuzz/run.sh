#!/bin/sh
# Fuzzes every target with libFuzzer, then with AFL++: tests/fuzz/run.sh [SECONDS [TARGET...]];
# SECONDS (60) are for each target and engine; with RUNS=n in the environment libFuzzer runs each
# target n times instead, and AFL++ does not run; with PROCESSES=p that many libFuzzers side by side,
# each n times, of random seeds 1 to p. Needs clang-14, libfuzzer-14-dev, afl++, python3.
# Seeds come from make_seeds.py, words from the op tables; inputs that reach something new are kept in
# build/fuzz/corpus/TARGET, of the second process in TARGET-2. A crash is written to crashes/TARGET,
# where `make test` runs it for ever. The last lines are the executions of each target.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ -z "${RUNS:-}" ] || seconds=0
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- onnx data ir ini snn img
B=build/fuzz
san="-g -O2 -fsanitize=address,undefined -fno-sanitize-recover=undefined"
small="-DARENA_CHUNK_BYTES=8192"
libs="$(pkg-config --libs libprotobuf-c libzip zlib libcjson) -lm"
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:abort_on_error=1:symbolize=0:quarantine_size_mb=8

# build FOLDER COMPILER FLAGS: the library and the targets in FOLDER.
build() {
  make -s -j"$(nproc)" B="$1" CC="$2" CFLAGS="$3 $small" "$1/libsnncc.a"
}
# Kernels take most of the time where their comparisons are traced, one or more for each neuron.
kernels="$(ls runtime/image/current_*.c runtime/image/scatter_*.c) runtime/image/plain.c runtime/image/run.c"
# link ENGINE COMPILER TARGET FILES...: with the main of the fuzzer. Comparisons are traced in the
# library alone.
link() {
  folder=$B/$1 compiler=$2 target=$3
  shift 3
  [ "$target" != img ] || set -- "$@" tests/fuzz/crc32c_fast.c $kernels
  $compiler $san -fsanitize=fuzzer -fno-sanitize-coverage=trace-cmp -std=c11 -D_GNU_SOURCE -DSNNCC_VERSION='""' -I. -I"$folder/gen" \
    -Iruntime/include -o "$folder/fuzz_$target" "tests/fuzz/fuzz_$target.c" "$@" "$folder/libsnncc.a" $libs
}
words() {
  {
    grep -hoE '"[A-Za-z_0-9-]+"' ir/*.def frontend/ini/keys.def frontend/onnx/*.c \
      frontend/snn/*.[cly]
    printf '"%s"\n' PK '\x93NUMPY' '\x1f\x8b\x08' "'descr': '<f4'" "'shape': (" "'fortran_order': True"
  } | sort -u
}

# fuzz_with TARGET LONGEST K: process K.
fuzz_with() {
  corpus=$1
  [ "$3" = 1 ] || corpus=$1-$3
  mkdir -p "$B/corpus/$corpus"
  "$B/libfuzzer/fuzz_$1" ${RUNS:+-runs="$RUNS"} ${PROCESSES:+-seed="$3"} -max_total_time="$seconds" \
    -max_len="$2" -timeout=5 -entropic=0 -rss_limit_mb=1024 -malloc_limit_mb=256 -dict=$B/words \
    -print_final_stats=1 -artifact_prefix="tests/fuzz/crashes/$1/" "$B/corpus/$corpus" "$B/seeds/$1" \
    "tests/fuzz/crashes/$1" >"$B/$corpus.log" 2>&1 || {
    tail -40 "$B/$corpus.log"
    return 1
  }
}
# fuzz_side_by_side TARGET LONGEST
fuzz_side_by_side() {
  processes= failed=
  for k in $(seq "${PROCESSES:-1}"); do
    fuzz_with "$1" "$2" "$k" &
    processes="$processes $!"
  done
  for p in $processes; do
    wait "$p" || failed=yes
  done
  [ -z "$failed" ]
}

case " $* " in *" img "*) make -s all ;; esac # which makes its seeds
build $B/libfuzzer clang-14 "$san -fsanitize=fuzzer-no-link"
words >$B/words
for t; do
  mkdir -p "tests/fuzz/crashes/$t"
  rm -f "$B/$t.log" "$B/$t"-*.log
  python3 tests/fuzz/make_seeds.py "$t" "$B/seeds/$t"
  more= longest=1024
  [ "$t" != data ] || longest=8192 # two records of CIFAR
  [ "$t" != img ] || longest=4096
  [ ! -f "tests/fuzz/mutate_$t.c" ] || more="tests/fuzz/mutate_$t.c"
  link libfuzzer clang-14 "$t" $more
  fuzz_side_by_side "$t" $longest
done

executions() {
  cat "$B/$1.log" "$B/$1"-*.log 2>/dev/null |
    awk '/^stat::number_of_executed_units:/ { n += $2 } END { print n }'
}
if [ -n "${RUNS:-}" ]; then
  for t; do
    printf '%s: libFuzzer %s executions\n' "$t" "$(executions "$t")"
  done
  exit
fi

export AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1
export AFL_QUIET=1 AFL_CC_COMPILER=LLVM
build $B/afl afl-clang-fast "$san"
for t; do
  link afl afl-clang-fast "$t"
  rm -rf "$B/afl/out-$t"
  afl-fuzz -V "$seconds" -t 5000 -m none -x $B/words -i "$B/seeds/$t" -o "$B/afl/out-$t" -- \
    "$B/afl/fuzz_$t" >"$B/afl/$t.log" 2>&1 || {
    tail -20 "$B/afl/$t.log"
    exit 1
  }
  found=$(find "$B/afl/out-$t" -path '*/crashes/id*' -o -path '*/hangs/id*')
  [ -z "$found" ] || {
    cp $found "tests/fuzz/crashes/$t/"
    echo "AFL++ found: $found"
    exit 1
  }
done
for t; do
  printf '%s: libFuzzer %s executions, AFL++ %s\n' "$t" \
    "$(executions "$t")" \
    "$(sed -n 's/^execs_done *: *//p' "$B/afl/out-$t/default/fuzzer_stats")"
done
