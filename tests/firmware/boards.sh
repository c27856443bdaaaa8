# Boards under emulation, for run.sh and bench.sh; sourced, with $tmp a folder of the caller's.
#
#   boards                  the names of all of them
#   board_target BOARD      word of --target
#   board_missing BOARD     the tool that is missing, if one is
#   board_build BOARD OUT FLAG|FILE...
#   board_tool BOARD nm|objdump
#   board_stack BOARD ELF FUNCTION   bytes that it takes from the stack, with all below it; the program was
#                                    built with -fstack-usage in this folder
#   board_run BOARD ELF [EMULATOR OPTION...]   what the program prints
# and m0_wide, which is Cortex-M0 code on the M3's board, for what m0 has no memory for.
boards="m0 m3 m4 rv32 atmega1284p atmega328p"

board_target() {
  case $1 in
  m*) echo "cortex-${1%_wide}" ;;
  atmega*) echo avr ;;
  *) echo "$1" ;;
  esac
}

board_missing() {
  case $1 in
  m*) tools="arm-none-eabi-gcc qemu-system-arm" ;;
  rv32) tools="riscv64-unknown-elf-gcc qemu-system-riscv32" ;;
  *) tools="avr-gcc simavr" ;;
  esac
  for t in $tools; do
    command -v "$t" >/dev/null || { echo "$t"; return; }
  done
  case $1 in
  m*) echo '#include <stdio.h>' | arm-none-eabi-gcc --specs=picolibc.specs -xc -E - >/dev/null 2>&1 ||
    echo picolibc-arm-none-eabi ;;
  rv32) echo '#include <stdio.h>' | riscv64-unknown-elf-gcc --specs=picolibc.specs -xc -E - >/dev/null 2>&1 ||
    echo picolibc-riscv64-unknown-elf ;;
  *) echo '#include <avr/io.h>' | avr-gcc -mmcu=atmega328p -xc -E - >/dev/null 2>&1 || echo avr-libc ;;
  esac
}

# memory FLASH SIZE RAM SIZE STACK: of picolibc's linker script.
memory() {
  echo "-Wl,--defsym=__flash=$1,--defsym=__flash_size=$2,--defsym=__ram=$3,--defsym=__ram_size=$4,--defsym=__stack_size=$5"
}

# The compiler and what it needs to know of the processor.
board_cc() {
  case $1 in
  m0*) echo "arm-none-eabi-gcc --specs=picolibc.specs -mthumb -mcpu=cortex-m0" ;;
  m*) echo "arm-none-eabi-gcc --specs=picolibc.specs -mthumb -mcpu=cortex-$1" ;;
  rv32) echo "riscv64-unknown-elf-gcc --specs=picolibc.specs -march=rv32imac -mabi=ilp32" ;;
  *) echo "avr-gcc -mmcu=$1" ;;
  esac
}

# A linked program needs what picolibc has for its end and its output, and the memory.
board_build() {
  board=$1 out=$2
  shift 2
  semihost="--oslib=semihost --crt0=$([ "$board" = rv32 ] && echo hosted || echo semihost)"
  case $board in
  m0) $(board_cc m0) $semihost "$@" $(memory 0 256K 0x20000000 16K 2K) -o "$out" ;;
  m*) $(board_cc "$board") $semihost "$@" $(memory 0 4M 0x20000000 4M 16K) -o "$out" ;;
  rv32) $(board_cc rv32) $semihost "$@" $(memory 0x80000000 4M 0x80400000 2M 16K) -o "$out" ;;
  *) $(board_cc "$board") "$@" -o "$out" && avr_fits "$board" "$out" ;;
  esac
}

# avr-gcc's linker does not know how much RAM there is; 512 bytes are left for the stack.
avr_fits() {
  case $1 in
  atmega328p) ram=2048 flash=32768 ;;
  *) ram=16384 flash=131072 ;;
  esac
  avr-size "$2" | awk -v ram=$((ram - 512)) -v flash=$flash \
    'NR == 2 && ($2 + $3 > ram || $1 + $2 > flash) { print "overflow"; exit 1 }'
}

board_tool() {
  case $1 in
  m*) echo "arm-none-eabi-$2" ;;
  rv32) echo "riscv64-unknown-elf-$2" ;;
  *) echo "avr-$2" ;;
  esac
}

board_stack() {
  find . -name '*.su' -print0 | xargs -0 python3 "$here/stack.py" "$(board_tool "$1" objdump)" "$2" "$3"
}

board_run() {
  board=$1 elf=$2
  shift 2
  qemu="-display none -monitor none -serial none -chardev stdio,id=s
    -semihosting-config enable=on,target=native,chardev=s"
  case $board in
  m0) machine="arm -M microbit" ;;
  m3 | m0_wide) machine="arm -M mps2-an385" ;;
  m4) machine="arm -M mps2-an386" ;;
  rv32) machine="riscv32 -M virt -bios none" ;;
  *)
    # The serial port comes in colour on the error output, a dot for the end of a line.
    timeout 120 simavr -m "$board" -f 16000000 "$elf" 2>&1 </dev/null |
      sed -n 's/\x1b\[[0-9;]*m//g; s/^\(.*\)\.$/\1/p'
    return
    ;;
  esac
  timeout 120 qemu-system-$machine $qemu "$@" -kernel "$elf" </dev/null
}
