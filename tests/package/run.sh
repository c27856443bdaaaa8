#!/bin/sh
# Folders of --package: tests/package/run.sh
# Each manifest is checked against its published layout; the CMake package is built by cmake in all ways,
# the others are compiled by their targets' compilers and run on boards under emulation. What stands in
# for the frameworks lies beside this script; Arduino's own builder is run where it is. Each must answer
# as snncc eval does.
set -u
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
SNNCC=${SNNCC:-$repo/build/snncc}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
. "$repo/tests/firmware/boards.sh"
cd "$tmp" || exit 1
passed=0 failed=0 skipped=0
STRICT="-O2 -Wall -Wextra -Wshadow -Werror"
C="$STRICT -std=c99 -Wstrict-prototypes -Wconversion"
lenet=$repo/models/lenet5.onnx digits=$repo/models/digits-images-idx3-ubyte.gz
small=$repo/models/walkthrough.onnx small_data=$repo/models/walkthrough.npy
few="--calib-limit 50"

# verdict NAME COMMAND...: passes when the command does; what it says is shown if not.
verdict() {
  name=$1
  shift
  if "$@" >log 2>&1; then
    passed=$((passed + 1))
  else
    echo "FAILED $name"
    cat log
    failed=$((failed + 1))
  fi
}
skip() {
  echo "skipped $1"
  skipped=$((skipped + 1))
}
# with TOOL NAME COMMAND...: a verdict, or skipped.
with() {
  tool=$1
  shift
  if command -v "$tool" >/dev/null; then verdict "$@"; else skip "$1: $tool is not installed"; fi
}
# on BOARD NAME COMMAND...
on() {
  lacks=$(board_missing "$1")
  shift
  if [ -z "$lacks" ]; then verdict "$@"; else skip "$1: $lacks is not installed"; fi
}

# write MODEL DATA KIND FOLDER [OPTION...]: the package, checked.
write() {
  model=$1 data=$2 kind=$3 folder=$4
  shift 4
  "$SNNCC" -q "$model" --calib "$data" $few --package "$kind" -o "$folder" "$@" || return
  python3 "$here/check.py" "$kind" "$folder"
}
# agrees CLASS MODEL DATA [OPTION...]: eval calls the first sample of DATA so.
agrees() {
  class=$1 model=$2 data=$3
  shift 3
  case $class in '' | *[!0-9]*)
    echo "no class: '$class'"
    return 1
    ;;
  esac
  case $data in
  "$digits") n=500 ;;
  "$small_data") n=4 ;;
  *) n=5 ;; # recordings
  esac
  python3 -c 'import sys
sys.path.insert(0, sys.argv[1])
import make_seeds
sys.stdout.buffer.write(make_seeds.npy("|u1", "(%s,)" % sys.argv[2], bytes([int(sys.argv[3])]) * int(sys.argv[2])))' \
    "$repo/tests/fuzz" $n "$class" >label.npy || return
  "$SNNCC" eval -q "$model" --calib "$data" $few --data "$data" --limit 1 --labels label.npy "$@" --json eval.json \
    >/dev/null || return
  python3 -c 'import json, sys
sys.exit(json.load(open("eval.json"))["snn_correct"][-1] != 1 and "eval does not say " + sys.argv[1])' "$class"
}

# ---- cmake ----

in_itself() {
  write "$lenet" "$digits" cmake lenet && cmake -S lenet -B b1 -DCMAKE_C_FLAGS="$C" && cmake --build b1 &&
    agrees "$(b1/examples/classify/lenet_classify)" "$lenet" "$digits"
}
installed() {
  cmake --install b1 --prefix "$tmp/root" && cp -R lenet/examples/classify alone &&
    cmake -S alone -B b2 -DCMAKE_PREFIX_PATH="$tmp/root" && cmake --build b2 &&
    agrees "$(b2/lenet_classify)" "$lenet" "$digits" &&
    cmp root/include/lenet.h lenet/include/lenet.h
}
# An older minor version is asked for, so that what is installed must be refused.
wrong_version() {
  mkdir version && printf '%s\n' 'cmake_minimum_required(VERSION 3.15)' 'project(v LANGUAGES C)' \
    'find_package(lenet 0.0.9 REQUIRED)' >version/CMakeLists.txt
  ! cmake -S version -B b3 -DCMAKE_PREFIX_PATH="$tmp/root" >version.log 2>&1 && grep -q 'version: 0.1' version.log
}
# In a project that is C++ besides, under a name that is a target of cmake's own.
added() {
  write "$lenet" "$digits" cmake test --quantize int8 || return
  mkdir parent && cp test/examples/classify/main.c parent && mv test parent/net || return
  printf '#include "test.h"\nint steps() { return TEST_STEPS; }\n' >parent/more.cpp
  printf '%s\n' 'cmake_minimum_required(VERSION 3.15)' 'project(parent)' 'enable_testing()' \
    'add_subdirectory(net)' 'add_executable(app main.c more.cpp)' 'target_link_libraries(app test::test)' \
    >parent/CMakeLists.txt
  cmake -S parent -B b4 -DCMAKE_C_FLAGS="$STRICT" -DCMAKE_CXX_FLAGS="$STRICT" && cmake --build b4 &&
    test ! -e b4/net/examples && agrees "$(b4/app)" "$lenet" "$digits" --quantize int8
}
for_a_board() {
  write "$lenet" "$digits" cmake board --target cortex-m4 || return
  printf '%s\n' 'set(CMAKE_SYSTEM_NAME Generic)' 'set(CMAKE_C_COMPILER arm-none-eabi-gcc)' \
    'set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)' \
    "set(CMAKE_C_FLAGS_INIT \"--specs=picolibc.specs -mthumb -mcpu=cortex-m4 -DSNN_SEMIHOSTING $STRICT\")" \
    "set(CMAKE_EXE_LINKER_FLAGS_INIT \"$(memory 0 4M 0x20000000 4M 16K)\")" >m4.cmake
  cmake -S board -B b5 --toolchain "$tmp/m4.cmake" && cmake --build b5 || return
  board_run m4 b5/examples/classify/board_classify
  agrees $? "$lenet" "$digits" --target cortex-m4
}

# ---- the others ----

# zephyr BOARD MODEL DATA FLAG...: the library and the sample, which prints, as Zephyr compiles them.
zephyr() {
  board=$1 model=$2 data=$3 target=$(board_target "$1")
  shift 3
  write "$model" "$data" zephyr "z-$board" --name net --target "$target" "$@" || return
  board_build "$board" "z-$board.elf" $C -Iz-$board/include z-$board/src/net.c \
    z-$board/samples/classify/src/main.c &&
    agrees "$(board_run "$board" "z-$board.elf")" "$model" "$data" --target "$target" "$@"
}
zephyr_host() {
  write "$lenet" "$digits" zephyr z-host --name net &&
    cmake -S z-host/samples/classify -B b7 -DZephyr_DIR="$here/zephyr" -DCMAKE_C_FLAGS="$C" && cmake --build b7 &&
    agrees "$(b7/app)" "$lenet" "$digits"
}
platformio_host() {
  write "$lenet" "$digits" platformio pio --quantize int16 &&
    cc $C -Ipio/include pio/src/pio.c pio/examples/classify/src/main.c -o pio.elf &&
    agrees "$(./pio.elf)" "$lenet" "$digits" --quantize int16
}
# The framework calls main and gets the class.
platformio_bare() {
  target=$(board_target "$1")
  write "$lenet" "$digits" platformio "p-$1" --name net --target "$target" &&
    board_build "$1" "p-$1.elf" $C -Ip-$1/include p-$1/src/net.c p-$1/examples/classify/src/main.c || return
  board_run "$1" "p-$1.elf"
  agrees $? "$lenet" "$digits" --target "$target"
}
platformio_avr() {
  write "$small" "$small_data" platformio p-avr --name net --target avr &&
    board_build atmega1284p p-avr.elf $STRICT -std=gnu99 -DF_CPU=16000000 -Ip-avr/include p-avr/src/net.c \
      p-avr/examples/classify/src/main.c &&
    agrees "$(board_run atmega1284p p-avr.elf)" "$small" "$small_data" --target avr
}
# sketch FOLDER C++ FLAG...: the .ino as the builder compiles it, to sketch.o
sketch() {
  folder=$1
  shift
  { echo '#include <Arduino.h>' && cat "$folder"/examples/classify/classify.ino; } >sketch.cpp &&
    "$@" $STRICT -I"$here" -I"$folder/src" -c sketch.cpp -o sketch.o
}
arduino_host() {
  write "$lenet" "$digits" arduino a-host --name net || return
  for std in gnu++11 gnu++17; do
    sketch a-host c++ -std=$std || return
  done
  cc $STRICT -std=gnu11 -ffp-contract=off -c a-host/src/net.c && c++ sketch.o net.o -o a-host.elf &&
    agrees "$(./a-host.elf)" "$lenet" "$digits"
}
arduino_events() {
  python3 "$repo/tests/diff/make_events.py" "$digits" 5 . &&
    write "$lenet" events.txt arduino a-events --name net --encode events --steps 8 &&
    sketch a-events c++ -std=gnu++11 && cc $STRICT -std=gnu11 -ffp-contract=off -c a-events/src/net.c &&
    c++ sketch.o net.o -o a-events.elf &&
    agrees "$(./a-events.elf)" "$lenet" events.txt --encode events --steps 8
}
arduino_arm() {
  write "$lenet" "$digits" arduino a-arm --name net --target cortex-m3 &&
    sketch a-arm arm-none-eabi-g++ --specs=picolibc.specs -mthumb -mcpu=cortex-m3 -std=gnu++17 -fno-exceptions \
      -fno-rtti && board_build m3 a-arm.elf $STRICT -std=gnu11 sketch.o a-arm/src/net.c &&
    agrees "$(board_run m3 a-arm.elf)" "$lenet" "$digits" --target cortex-m3
}
arduino_avr() {
  write "$small" "$small_data" arduino a-avr --name net --target avr &&
    sketch a-avr avr-g++ -mmcu=atmega1284p -std=gnu++11 -fno-exceptions &&
    board_build atmega1284p a-avr.elf $STRICT -std=gnu11 sketch.o a-avr/src/net.c
}
# Arduino's own builder and core, as Debian has them; avr-gcc 5.4 lacks a name that the core wants. On the
# serial port a line ends with \r\n, which simavr prints as two dots.
core=/usr/share/arduino/hardware
arduino_builder() {
  mkdir libraries b6 && write "$small" "$small_data" arduino libraries/net --target avr || return
  arduino-builder -compile -hardware $core -hardware /usr/share/arduino-builder -tools /usr/bin \
    -libraries "$tmp/libraries" -prefs=compiler.cpp.extra_flags=-DDECIMAL_DIG=10 \
    -fqbn arduino:avr:mega:cpu=atmega2560 -warnings all -build-path "$tmp/b6" \
    "$tmp/libraries/net/examples/classify/classify.ino" >builder.log 2>&1 || {
    cat builder.log
    return 1
  }
  ! grep -E 'net/.*(warning|error)' builder.log || return
  class=$(timeout 60 simavr -m atmega2560 -f 16000000 b6/classify.ino.elf 2>&1 </dev/null |
    sed -n 's/\x1b\[[0-9;]*m//g; s/^\([0-9]*\)\.\.$/\1/p' | head -1)
  agrees "$class" "$small" "$small_data" --target avr
}
esp_idf() {
  write "$lenet" "$digits" esp-idf idf --target rv32 &&
    board_build rv32 idf.elf $STRICT -std=gnu17 -Iidf/include "$here/app_main.c" idf/src/idf.c \
      idf/examples/classify/main/main.c &&
    agrees "$(board_run rv32 idf.elf)" "$lenet" "$digits" --target rv32
}

esp_idf_host() {
  write "$lenet" "$digits" esp-idf idf-host --name net &&
    IDF_PATH=$here cmake -S idf-host/examples/classify -B b8 -DCMAKE_C_FLAGS="$STRICT" && cmake --build b8 &&
    agrees "$(b8/net_classify.elf)" "$lenet" "$digits"
}

# ---- docs/FIRMWARE.md ----

# The program of "Images", with zeros as pixels.
image() {
  awk '/^```/ { on = 0 } on; /^```c image$/ { on = 1 }' "$repo/docs/FIRMWARE.md" >app.c && test -s app.c &&
    ${MAKE:-make} -s -C "$repo" DESTDIR="$tmp/inst" PREFIX=/usr install >/dev/null &&
    "$SNNCC" -q "$lenet" --calib "$digits" -o net.img && "$SNNCC" -q net.img -o net.c --main || return
  cc $C main.c net.c -o c.elf && class=$(./c.elf) || return
  "$SNNCC" -q net.img -o net.c --main --target cortex-m4 || return
  include=$tmp/inst/usr/include
  arm-none-eabi-gcc --specs=picolibc.specs -mcpu=cortex-m4 -mthumb $STRICT -nostartfiles -DSNN_SEMIHOSTING \
    -T link.ld -I"$include" app.c startup.c "$include"/snn/image/*.c \
    -Wl,--defsym=__flash_size=256K,--defsym=__ram_size=96K,--defsym=model=0x40000 -o app.elf || return
  board_run m4 app.elf -device loader,file=net.img,addr=0x40000,force-raw=on
  got=$?
  test "$got" = "$class" || { echo "class $got, not $class"; return 1; }
  cp net.img damaged && printf x | dd of=damaged bs=1 seek=5000 conv=notrunc 2>/dev/null
  board_run m4 app.elf -device loader,file=damaged,addr=0x40000,force-raw=on
  test $? = 255 # -1: refused
}

with cmake "cmake: the folder itself" in_itself
with cmake "cmake: find_package" installed
with cmake "cmake: find_package of another version" wrong_version
with cmake "cmake: add_subdirectory" added
if command -v cmake >/dev/null; then on m4 "cmake: Cortex-M4" for_a_board; else skip "cmake: Cortex-M4: cmake is not installed"; fi
with cmake "zephyr: host" zephyr_host
on m0 "zephyr: Cortex-M0" zephyr m0 "$small" "$small_data"
on m3 "zephyr: Cortex-M3" zephyr m3 "$lenet" "$digits"
on m4 "zephyr: Cortex-M4" zephyr m4 "$lenet" "$digits" --steps 8
on rv32 "zephyr: RV32" zephyr rv32 "$lenet" "$digits" --quantize int16
verdict "platformio: host" platformio_host
on m4 "platformio: Cortex-M4" platformio_bare m4
on rv32 "platformio: RV32" platformio_bare rv32
on atmega1284p "platformio: AVR" platformio_avr
with c++ "arduino: host" arduino_host
with c++ "arduino: events" arduino_events
on m3 "arduino: Cortex-M3" arduino_arm
on atmega1284p "arduino: AVR" arduino_avr
if command -v arduino-builder >/dev/null && [ -d $core/arduino/avr ]; then
  on atmega1284p "arduino: its builder" arduino_builder
else
  skip "arduino: its builder: arduino-builder or arduino-core-avr is not installed"
fi
with cmake "esp-idf: host" esp_idf_host
on rv32 "esp-idf: RV32" esp_idf
on m4 "an image beside its interpreter" image
echo "package: $passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
