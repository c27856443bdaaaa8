# Boards under emulation, for run.sh and bench.sh; sourced, with $tmp a folder of the caller's.
#
#   boards                  the names of all of them
#   board_target BOARD      word of --target
#   board_missing BOARD     the tool that is missing, if one is
#   board_build BOARD OUT FLAG|FILE...
#   board_stack BOARD ELF FUNCTION   bytes that it takes from the stack, with all below it; the program was
#                                    built with -fstack-usage in this folder
#   board_run BOARD ELF [EMULATOR OPTION...]   what the program prints
boards="m0 m3 m4 rv32 atmega1284p atmega328p"

board_target() {
  case $1 in
  m*) echo "cortex-$1" ;;
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

board_build() {
  board=$1 out=$2
  shift 2
  pico="--specs=picolibc.specs --oslib=semihost"
  arm="arm-none-eabi-gcc -mthumb $pico --crt0=semihost"
  case $board in
  m0) $arm -mcpu=cortex-m0 "$@" $(memory 0 256K 0x20000000 16K 2K) -o "$out" ;;
  m3) $arm -mcpu=cortex-m3 "$@" $(memory 0 4M 0x20000000 4M 16K) -o "$out" ;;
  m4) $arm -mcpu=cortex-m4 "$@" $(memory 0 4M 0x20000000 4M 16K) -o "$out" ;;
  rv32) riscv64-unknown-elf-gcc -march=rv32imac -mabi=ilp32 $pico --crt0=hosted "$@" \
    $(memory 0x80000000 4M 0x80400000 2M 16K) -o "$out" ;;
  *) avr-gcc -mmcu="$board" "$@" -o "$out" && avr_fits "$board" "$out" ;;
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

board_stack() {
  case $1 in
  m*) tool=arm-none-eabi-objdump ;;
  rv32) tool=riscv64-unknown-elf-objdump ;;
  *) tool=avr-objdump ;;
  esac
  find . -name '*.su' -print0 | xargs -0 python3 "$here/stack.py" $tool "$2" "$3"
}

board_run() {
  board=$1 elf=$2
  shift 2
  qemu="-display none -monitor none -serial none -chardev stdio,id=s
    -semihosting-config enable=on,target=native,chardev=s"
  case $board in
  m0) machine="arm -M microbit" ;;
  m3) machine="arm -M mps2-an385" ;;
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
