#!/bin/sh
# Every branch of the image's loader, interpreter and kernels is taken both ways by
# tests/unit/test_image.c and those of integer kernels: the kernels with vectors (SSE2), with loops
# for vector machines, and in their portable form, whose loops are for scalar machines and know
# nothing of the compiler. Prints those that are not.
. "$(dirname "$0")/../lib.sh"
for tool in clang llvm-profdata llvm-cov python3; do
  command -v $tool >/dev/null || {
    echo "$tool is not installed"
    exit 77
  }
done
${MAKE:-make} -s B="${B:-build}" "${B:-build}/libsnncc.a" || exit 1
tests="test_image test_kernels_int8 test_kernels_int16"
# measure FORM FLAG...: the profile of one form as JSON.
measure() {
  form=$tmp/$1
  shift
  mkdir "$form"
  for f in runtime/image/*.c; do
    clang -std=c11 -O1 -fprofile-instr-generate -fcoverage-mapping -Iruntime/include "$@" -c \
      -o "$form/$(basename "$f" .c).o" "$f" || exit 1
  done
  for test in $tests; do
    clang -std=c11 -D_GNU_SOURCE -DSNNCC_VERSION='""' -fprofile-instr-generate -I. -Iruntime/include \
      -pthread -o "$form/$test" "tests/unit/$test.c" "$form"/*.o "${B:-build}/libsnncc.a" \
      $(pkg-config --libs libprotobuf-c libzip zlib libcjson) -lcmocka -lm || exit 1
    LLVM_PROFILE_FILE=$form/$test.raw "$form/$test" >"$tmp/log" 2>&1 || {
      cat "$tmp/log"
      exit 1
    }
  done
  llvm-profdata merge -o "$form.profile" "$form"/*.raw || exit 1
  for test in $tests; do
    llvm-cov export -instr-profile="$form.profile" "$form/$test" >"$form-$test.json" || exit 1
  done
}
measure vectors
measure plain -DSNN_PLAIN
measure portable -U__SSE2__ -U__ARM_NEON -U__GNUC__
python3 tests/coverage/branches.py "$tmp"/*.json
