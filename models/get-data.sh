#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Downloads MNIST and CIFAR-10 and lays them out for SNNCC_DATA.
set -eu

usage="usage: sh get-data.sh [FOLDER]

Downloads MNIST (12 MB) and CIFAR-10 (170 MB) into FOLDER (default: data):
  mnist/      the four .gz files, as published
  cifar10/    data_batch_1.bin to data_batch_4.bin, for training;
              calib_2000.bin, the first 2,000 records of data_batch_1.bin;
              test_batch_5.bin, which is data_batch_5.bin
A file that is there and has the right SHA-256 is not downloaded again.
SNNCC_MIRROR, where it is set, is the URL of a folder that has the four .gz
files and cifar-10-binary.tar.gz; then nothing else is asked."

mnist_mirrors="https://ossci-datasets.s3.amazonaws.com/mnist
https://storage.googleapis.com/cvdf-datasets/mnist
https://raw.githubusercontent.com/fgnt/mnist/master"

# The home of CIFAR-10 comes last: it is slow, often an hour.
cifar_mirrors="https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10
https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets
https://www.cs.toronto.edu/~kriz"

cifar_archive=cifar-10-binary.tar.gz
cifar_archive_sum=c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd
calib_sum=eae30ce617c27eb358b2409617ac9c388f67c480af37b07393173a79541bb8f4

mnist_files="\
440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609 train-images-idx3-ubyte.gz
3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c train-labels-idx1-ubyte.gz
8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6 t10k-images-idx3-ubyte.gz
f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6 t10k-labels-idx1-ubyte.gz"

# Checksum, name in the archive, name here.
cifar_files="\
cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5 data_batch_1.bin data_batch_1.bin
a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed data_batch_2.bin data_batch_2.bin
bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67 data_batch_3.bin data_batch_3.bin
014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48 data_batch_4.bin data_batch_4.bin
755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add data_batch_5.bin test_batch_5.bin"

fail() {
  echo "get-data.sh: $*" >&2
  exit 1
}

# is_good FILE SUM: the file is there and has this SHA-256.
is_good() {
  [ -f "$1" ] || return 1
  found=$(sha256sum <"$1")
  [ "${found%% *}" = "$2" ]
}

# is_done FILE SUM: as is_good, and says what becomes of the file.
is_done() {
  if is_good "$1" "$2"; then
    echo "$1: there already"
    return 0
  fi
  if [ -e "$1" ]; then
    echo "$1: wrong SHA-256, will be replaced"
  fi
  return 1
}

# fetch URL FILE: a server that sends nothing for a minute is given up.
fetch() {
  progress=-sS
  [ ! -t 2 ] || progress=--progress-bar
  if command -v curl >/dev/null; then
    curl -fL $progress --connect-timeout 20 --speed-limit 1 --speed-time 60 \
      -o "$2" "$1"
  else
    wget -nv --timeout=60 --tries=1 -O "$2" "$1"
  fi
}

# download NAME SUM FILE MIRROR...: from the first mirror that has it right.
download() {
  name=$1 wanted=$2 file=$3
  shift 3
  for mirror in "$@"; do
    echo "$name: from $mirror"
    if ! fetch "$mirror/$name" "$scratch/$name"; then
      echo "$name: not to be had there"
    elif ! is_good "$scratch/$name" "$wanted"; then
      echo "$name: wrong SHA-256 there"
    else
      mv "$scratch/$name" "$file"
      return
    fi
  done
  fail "$name: no mirror has it; it must have SHA-256 $wanted." \
    "Set SNNCC_MIRROR to the URL of a folder that has it, and run this again"
}

get_mnist() {
  while read -r sum name; do
    if ! is_done "$folder/mnist/$name" "$sum"; then
      # shellcheck disable=SC2086  # one word per mirror
      download "$name" "$sum" "$folder/mnist/$name" $mnist_mirrors
    fi
  done <<EOT
$mnist_files
EOT
}

# Says which files are there already; false if one is missing.
is_cifar_done() {
  all_there=true
  while read -r sum _ name; do
    is_done "$folder/cifar10/$name" "$sum" || all_there=false
  done <<EOT
$cifar_files
EOT
  $all_there
}

get_cifar() {
  is_cifar_done && return
  # shellcheck disable=SC2086  # one word per mirror
  download $cifar_archive $cifar_archive_sum "$scratch/cifar" $cifar_mirrors
  gzip -dc "$scratch/cifar" | (cd "$scratch" && tar -xof -)
  while read -r sum inside name; do
    batch=$scratch/cifar-10-batches-bin/$inside
    is_good "$batch" "$sum" || fail "$inside: not right in $cifar_archive"
    mv "$batch" "$folder/cifar10/$name"
  done <<EOT
$cifar_files
EOT
}

make_calib() {
  calib=$folder/cifar10/calib_2000.bin
  is_done "$calib" $calib_sum && return
  dd if="$folder/cifar10/data_batch_1.bin" of="$scratch/calib" \
    bs=3073 count=2000 2>"$scratch/dd.log" || fail "$(cat "$scratch/dd.log")"
  is_good "$scratch/calib" $calib_sum || fail "$calib: wrong SHA-256"
  mv "$scratch/calib" "$calib"
}

case ${1-} in
  -h | --help) echo "$usage"; exit 0 ;;
  -*) echo "$usage" >&2; exit 2 ;;
esac
if [ $# -gt 1 ]; then
  echo "$usage" >&2
  exit 2
fi

command -v curl >/dev/null || command -v wget >/dev/null ||
  fail "needs curl or wget; on Debian: apt-get install curl ca-certificates"
if [ -n "${SNNCC_MIRROR-}" ]; then
  mnist_mirrors=$SNNCC_MIRROR
  cifar_mirrors=$SNNCC_MIRROR
fi

folder=${1:-data}
mkdir -p "$folder/mnist" "$folder/cifar10" || fail "$folder: cannot be made"
# Here and not in /tmp, so that mv renames and a file appears whole.
scratch=$(mktemp -d "$folder/.get-data.XXXXXX") ||
  fail "$folder: cannot be written"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

get_mnist
get_cifar
make_calib
echo "all there; now: export SNNCC_DATA=$(cd "$folder" && pwd)"
